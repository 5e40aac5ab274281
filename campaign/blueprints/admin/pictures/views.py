"""Pictures: the list, the upload, one with what is said about it, replacing and removing it."""

from collections.abc import Callable
from datetime import date
from http import HTTPStatus

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user  # type: ignore[import-untyped]
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge

from campaign.blueprints.admin import bp, words
from campaign.blueprints.admin.filters import list_filters
from campaign.blueprints.admin.frame import campaign, done, refused
from campaign.blueprints.admin.guard import person, person_can
from campaign.blueprints.admin.pictures import words as picture_words
from campaign.blueprints.admin.pictures.consent_form import ConsentEntryForm, consent_form
from campaign.blueprints.admin.pictures.forms import PictureForm, UploadForm, picture_form
from campaign.days import local_day
from campaign.domain.consent import ConsentEndsBeforeItBegins, ConsentGivenLater
from campaign.domain.errors import DomainError
from campaign.domain.identity import derived_public_id, new_public_id
from campaign.domain.picture import MAX_BYTES, PictureChanged, PictureNotReady, PictureRefused, PicturesBusy
from campaign.gateway_registry import current_context
from campaign.i18n import preferred_language
from campaign.services.pictures import consents, describing, listing, places, uploading
from campaign.services.pictures.consents import ConsentOrder
from campaign.services.pictures.describing import Description
from campaign.services.pictures.listing import PictureView
from campaign.services.pictures.places import Placing
from campaign.services.pictures.uploading import Upload
from campaign.web.error_pages import error_page, on_http_error
from campaign.web.request_bodies import MAX_UPLOAD_BYTES, UPLOADED

MAX_PLACE = 200
CONSENT = "consent-"
"""Begins the names of the fields of a consent that is recorded with a picture."""
CONSENT_UPLOADS = frozenset({"admin.record_consent", "admin.save_consent"})
UPLOADS = CONSENT_UPLOADS | {"admin.add_picture", "admin.replace_picture", "admin.add_field_picture"}


@bp.url_value_preprocessor
def allow_uploads(endpoint: str | None, _values: dict[str, object] | None) -> None:
    """Let these endpoints alone take a body with a file in it, from somebody who is signed in."""
    if endpoint in UPLOADS and request.environ.get(UPLOADED):
        request.max_content_length = MAX_UPLOAD_BYTES


@bp.errorhandler(RequestEntityTooLarge)
def on_too_large(error: RequestEntityTooLarge) -> ResponseReturnValue:
    """Say how large a file may be, where one is uploaded; a form has its own sentence."""
    if request.endpoint not in UPLOADS:
        return on_http_error(error)
    if not current_user.is_authenticated:
        return redirect(url_for("security.login"), 303)
    advice = _("Choose a picture of at most 25 MB.")
    if request.endpoint in CONSENT_UPLOADS:
        advice = _("Go back: what you typed is still there. Choose files of at most 25 MB together.")
    return error_page(413, words=(_("This file is too big"), advice))


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
    """Make pictures of the files, for a place or for none; one that is refused leaves the others."""
    form, place = UploadForm(), request.form.get("place", "")[:MAX_PLACE]
    added = _add_all(form)
    for name in added if place else ():
        order = Placing(campaign_id=campaign().id, public_id=name, place=place, actor_id=person().id)
        places.add_to_place(order, clock=current_context().clock)
    if form.mistakes:
        if added:
            form.form_id.data = new_public_id()
            flash(_uploaded_message(len(added)), "good")
        return _upload_page(form), form.status
    return done(_uploaded_message(len(added)), "admin.picture", public_id=added[0])


@bp.get("/pictures/<public_id>")
def picture(public_id: str) -> ResponseReturnValue:
    """One picture: what is said about it, and where it is."""
    view = _view(public_id)
    return _picture_page(view, picture_form(view.facts, revision=view.revision, consents=view.consents))


@bp.post("/pictures/<public_id>")
def save_picture(public_id: str) -> ResponseReturnValue:
    """Save what is said about it, with a consent that is not recorded yet and a place, where they were given."""
    form, entry = picture_form(), consent_form(prefix=CONSENT)
    is_valid = form.validate()
    if (entry.is_begun and not entry.validate()) or not is_valid:
        return _picture_page(_view(public_id), form, entry), HTTPStatus.UNPROCESSABLE_ENTITY
    if (answer := _describe(public_id, form, entry)) is not None:
        return answer
    if form.mistakes or entry.mistakes:
        return _picture_page(_view(public_id), form, entry), HTTPStatus.UNPROCESSABLE_ENTITY
    following = listing.next_undescribed(campaign().id, but=public_id) if form.then.data == "next" else None
    return done(_("The picture is saved."), "admin.picture", public_id=following or public_id)


