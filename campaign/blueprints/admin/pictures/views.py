"""Pictures: the list, the upload, one with what is said about it, replacing and removing it."""

from collections.abc import Callable
from datetime import date
from http import HTTPStatus

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user  # type: ignore[import-untyped]
from werkzeug.exceptions import RequestEntityTooLarge

from campaign.blueprints.admin import bp, words
from campaign.blueprints.admin.filters import list_filters
from campaign.blueprints.admin.frame import campaign, done, refused
from campaign.blueprints.admin.guard import person
from campaign.blueprints.admin.pictures import words as picture_words
from campaign.blueprints.admin.pictures.forms import PictureForm, UploadForm, picture_form
from campaign.days import local_day
from campaign.domain.errors import DomainError
from campaign.domain.picture import MAX_BYTES, PictureChanged, PictureRefused, PicturesBusy
from campaign.gateway_registry import current_context
from campaign.services.pictures import consents, describing, listing, places, uploading
from campaign.services.pictures.describing import Description
from campaign.services.pictures.listing import PictureView
from campaign.services.pictures.places import Placing
from campaign.services.pictures.uploading import Upload
from campaign.web.error_pages import error_page, on_http_error
from campaign.web.request_bodies import MAX_UPLOAD_BYTES, UPLOADED

MAX_PLACE = 200
UPLOADS = frozenset({"admin.add_picture", "admin.replace_picture"})


@bp.url_value_preprocessor
def allow_uploads(endpoint: str | None, _values: dict[str, object] | None) -> None:
    """Let these two endpoints alone take a body with a file in it, from somebody who is signed in."""
    if endpoint in UPLOADS and request.environ.get(UPLOADED):
        request.max_content_length = MAX_UPLOAD_BYTES


@bp.errorhandler(RequestEntityTooLarge)
def on_too_large(error: RequestEntityTooLarge) -> ResponseReturnValue:
    """Say how large a file may be, where one is uploaded; a form has its own sentence."""
    if request.endpoint not in UPLOADS:
        return on_http_error(error)
    if not current_user.is_authenticated:
        return redirect(url_for("security.login"), 303)
    return error_page(413, words=(_("This file is too big"), _("Choose a picture of at most 25 MB.")))


@bp.get("/pictures")
def pictures() -> ResponseReturnValue:
    """All pictures of the campaign, the last one first."""
    filters = list_filters()
    rows, has_more = listing.list_pictures(campaign().id, before=filters.text("before"), day=today())
    return render_template(
        "admin/pictures/list.html",
        rows=rows,
        picture_words=picture_words,
        pager=filters.pager(rows[-1].public_id if has_more else None),
    )


@bp.get("/pictures/new")
def picture_upload() -> ResponseReturnValue:
    """The form: the file alone; the rest is said with the picture in view."""
    return _upload_page(UploadForm())


@bp.post("/pictures/new")
def add_picture() -> ResponseReturnValue:
    """Make a picture of the file."""
    form = UploadForm()
    public_id = form.new_id
    if (upload := _upload(form, public_id)) is not None:
        try:
            context = current_context()
            uploading.add_picture(upload, store=context.files, clock=context.clock)
        except (PictureRefused, PicturesBusy) as error:
            form.refuse("file", _sentence(error))
    if form.mistakes:
        return _upload_page(form), form.status
    return done(
        _("The picture is uploaded. Nobody sees it yet: say what it shows."), "admin.picture", public_id=public_id
    )


@bp.get("/pictures/<public_id>")
def picture(public_id: str) -> ResponseReturnValue:
    """One picture: what is said about it, and where it is."""
    view = _view(public_id)
    return _picture_page(view, picture_form(view.facts, revision=view.revision, consents=view.consents))


@bp.post("/pictures/<public_id>")
def save_picture(public_id: str) -> ResponseReturnValue:
    """Save what is said about it."""
    form = picture_form()
    if not form.validate():
        return _picture_page(_view(public_id), form), form.status
    order = Description(
        campaign_id=campaign().id,
        public_id=public_id,
        revision=form.revision_read,
        facts=form.facts,
        consents=form.chosen_consents,
        actor_id=person().id,
    )
    try:
        describing.describe_picture(order, clock=current_context().clock)
    except PictureChanged:
        view = _view(public_id)
        form.revision.data = str(view.revision)
        return _picture_page(view, form, is_conflict=True), HTTPStatus.CONFLICT
    except DomainError as error:
        return refused(error, "admin.picture", public_id=public_id)
    return done(_("The picture is saved."), "admin.picture", public_id=public_id)


