"""The words of documents, their fields, rows, problems and versions."""

from collections.abc import Mapping

from flask_babel import LazyString, lazy_pgettext
from flask_babel import lazy_gettext as _

from campaign.domain.documents.fields import Draft
from campaign.domain.documents.kinds import UPDATE
from campaign.domain.documents.merging import ConflictKind
from campaign.domain.documents.reading import FieldProblem, ProblemKind
from campaign.domain.errors import DomainError
from campaign.i18n import number, text_of
from campaign.languages import language_name
from campaign.services.content.editing import DraftConflict, DraftTooLong
from campaign.services.content.publishing import (
    DraftHasProblems,
    NothingToPublish,
    NothingToUndo,
    PublishedSince,
    TimeHasPassed,
)
from campaign.services.content.versions import AlreadyDiscarded
from campaign.services.field.entries import EntryEmpty, EntryTooLong, ReportTooLong

DOCUMENT_NAMES: Mapping[str, LazyString] = {
    "hero": _("Opening of the campaign page"),
    "story": _("Story"),
    "asks": _("What we ask for"),
    "amounts": _("Suggested amounts"),
    "milestones": _("Milestones"),
    "reached": _("What has been achieved"),
    "places": _("Places on the map"),
    "partners": _("Who takes part"),
    "learning": _("Learning plan"),
    "questions": _("Questions and answers"),
    "other_ways": _("Other ways to give"),
    "page:about": _("Page: About"),
    "page:privacy": _("Page: Privacy"),
    "page:accessibility": _("Page: Accessibility"),
    "mail:receipt": _("Email: thanks and receipt"),
    "mail:monthly": _("Email: each month of a monthly gift"),
    "mail:pledge_reminder": _("Email: a monthly gift is charged soon"),
    "mail:pledge_changed": _("Email: a monthly gift was changed"),
    "mail:pledge_confirm": _("Email: the bank asks to confirm a monthly gift"),
    "mail:pledge_unpaid": _("Email: a monthly gift could not be charged"),
    "mail:pledge_card": _("Email: the card of a monthly gift expires"),
    "mail:pledge_ending": _("Email: a monthly gift ends with the campaign"),
    "mail:pledge_stopped": _("Email: a monthly gift has ended"),
}
FIELD_NAMES: Mapping[str, LazyString] = {
    "added_closing": _("Your own last paragraphs, after the usual ones; may be empty"),
    "added_opening": _("Your own first sentence, before the usual ones; {amount} and {purpose} stand for the gift"),
    "amount": _("Amount"),
    "answer": _("Answer"),
    "author": _("Author"),
    "body": _("Text"),
    "closing": _("Last paragraphs; empty for the usual ones"),
    "currency": _("Currency"),
    "data": _("Data"),
    "details": _("Account details, one “Label: value” on each line"),
    "figure": _("Figure"),
    "fund": _("Purpose that pays for it"),
    "handover": _("What happens with it afterwards"),
    "heading": _("Heading"),
    "impact": _("What it pays for"),
    "insights": _("What was learned"),
    "is_demo": _("These details are invented, for a demonstration"),
    "is_hidden": _("Hide it on the public site"),
    "kicker": _("Line above the title"),
    "label": _("What the figure counts"),
    "latitude": _("Degrees north, like 40.53"),
    "lead": _("Introduction"),
    "longitude": _("Degrees east, like 72.80"),
    "methods": _("Methods"),
    "name": _("Name"),
    "opening": _("First sentence, where {amount} and {purpose} stand for the gift; empty for the usual one"),
    "place": _("Place"),
    "plan_kind": _("Kind of plan"),
    "question": _("Question"),
    "role": _("Contribution"),
    "sentence": _("One sentence about it"),
    "summary": _("Summary"),
    "title": _("Title"),
    "trust_line": _("Why people can trust the campaign"),
    "year": _("Year"),
    "asks": _("Requests"),
    "amounts": _("Amounts"),
    "milestones": _("Milestones"),
    "results": _("Results"),
    "places": _("Places"),
    "partners": _("Partners"),
    "questions": _("Questions"),
    "ways": _("Ways to give"),
    "sections": _("Sections"),
}
ROW_NAMES: Mapping[str, LazyString] = {
    "sections": _("Section %(number)s"),
    "asks": _("Request %(number)s"),
    "amounts": _("Amount %(number)s"),
    "milestones": _("Milestone %(number)s"),
    "results": _("Result %(number)s"),
    "places": _("Place %(number)s"),
    "partners": _("Partner %(number)s"),
    "questions": _("Question %(number)s"),
    "ways": _("Way %(number)s"),
    "insights": _("Insight %(number)s"),
    "methods": _("Method %(number)s"),
    "data": _("Source of data %(number)s"),
}
ADD_ROW: Mapping[str, LazyString] = {
    "sections": _("Add a section"),
    "asks": _("Add a request"),
    "amounts": _("Add an amount"),
    "milestones": _("Add a milestone"),
    "results": _("Add a result"),
    "places": _("Add a place"),
    "partners": _("Add a partner"),
    "questions": _("Add a question"),
    "ways": _("Add a way to give"),
    "insights": _("Add an insight"),
    "methods": _("Add a method"),
    "data": _("Add a source of data"),
}
BAD_LINK = _("The link “%(detail)s” leads nowhere. Links begin with https://, mailto: or /, like https://example.org.")
PROBLEMS: Mapping[ProblemKind, LazyString] = {
    ProblemKind.MISSING: _("Write this text in at least one language."),
    ProblemKind.TOO_LONG: _("Shorten this to %(limit)s characters; it has %(detail)s."),
    ProblemKind.BAD_LINK: BAD_LINK,
    ProblemKind.UNKNOWN_PLACEHOLDER: _(
        "“%(detail)s” stands for nothing in this email. Write {amount} or {purpose}, and no other braces."
    ),
    ProblemKind.BAD_DETAIL: _("Write each line as “Label: value”; this one is not: “%(detail)s”."),
    ProblemKind.DETAILS_DIFFER: _(
        "Write the same lines in every language: here are %(detail)s, in the first language %(limit)s."
    ),
    ProblemKind.NOT_A_NUMBER: _("Enter a whole number, like 2025."),
    ProblemKind.NOT_DEGREES: _("Enter degrees with a point, like 40.53."),
    ProblemKind.NOT_AN_AMOUNT: _("Enter an amount that can be read in one way only, like 35 or 35.50."),
    ProblemKind.OUT_OF_BOUNDS: _("Donors cannot give this amount: it is below the least or above the greatest one."),
    ProblemKind.UNKNOWN_CHOICE: _("Choose one of the list."),
    ProblemKind.REPEATED: _("This amount stands here twice. Change one of the two."),
    ProblemKind.TOO_MANY_ROWS: _("There is room for %(limit)s. Remove some."),
}
CONFLICTS: Mapping[ConflictKind, LazyString] = {
    ConflictKind.BOTH_CHANGED: _("Both of you have changed this. Choose one text, or write a third one in the field."),
    ConflictKind.THEY_REMOVED: _("Your colleague has removed this, and you have changed it. It is still here."),
    ConflictKind.REMOVED_HERE: _("You have removed this, and your colleague has changed it. It is here again."),
    ConflictKind.BOTH_MOVED: _("Both of you have changed the order. Yours is used."),
}
VERSION_STATES: Mapping[str, tuple[LazyString, str]] = {
    "published": (_("Published"), "good"),
    "scheduled": (_("Waiting for its time"), "warn"),
    "cancelled": (_("Publication cancelled"), ""),
    "failed": (_("Could not be published at its time"), "bad"),
    "set_aside": (_("Draft, not published"), ""),
}
CHANGES: Mapping[str, LazyString] = {
    "added": lazy_pgettext("change", "added"),
    "removed": lazy_pgettext("change", "removed"),
    "moved": _("The order has changed."),
}
TEXT_ACTS: Mapping[str, LazyString] = {
    "text:publish": _("Published a text"),
    "text:schedule": _("Planned the publication of a text"),
    "text:unschedule": _("Cancelled a planned publication"),
    "text:publish_scheduled": _("Published a text at its time"),
    "text:publish_failed": _("Could not publish a text at its time"),
    "text:undo": _("Took back a publication"),
    "text:restore": _("Restored a version of a text as the draft"),
    "text:discard": _("Discarded a draft"),
    "staff:mail_address": _("Renewed their address for updates by email"),
    "staff:mail_address_removed": _("Removed their address for updates by email"),
}
"""The acts of the audit trail."""
TEXT_RULES: Mapping[type[DomainError], LazyString] = {
    DraftConflict: _("A colleague has changed this text meanwhile. Read it again, then publish."),
    DraftHasProblems: _("Correct the marked fields first, then publish."),
    DraftTooLong: _("This text is too long to be saved. Shorten it; what you typed is still in the fields."),
    NothingToPublish: _("There is nothing to publish: the public page shows this text already."),
    PublishedSince: _("Another version is public by now, so nothing was taken back."),
    NothingToUndo: _("There is no version before this one."),
    TimeHasPassed: _("Choose a time that has not passed."),
    EntryEmpty: _("Write a title or a text first."),
    ReportTooLong: _("Shorten each text of the report to 5,000 characters."),
    EntryTooLong: _("Shorten the title to 200 characters and the text to 20,000."),
    AlreadyDiscarded: _("There is no draft any more."),
}
"""The rules that may be broken."""


def document_title(name: str, content: Draft) -> str:
    """Return what the page of a document is called: an update has its own title."""
    return (text_of(content["title"]) if name.startswith(UPDATE) else "") or document_name(name)


def document_name(name: str) -> str:
    """Return what a document is called."""
    return str(_("Update") if name.startswith(UPDATE) else DOCUMENT_NAMES[name])


def bad_link_in_words(address: str) -> str:
    """Return the sentence for a link that leads nowhere."""
    return str(BAD_LINK) % {"detail": address[:100]}


def problem_in_words(problem: FieldProblem) -> str:
    """Return the sentence for a problem, with the language that it concerns."""
    detail = number(int(problem.detail)) if problem.detail.isdecimal() and problem.limit else problem.detail
    sentence = str(PROBLEMS[problem.kind]) % {"detail": detail, "limit": number(problem.limit)}
    return f"{language_name(problem.language)}: {sentence}" if problem.language else sentence
