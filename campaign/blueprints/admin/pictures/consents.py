"""Consents to be shown: the registry, recording, correcting and withdrawing one."""

from collections.abc import Callable
from io import BytesIO

from flask import Response, render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.blueprints.admin import bp, words
from campaign.blueprints.admin.filters import list_filters
from campaign.blueprints.admin.frame import campaign, done, refused
from campaign.blueprints.admin.guard import person
from campaign.blueprints.admin.pictures import words as picture_words
from campaign.blueprints.admin.pictures.consent_form import ConsentEntryForm, consent_form
from campaign.blueprints.admin.pictures.views import today
from campaign.domain.consent import ConsentEndsBeforeItBegins, ConsentGivenLater
from campaign.domain.consent_file import MAX_BYTES, ConsentFilesRefused
from campaign.domain.errors import DomainError
from campaign.domain.form_version import ChangedMeanwhile
from campaign.domain.picture import PicturesBusy
from campaign.gateway_registry import current_context
from campaign.i18n import preferred_language
from campaign.services.pictures import consent_files, places, quoted_pieces
from campaign.services.pictures import consents as registry
from campaign.services.pictures.consent_attaching import save_with_files
from campaign.services.pictures.consents import ConsentOrder, ConsentView
from campaign.services.pictures.quoted_pieces import PieceOrder

MAX_PIECE = 200


@bp.get("/consents")
def consents() -> ResponseReturnValue:
    """Fifty consents a page, the last one first."""
    filters = list_filters()
    rows, has_more = registry.list_consents(campaign().id, before=filters.text("before"), day=today())
    return render_template(
        "admin/pictures/consents.html",
        rows=rows,
        ending=registry.ending_soon(campaign().id, day=today()),
        pieces={piece.name: piece for piece in quoted_pieces.list_pieces(campaign().id)},
        unrecorded=quoted_pieces.pieces_without_consent(campaign().id),
        picture_words=picture_words,
        pager=filters.pager(rows[-1].public_id if has_more else None),
    )


@bp.get("/consents/new")
def new_consent() -> ResponseReturnValue:
    """An empty form, for today."""
    form = consent_form(today=today())
    form.language.data = preferred_language()
    return _page(form)


@bp.post("/consents/new")
def record_consent() -> ResponseReturnValue:
    """Record a consent."""
    form = consent_form()
    return _save(form, form.new_id, is_new=True)


@bp.get("/consents/<public_id>")
def consent(public_id: str) -> ResponseReturnValue:
    """One consent: what is recorded, and what it covers."""
    view = registry.one_consent(campaign().id, public_id, day=today())
    return _page(consent_form(view.facts), view)


@bp.post("/consents/<public_id>")
def save_consent(public_id: str) -> ResponseReturnValue:
    """Correct what is recorded."""
    return _save(consent_form(), public_id, is_new=False)


@bp.get("/consents/<public_id>/withdraw")
def consent_withdrawal(public_id: str) -> ResponseReturnValue:
    """Say what leaves the pages before it does."""
    view = registry.one_consent(campaign().id, public_id, day=today())
    return render_template("admin/pictures/withdraw.html", consent=view)


@bp.post("/consents/<public_id>/withdraw")
def withdraw_consent(public_id: str) -> ResponseReturnValue:
    """Take the pictures off every page."""
    registry.withdraw_consent(campaign().id, public_id, actor_id=person().id, clock=current_context().clock)
    message = _("The consent is withdrawn. Its pictures and texts have left every page.")
    return done(message, "admin.consent", public_id=public_id)


@bp.post("/consents/<public_id>/texts")
def quote_in_text(public_id: str) -> ResponseReturnValue:
    """Say that a text quotes or names them."""
    return _on_piece(quoted_pieces.link_piece, public_id, _("The text is shown while this consent holds."))


@bp.post("/consents/<public_id>/texts/remove")
def quote_no_more(public_id: str) -> ResponseReturnValue:
    """Say that a text no longer does."""
    return _on_piece(quoted_pieces.unlink_piece, public_id, _("The text no longer depends on this consent."))


@bp.post("/consents/texts/remove")
def quote_nobody() -> ResponseReturnValue:
    """Say that a text from a folder quotes nobody whose consent is needed."""
    order = _piece_order("")
    quoted_pieces.unlink_piece(order, clock=current_context().clock)
    return done(_("The text is shown."), "admin.consents")