@bp.get("/pictures/<public_id>/replace")
def picture_replacement(public_id: str) -> ResponseReturnValue:
    """The form: another file in all places of this picture."""
    view = _view(public_id)
    form = UploadForm(data={"revision": str(view.revision)})
    return _upload_page(form, view)


@bp.post("/pictures/<public_id>/replace")
def replace_picture(public_id: str) -> ResponseReturnValue:
    """Show another file."""
    form = UploadForm()
    if (upload := _upload(form, public_id)) is not None:
        try:
            context = current_context()
            uploading.replace_picture(upload, revision=form.revision_read, store=context.files, clock=context.clock)
        except (PictureRefused, PicturesBusy) as error:
            form.refuse("file", _sentence(error))
        except DomainError as error:
            return refused(error, "admin.picture", public_id=public_id)
    if form.mistakes:
        return _upload_page(form, _view(public_id)), form.status
    flash(_("The picture is replaced. Nobody sees it before you say who is on it."), "good")
    return redirect(url_for("admin.picture", public_id=public_id), 303)


@bp.get("/pictures/<public_id>/remove")
def picture_removal(public_id: str) -> ResponseReturnValue:
    """Say where the picture is before it is removed."""
    return render_template("admin/pictures/remove.html", picture=_view(public_id), picture_words=picture_words)


@bp.post("/pictures/<public_id>/remove")
def remove_picture(public_id: str) -> ResponseReturnValue:
    """Delete the files and take the picture out of all places."""
    context = current_context()
    describing.remove_picture(campaign().id, public_id, actor_id=person().id, store=context.files, clock=context.clock)
    return done(_("The picture is removed."), "admin.pictures")


@bp.post("/pictures/<public_id>/places")
def show_picture(public_id: str) -> ResponseReturnValue:
    """Show it in a place."""
    return _place(places.show_in_place, public_id, _("The picture is shown there."))


@bp.post("/pictures/<public_id>/places/hide")
def hide_picture(public_id: str) -> ResponseReturnValue:
    """Take it out of a place."""
    return _place(places.hide_in_place, public_id, _("The picture is no longer shown there."))


def _place(act: Callable[..., None], public_id: str, message: str) -> ResponseReturnValue:
    name = request.form.get("place", "")[:MAX_PLACE]
    order = Placing(campaign_id=campaign().id, public_id=public_id, place=name, actor_id=person().id)
    try:
        act(order, clock=current_context().clock)
    except DomainError as error:
        return refused(error, "admin.picture", public_id=public_id)
    return done(message, "admin.picture", public_id=public_id)


@bp.get("/pictures/<public_id>/files/<name>")
def picture_file(public_id: str, name: str) -> ResponseReturnValue:
    """A file, such as 480.webp, for the pages of staff, whether everybody may see it or not."""
    width, file_format = listing.read_file_name(name)
    file = listing.staff_file(campaign().id, public_id, width, file_format, store=current_context().files)
    return Response(file.body, mimetype=file.mimetype)


def today() -> date:
    """Return the organisation's day."""
    return local_day(current_context().clock.now())


def _view(public_id: str) -> PictureView:
    return listing.one_picture(campaign().id, public_id, day=today())


def _upload(form: UploadForm, public_id: str) -> Upload | None:
    chosen = form.uploaded
    if chosen is None:
        return None
    name, data = chosen
    return Upload(campaign_id=campaign().id, public_id=public_id, file_name=name, data=data, actor_id=person().id)


def _sentence(error: DomainError) -> str:
    if isinstance(error, PictureRefused):
        return str(picture_words.FLAWS[error.flaw])
    return words.sentence_of(error)


def _upload_page(form: UploadForm, view: PictureView | None = None) -> str:
    return render_template(
        "admin/pictures/upload.html", form=form, picture=view, picture_words=picture_words, max_bytes=MAX_BYTES
    )


def _picture_page(view: PictureView, form: PictureForm, *, is_conflict: bool = False) -> str:
    return render_template(
        "admin/pictures/picture.html",
        picture=view,
        form=form,
        is_conflict=is_conflict,
        places=places.list_places(campaign().id),
        consents=consents.consent_choices(campaign().id, linked=view.consents, day=today()),
        picture_words=picture_words,
    )
