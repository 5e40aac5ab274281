"""The words for calls and applications: kinds of questions, states, acts and each rule that may be broken."""

from collections.abc import Mapping

from flask_babel import LazyString, lazy_pgettext
from flask_babel import lazy_gettext as _

from campaign.domain import grant_application as rules
from campaign.domain import grant_call
from campaign.domain.errors import DomainError
from campaign.domain.grant_application import (
    LETTER_KIND,
    LINK_KIND,
    RECEIVED_KIND,
    REVIEW_KIND,
    ApplicationAct,
    ApplicationState,
    ReviewState,
)
from campaign.domain.grant_call import CallState, QuestionKind

QUESTION_KINDS: Mapping[QuestionKind, LazyString] = {
    QuestionKind.ELIGIBILITY: _("Condition: yes or no"),
    QuestionKind.SHORT: _("Short text"),
    QuestionKind.LONG: _("Long text"),
    QuestionKind.NUMBER: lazy_pgettext("question", "Number"),
    QuestionKind.CHOICE: _("Choice of one"),
    QuestionKind.FILE: lazy_pgettext("question", "File"),
    QuestionKind.CRITERION: _("Criterion for reviewers"),
}
CALL_STATES: Mapping[CallState, tuple[LazyString, str]] = {
    CallState.OFF: (_("Takes no applications here"), ""),
    CallState.EARLY: (_("Not open yet"), "warn"),
    CallState.OPEN: (_("Open for applications"), "good"),
    CallState.CLOSED: (lazy_pgettext("call", "Closed"), ""),
    CallState.FULL: (_("All places are taken"), "warn"),
}
APPLICATION: Mapping[ApplicationState, tuple[LazyString, str]] = {
    ApplicationState.DRAFT: (lazy_pgettext("application", "Draft"), ""),
    ApplicationState.SUBMITTED: (lazy_pgettext("application", "Submitted"), "warn"),
    ApplicationState.WAITING: (_("On the waiting list"), "warn"),
    ApplicationState.AWARDED: (lazy_pgettext("application", "Awarded"), "good"),
    ApplicationState.REFUSED: (lazy_pgettext("application", "Refused"), "bad"),
    ApplicationState.WITHDRAWN: (lazy_pgettext("application", "Withdrawn"), ""),
}
REVIEW: Mapping[ReviewState, tuple[LazyString, str]] = {
    ReviewState.ASSIGNED: (_("Scores to come"), "warn"),
    ReviewState.SCORED: (_("Scores given"), "good"),
    ReviewState.CONFLICT: (_("Conflict of interest"), "bad"),
}
DECISIONS: Mapping[ApplicationAct, LazyString] = {
    ApplicationAct.AWARD: _("Award the grant"),
    ApplicationAct.WAIT: _("Put on the waiting list"),
    ApplicationAct.REFUSE: _("Refuse"),
}
GRANT_ACTS: Mapping[str, LazyString] = {
    "plan:call_online": _("Let people apply for a grant here"),
    "plan:call_offline": _("Stopped taking applications here"),
    "plan:question_add": _("Added a question to a call"),
    "plan:question_change": _("Changed a question of a call"),
    "plan:question_move": _("Changed the order of a call’s questions"),
    "plan:question_remove": _("Removed a question from a call"),
    "application:submit": _("Submitted an application"),
    "application:withdraw": _("Withdrew an application"),
    "application:reopen": _("Began a withdrawn application anew"),
    "application:assign": _("Assigned a reviewer"),
    "application:unassign": _("Took a reviewer off"),
    "application:score": _("Gave scores"),
    "application:conflict": _("Declared a conflict of interest"),
    "application:award": _("Awarded a grant"),
    "application:wait": _("Put an application on the waiting list"),
    "application:refuse": _("Refused an application"),
    "application:letter": _("Sent a letter to an applicant"),
    "application:file": _("Opened a file of an application"),
    "applications:download": _("Downloaded applications"),
}
"""Acts of the audit trail."""
GRANT_MAILS: Mapping[str, LazyString] = {
    LINK_KIND: _("Link to an application"),
    RECEIVED_KIND: _("Application received"),
    LETTER_KIND: _("Letter about an application"),
    REVIEW_KIND: _("Email to a reviewer"),
}
"""Kinds of emails."""
GRANT_RULES: Mapping[type[DomainError], LazyString] = {
    grant_call.TooManyQuestions: _("The call is full: at most 40 questions, of which 5 ask for files."),
    grant_call.OptionsDiffer: _("Write at least two options, one per line, and the same number in each language."),
    grant_call.OptionsFixed: _(
        "Applicants have chosen among these options. Reword them, but keep their number and order."
    ),
    grant_call.CallIncomplete: _("Add at least one question and one criterion for reviewers first."),
    rules.WrongApplicationState: _("The application’s state has changed meanwhile. Nothing was done."),
    rules.ReviewersComplete: _("This application has its two reviewers, or this person is one of them already."),
    rules.ReviewGiven: _("You have given your scores. They cannot be changed."),
    rules.NotReviewer: _("You are not a reviewer of this application."),
    rules.ConflictOfInterest: _("This person declared a conflict of interest in this application."),
    rules.ScoresIncomplete: _("Give each criterion a score from 1 to 5."),
    rules.ScoresMissing: _("Two reviewers must give their scores before the decision."),
    rules.DecisionReasonMissing: _("Say why."),
    rules.LetterTooEarly: _("The money is not allocated yet. The letter can be sent once the allocation is approved."),
}
