"""The words that applicants for a grant read: what is wrong with an answer or a file, and what became of a call."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from campaign.domain.grant_application import ApplicationState, FileFlaw
from campaign.domain.grant_call import AnswerFlaw, CallState

FLAWS: Mapping[AnswerFlaw, LazyString] = {
    AnswerFlaw.MISSING: _("Answer this question."),
    AnswerFlaw.TOO_LONG: _("Shorten your answer."),
    AnswerFlaw.NO_NUMBER: _("Enter a number, like 12 or 12.5."),
    AnswerFlaw.NO_CHOICE: _("Choose one of the answers."),
}
FILE_FLAWS: Mapping[FileFlaw, LazyString] = {
    FileFlaw.EMPTY: _("Choose a file that is not empty."),
    FileFlaw.TOO_BIG: _("This file is too big. Choose one of at most 8 MB."),
    FileFlaw.OTHER_TYPE: _("Choose a PDF, JPEG or PNG file. The content must be what the file’s name says."),
    FileFlaw.DAMAGED: _("This file is damaged, or too large to be opened. Choose another one."),
    FileFlaw.LOCKED: _("The PDF needs a password. Save it without one and try again."),
    FileFlaw.TOO_MANY: _("There are too many files already. Remove one first."),
}
CALLS: Mapping[CallState, LazyString] = {
    CallState.OFF: _("Applications for this grant are not taken on this site."),
    CallState.EARLY: _("The call is not open yet. Come back on its first day."),
    CallState.OPEN: _("The call is open."),
    CallState.CLOSED: _("The call is closed. Applications can no longer be submitted."),
    CallState.FULL: _("All places of this call are taken. Applications can no longer be submitted."),
}
STATES: Mapping[ApplicationState, LazyString] = {
    ApplicationState.DRAFT: _("Not submitted yet"),
    ApplicationState.SUBMITTED: _("Submitted: we are reading it"),
    ApplicationState.WAITING: _("Submitted: we are reading it"),
    ApplicationState.AWARDED: _("Submitted: we are reading it"),
    ApplicationState.REFUSED: _("Submitted: we are reading it"),
    ApplicationState.WITHDRAWN: _("You have withdrawn it"),
}
"""A decision is told by the letter alone."""
