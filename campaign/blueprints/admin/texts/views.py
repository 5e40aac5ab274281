"""The texts of the public site: the list, the page on which one is edited, and saving its draft."""

from flask import Request, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from campaign.blueprints.admin import bp
from campaign.blueprints.admin.frame import campaign, done, refused
from campaign.blueprints.admin.guard import person
from campaign.blueprints.admin.texts import words
from campaign.blueprints.admin.texts.document_page import document_page, problems_by_input
from campaign.blueprints.admin.texts.forms import DocumentForm
from campaign.blueprints.admin.texts.publishing import publish_now
from campaign.blueprints.admin.words import sentence_of
from campaign.domain.errors import DomainError
from campaign.gateway_registry import current_context
from campaign.i18n import time_of_day
from campaign.languages import language_name
from campaign.services.content.editing import (
    DraftConflict,
    DraftTooLong,
    SavedDraft,
    document_state,
    save_draft,
)
from campaign.services.content.listing import documents_of
from campaign.services.content.rows import kind_of
from campaign.services.content.versions import discard_draft as discard
from campaign.web.error_pages import status_of

LARGE_FORMS = frozenset({"admin.save_text", "admin.autosave_text"})
NEXT_PAGES = {"preview": "admin.preview_text", "check": "admin.check_text"}
"""Button → the page that follows the saving."""
MAX_FORM_BYTES = 1_000_000
"""Of a document: three languages of a long page, or 200 KB pasted out of a word processor."""


@bp.url_value_preprocessor
def allow_large_forms(endpoint: str | None, _values: dict[str, object] | None) -> None:
    """Let the forms of documents be larger than other forms, before anybody reads the request."""
    if endpoint in LARGE_FORMS:
        incoming: Request = request
        incoming.max_form_memory_size = MAX_FORM_BYTES


@bp.get("/texts")
def texts() -> ResponseReturnValue:
    """Every text with what is missing, outdated or not published."""
    labels = [_("Text"), *map(language_name, campaign().languages), _("State")]
    columns = [{"label": label} for label in labels]
    return render_template("admin/texts/list.html", rows=documents_of(campaign().id), columns=columns, texts=words)


@bp.get("/texts/<document>")
def text(document: str) -> ResponseReturnValue:
    """A text in all languages, side by side."""
    return document_page(document_state(campaign().id, document))


@bp.post("/texts/<document>")
def save_text(document: str) -> ResponseReturnValue:
    """Save the draft, move a row, or go on to the publication."""
    kind_of(document)
    form = DocumentForm()
    try:
        saved = _save(document, form)
    except DraftConflict as conflict:
        typed = form.draft(kind_of(document), campaign().languages)
        return document_page(document_state(campaign().id, document), typed=typed, conflict=conflict), 409
    except DraftTooLong as error:
        typed, sentence = form.draft(kind_of(document), campaign().languages), sentence_of(error)
        state = document_state(campaign().id, document)
        return document_page(state, typed=typed, refusal=sentence), status_of(error)
    if form.step.data == "publish":
        return publish_now(document, saved.base)
    if form.step.data in NEXT_PAGES:
        return redirect(url_for(NEXT_PAGES[form.step.data], document=document), 303)
    if form.anchor:
        return redirect(url_for("admin.text", document=document, _anchor=form.anchor), 303)
    return done(_taken_message(saved) + _saved_message(document), "admin.text", document=document)


@bp.post("/texts/<document>/autosave")
def autosave_text(document: str) -> ResponseReturnValue:
    """Save the draft while somebody types; the answer is for the script of the page."""
    kind_of(document)
    try:
        saved = _save(document, DocumentForm(), has_fixed_rows=True)
    except DraftConflict:
        return jsonify(message=_("Not saved: a colleague has changed this text. Press “Save draft” to compare.")), 409
    except DraftTooLong:
        return jsonify(message=_("Not saved: the text is too long. Shorten it.")), 422
    problems = problems_by_input(document_state(campaign().id, document).problems)
    message = _taken_message(saved) + _("Saved %(time)s", time=time_of_day(saved.at))
    return jsonify(base=saved.base, marks=saved.marks, taken=saved.taken, message=message, problems=problems)


@bp.post("/texts/<document>/discard")
def discard_draft(document: str) -> ResponseReturnValue:
    """Go back to the published text; the draft stays among the versions."""
    try:
        discard(campaign().id, document, actor_id=person().id, clock=current_context().clock)
    except DomainError as error:
        return refused(error, "admin.text", document=document)
    return done(_("The draft is discarded. You find it among the versions."), "admin.text", document=document)


def _save(document: str, form: DocumentForm, *, has_fixed_rows: bool = False) -> SavedDraft:
    change = form.change(kind_of(document), campaign().languages, has_fixed_rows=has_fixed_rows)
    return save_draft(campaign().id, document, change, actor_id=person().id, clock=current_context().clock)


def _taken_message(saved: SavedDraft) -> str:
    """Return a sentence, with the space behind it, about what a colleague has changed meanwhile."""
    if not saved.taken and not saved.is_rearranged:
        return ""
    return str(_("A colleague has changed other parts of this text: their changes are taken over.")) + " "


def _saved_message(document: str) -> str:
    count = len(document_state(campaign().id, document).problems)
    if not count:
        return str(_("The draft is saved. The public page has not changed."))
    return str(
        ngettext(
            "The draft is saved. %(num)s thing must be corrected before it can be published.",
            "The draft is saved. %(num)s things must be corrected before it can be published.",
            count,
        )
    )