def _on_piece(act: Callable[..., None], public_id: str, message: str) -> ResponseReturnValue:
    try:
        act(_piece_order(public_id), clock=current_context().clock)
    except DomainError as error:
        return refused(error, "admin.consent", public_id=public_id)
    return done(message, "admin.consent", public_id=public_id)


def _piece_order(public_id: str) -> PieceOrder:
    piece = request.form.get("piece", "")[:MAX_PIECE]
    return PieceOrder(campaign_id=campaign().id, consent=public_id, piece=piece, actor_id=person().id)


@bp.get("/consents/<public_id>/files/<file_id>")
def consent_file(public_id: str, file_id: str) -> Response:
    """Send a scan or a recording, to be saved; who opened it is in the audit trail."""
    context = current_context()
    content = consent_files.file_content(
        campaign().id, public_id, file_id, actor_id=person().id, store=context.files, clock=context.clock
    )
    answer = send_file(
        BytesIO(content.body), mimetype=content.media_type, as_attachment=True, download_name=content.name, max_age=0
    )
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


@bp.get("/consents/<public_id>/files/<file_id>/delete")
def consent_file_deletion(public_id: str, file_id: str) -> ResponseReturnValue:
    """Say what is lost before it is."""
    view = registry.one_consent(campaign().id, public_id, day=today())
    file = consent_files.one_file(campaign().id, public_id, file_id)
    return render_template("admin/pictures/delete_consent_file.html", consent=view, file=file)


@bp.post("/consents/<public_id>/files/<file_id>/delete")
def delete_consent_file(public_id: str, file_id: str) -> ResponseReturnValue:
    """Delete a scan or a recording for good."""
    context = current_context()
    consent_files.delete_file(
        campaign().id, public_id, file_id, actor_id=person().id, store=context.files, clock=context.clock
    )
    return done(_("The file is deleted."), "admin.consent", public_id=public_id)


def _save(form: ConsentEntryForm, public_id: str, *, is_new: bool) -> ResponseReturnValue:
    view = None if is_new else registry.one_consent(campaign().id, public_id, day=today())
    if not form.validate():
        return _page(form, view), form.status
    try:
        _write(form, public_id, is_new=is_new)
    except ChangedMeanwhile:
        view = registry.one_consent(campaign().id, public_id, day=today())
        form.conflicts_with(consent_form(view.facts, is_sent=False))
    except DomainError as error:
        return refused(error, "admin.consent", public_id=public_id)
    if form.mistakes or form.differences:
        return _page(form, view), form.status
    return done(_("The consent is saved."), "admin.consent", public_id=public_id)


def _write(form: ConsentEntryForm, public_id: str, *, is_new: bool) -> None:
    """Save what a valid form says, or say beside a field why not; other errors are raised."""
    order = ConsentOrder(
        campaign_id=campaign().id,
        public_id=public_id,
        is_new=is_new,
        facts=form.facts,
        actor_id=person().id,
        version=form.version.data,
    )
    try:
        save_with_files(order, form.uploads, context=current_context())
    except ConsentFilesRefused as error:
        sentences = (f"{file.name}: {picture_words.CONSENT_FILE_FLAWS[file.flaw]}" for file in error.files)
        form.refuse("file", " ".join(sentences))
    except PicturesBusy as error:
        form.refuse("file", words.sentence_of(error))
    except ConsentGivenLater as error:
        form.refuse("given_on", words.sentence_of(error))
    except ConsentEndsBeforeItBegins as error:
        form.refuse("valid_until", words.sentence_of(error))


def _page(form: ConsentEntryForm, view: ConsentView | None = None) -> str:
    known = {place.name: place for place in places.list_places(campaign().id)} if view else {}
    return render_template(
        "admin/pictures/consent.html",
        form=form,
        consent=view,
        files=consent_files.list_files(campaign().id, view.public_id) if view else [],
        places=known,
        pieces={piece.name: piece for piece in quoted_pieces.list_pieces(campaign().id)} if view else {},
        quoted=quoted_pieces.pieces_of(campaign().id, view.public_id) if view else [],
        picture_words=picture_words,
        max_bytes=MAX_BYTES,
    )
