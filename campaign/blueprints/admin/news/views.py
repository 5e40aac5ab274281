"""Updates: the list, writing in all languages, and deleting a draft."""

from http import HTTPStatus

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.blueprints.admin import bp
from campaign.blueprints.admin.filters import list_filters
from campaign.blueprints.admin.frame import campaign, done, refused
from campaign.blueprints.admin.guard import person
from campaign.blueprints.admin.news import words as news_words
from campaign.blueprints.admin.news.forms import PUBLISH, SCHEDULE, RevisionForm, UpdateForm, update_form
from campaign.blueprints.admin.texts.document_page import document_page
from campaign.blueprints.admin.words import sentence_of
from campaign.days import local_day
from campaign.domain.errors import DomainError
from campaign.domain.news import (
    UpdateBadLinks,
    UpdateChanged,
    UpdateEmpty,
    UpdateIncomplete,
    UpdateText,
    first_bad_links,
)
from campaign.gateway_registry import current_context
from campaign.jobs import wake
from campaign.services.campaigns.quoted_texts import UPDATE, piece_name
from campaign.services.content.editing import DraftChange, DraftConflict, document_state, save_draft
from campaign.services.news import publishing, writing
from campaign.services.news import updates as update_list
from campaign.services.news.readers import confirmed_count
from campaign.services.news.updates import UpdateFilter, UpdateView
from campaign.services.news.writing import SaveOrder
from campaign.services.pictures.quoted_pieces import PieceView, unseen_pieces


@bp.get("/updates")
def updates() -> ResponseReturnValue:
    """Fifty updates a page, of one state or all."""
    filters = list_filters()
    criteria = UpdateFilter(
        campaign_id=campaign().id,
        state=filters.choice("state", news_words.UPDATE),
        before=filters.text("before"),
    )
    rows, has_more = update_list.list_updates(criteria)
    return render_template(
        "admin/news/list.html",
        site=campaign(),
        state=criteria.state,
        rows=rows,
        news_words=news_words,
        pager=filters.pager(rows[-1].public_id if has_more else None),
    )


@bp.get("/updates/new", endpoint="update_form")
def update_form_page() -> ResponseReturnValue:
    """An empty form, signed as the last update was."""
    return _form_page(update_form(campaign().languages, author=update_list.last_author(campaign().id)))


@bp.post("/updates/new")
def create_update() -> ResponseReturnValue:
    """Save the first text of an update."""
    form = update_form(campaign().languages)
    return _save(form, form.update_id)


@bp.get("/updates/<public_id>")
def update(public_id: str) -> ResponseReturnValue:
    """One update: its texts, and what can be done with it."""
    view = update_list.one_update(campaign().id, public_id)
    form = update_form(campaign().languages, view.text, revision=view.revision)
    form.refuse_links(first_bad_links(view.text.body))
    return _form_page(form, view)


@bp.post("/updates/<public_id>")
def save_update(public_id: str) -> ResponseReturnValue:
    """Save the texts: of a draft for staff, of a published update for everybody."""
    return _save(update_form(campaign().languages), public_id)


@bp.get("/updates/<public_id>/delete")
def delete_update_form(public_id: str) -> ResponseReturnValue:
    """Say what is deleted before it is."""
    view = update_list.one_update(campaign().id, public_id)
    return render_template("admin/news/delete.html", update=view)


@bp.post("/updates/<public_id>/delete")
def delete_update(public_id: str) -> ResponseReturnValue:
    """Delete a draft."""
    try:
        writing.delete_draft(
            campaign().id,
            public_id,
            revision=RevisionForm().revision_read,
            actor_id=person().id,
            clock=current_context().clock,
        )
    except DomainError as error:
        return refused(error, "admin.update", public_id=public_id)
    return done(_("The draft is deleted."), "admin.updates")


def _save(form: UpdateForm, public_id: str) -> ResponseReturnValue:
    if not form.validate():
        return _form_page(form, _known(public_id)), form.status
    known = _known(public_id)
    if known is not None and known.was_published:
        return _save_correction(form, known)
    order = form.order(public_id, campaign_id=campaign().id, actor_id=person().id)
    try:
        message = _carry_out(form, order)
    except UpdateChanged:
        return _conflict_page(form, public_id), HTTPStatus.CONFLICT
    except (UpdateIncomplete, UpdateBadLinks, UpdateEmpty) as error:
        _refuse(form, error)
        return _form_page(form, _known(public_id)), form.status
    except DomainError as error:
        return refused(error, "admin.update", public_id=public_id)
    return done(message, "admin.publish_form" if form.then.data == SCHEDULE else "admin.update", public_id=public_id)


def _save_correction(form: UpdateForm, view: UpdateView) -> ResponseReturnValue:
    """Make the draft of a correction of what was typed into a form that was opened before the update was published."""
    text, state = form.text, document_state(campaign().id, view.document)
    draft = {"title": dict(text.title), "body": dict(text.body), "author": dict(text.author)}
    change = DraftChange(draft=draft, base="" if state.has_draft else state.base)
    try:
        save_draft(campaign().id, view.document, change, actor_id=person().id, clock=current_context().clock)
    except DraftConflict as conflict:
        return document_page(state, typed=draft, conflict=conflict), HTTPStatus.CONFLICT
    except DomainError as error:
        return refused(error, "admin.text", document=view.document)
    return done(
        _("This update is published already: your text is saved as the draft of a correction."),
        "admin.text",
        document=view.document,
    )


def _refuse(form: UpdateForm, error: DomainError) -> None:
    """Say beside the fields why the text cannot be public."""
    match error:
        case UpdateIncomplete():
            form.refuse_halves(error)
        case UpdateBadLinks():
            form.refuse_links(error.links)
        case _:
            form.refuse(form.by_language[0].title.name, sentence_of(error))


def _carry_out(form: UpdateForm, order: SaveOrder) -> str:
    """Save what was typed, and publish it where that button was pressed; return the sentence about it."""
    clock = current_context().clock
    if form.then.data == PUBLISH:
        publishing.save_and_publish(order, is_emailed=bool(form.emailed.data), clock=clock)
        wake("outbox")
        return str(_("The update is published."))
    writing.save_update(order, clock=clock)
    return str(_("The update is saved."))


def _known(public_id: str) -> UpdateView | None:
    """The saved update; none while it has not been saved."""
    return None if request.endpoint == "admin.create_update" else update_list.one_update(campaign().id, public_id)


def _form_page(form: UpdateForm, view: UpdateView | None = None, *, theirs: UpdateText | None = None) -> str:
    return render_template(
        "admin/news/update.html",
        site=campaign(),
        form=form,
        update=view,
        theirs=theirs,
        news_words=news_words,
        readers=confirmed_count(campaign().id),
        unseen=_unseen(view) if view else [],
    )


def _unseen(view: UpdateView) -> list[PieceView]:
    """Return the update where nobody sees it because of a consent."""
    pieces = unseen_pieces(campaign().id, UPDATE, day=local_day(current_context().clock.now()))
    return [piece for piece in pieces if piece.name == piece_name(UPDATE, view.public_id)]


def _conflict_page(form: UpdateForm, public_id: str) -> str:
    """What was typed beside what somebody else saved; saved again, it replaces theirs."""
    view = update_list.one_update(campaign().id, public_id)
    form.revision.data = str(view.revision)
    return _form_page(form, view, theirs=view.text)