def _describe(public_id: str, form: PictureForm, entry: ConsentEntryForm) -> ResponseReturnValue | None:
    """Save, or say beside a field why not; return an answer where there is another page to show."""
    try:
        describing.describe_picture(_description(public_id, form, entry), clock=current_context().clock)
    except PictureChanged:
        view = _view(public_id)
        form.revision.data = str(view.revision)
        return _picture_page(view, form, entry, is_conflict=True), HTTPStatus.CONFLICT
    except ConsentGivenLater as error:
        entry.refuse("given_on", words.sentence_of(error))
    except ConsentEndsBeforeItBegins as error:
        entry.refuse("valid_until", words.sentence_of(error))
    except PictureNotReady as error:
        form.refuse("place", words.sentence_of(error))
    except DomainError as error:
        return refused(error, "admin.picture", public_id=public_id)
    return None


def _description(public_id: str, form: PictureForm, entry: ConsentEntryForm) -> Description:
    consent = ConsentOrder(
        campaign_id=campaign().id, public_id=entry.new_id, is_new=True, facts=entry.facts, actor_id=person().id
    )
    return Description(
        campaign_id=campaign().id,
        public_id=public_id,
        revision=form.revision_read,
        facts=form.facts,
        consents=form.chosen_consents,
        actor_id=person().id,
        new_consent=consent if entry.is_begun else None,
        place=(form.place.data or "")[:MAX_PLACE],
    )


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
    if (upload := next((_upload(file, public_id) for file in form.uploaded), None)) is not None:
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
    store = current_context().files
    if person_can("admin.pictures"):
        file = listing.staff_file(campaign().id, public_id, width, file_format, store=store)
    else:  # who only previews a draft gets what its pages show
        file = listing.public_file(public_id, width, file_format, store=store, day=today(), preview_of=campaign().id)
    return Response(file.body, mimetype=file.mimetype)


def today() -> date:
    """Return the organisation's day."""
    return local_day(current_context().clock.now())


def _view(public_id: str) -> PictureView:
    return listing.one_picture(campaign().id, public_id, day=today())


def _upload(file: FileStorage, public_id: str) -> Upload:
    return Upload(
        campaign_id=campaign().id,
        public_id=public_id,
        file_name=file.filename or "",
        data=file.stream.read(),
        actor_id=person().id,
    )


def _add_all(form: UploadForm) -> list[str]:
    """Make a picture of each file and return their public ids; what is refused is said beside the field."""
    context, added, files = current_context(), [], form.uploaded
    for number, file in enumerate(files, start=form.first_part):
        public_id = derived_public_id(form.new_id, number)
        try:
            uploading.add_picture(_upload(file, public_id), store=context.files, clock=context.clock)
        except (PictureRefused, PicturesBusy) as error:
            name = f"{file.filename}: " if len(files) > 1 else ""
            form.refuse("file", name + _sentence(error))
        else:
            added.append(public_id)
    return added


def _uploaded_message(count: int) -> str:
    if count == 1:
        return str(_("The picture is uploaded. Nobody sees it yet: say what it shows."))
    return str(
        ngettext(
            "%(num)s picture is uploaded. Nobody sees it yet: say what it shows.",
            "%(num)s pictures are uploaded. Nobody sees them yet: say what each one shows.",
            count,
        )
    )


def _sentence(error: DomainError) -> str:
    if isinstance(error, PictureRefused):
        return str(picture_words.FLAWS[error.flaw])
    return words.sentence_of(error)


def _upload_page(form: UploadForm, view: PictureView | None = None) -> str:
    return render_template(
        "admin/pictures/upload.html", form=form, picture=view, picture_words=picture_words, max_bytes=MAX_BYTES
    )


def _picture_page(
    view: PictureView, form: PictureForm, entry: ConsentEntryForm | None = None, *, is_conflict: bool = False
) -> str:
    if entry is None:
        entry = consent_form(today=today(), prefix=CONSENT)
        entry.language.data = preferred_language()
    return render_template(
        "admin/pictures/picture.html",
        picture=view,
        form=form,
        entry=entry,
        is_conflict=is_conflict,
        places=places.list_places(campaign().id),
        consents=consents.consent_choices(campaign().id, linked=view.consents, day=today()),
        has_next=listing.next_undescribed(campaign().id, but=view.public_id) is not None,
        picture_words=picture_words,
    )
