"""Field mode: a page that can be installed on a phone, writes without a line and sends when there is one.

The page, its manifest and its worker name nobody and hold no token: a phone stores them. What is private comes with
`/staff/field/state`, which is never stored.
"""

import json
from http import HTTPStatus
from typing import Any

from flask import Response, current_app, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf.csrf import generate_csrf

from campaign.blueprints.admin import bp, words
from campaign.blueprints.admin.field.forms import FieldEntryForm, FieldPartForm
from campaign.blueprints.admin.frame import campaign
from campaign.blueprints.admin.guard import person
from campaign.blueprints.admin.pictures.words import FLAWS
from campaign.domain.brand import STANDARD
from campaign.domain.errors import DomainError
from campaign.domain.picture import PictureRefused, PicturesBusy
from campaign.gateway_registry import current_context
from campaign.i18n import LANGUAGES, current_language, text_of
from campaign.services.field import entries
from campaign.services.field.entries import FieldEntry
from campaign.services.organisation.profile import organisation
from campaign.services.pictures import uploading
from campaign.services.pictures.uploading import Upload
from campaign.web.error_pages import status_of

SCOPE = "/staff/field"
FILES = ("css/site.css", "css/desk.css", "js/site.js", "js/field.js", "img/mark.svg")
"""What the page needs without a line, beside itself."""
STORE = "js/field-store.js"
"""A part of scripts that name it without a version."""
REPORTED = lazy_gettext("The report of this event was published before. Your text stands beside it at the desk.")


@bp.get("/field")
def field() -> ResponseReturnValue:
    """The page: a form, and what is waiting, was sent or was refused."""
    return render_template(
        "admin/field/field.html", languages={code: LANGUAGES.get(code, code) for code in campaign().languages}
    )


@bp.get("/field/manifest.webmanifest")
def field_manifest() -> Response:
    """What a phone needs to install the page."""
    profile = organisation()
    name = text_of(profile.name)
    manifest = {
        "name": f"{name} · {_('Field mode')}" if name else _("Field mode"),
        "short_name": _("Field mode"),
        "lang": current_language(),
        "start_url": SCOPE,
        "scope": SCOPE,
        "display": "standalone",
        "background_color": "#fbf7f1",
        "theme_color": profile.button_colour or STANDARD,
        "icons": [{"src": url_for("static", filename="img/mark.svg"), "sizes": "any", "type": "image/svg+xml"}],
    }
    return Response(json.dumps(manifest, ensure_ascii=False), mimetype="application/manifest+json")


@bp.get("/field/worker.js")
def field_worker() -> Response:
    """The service worker, which serves this one page and its files when there is no line."""
    assets = current_app.extensions["assets"]
    static_url: Any = current_app.jinja_env.globals["static_url"]
    files = [*map(static_url, FILES), url_for("static", filename=STORE)]
    source = assets.find("js/field-worker.js").body.in_encoding(None).decode()
    answer = Response(f"const FILES = {json.dumps(files)};\n{source}", mimetype="text/javascript")
    answer.headers["Service-Worker-Allowed"] = SCOPE
    return answer


@bp.get("/field/state")
def field_state() -> ResponseReturnValue:
    """Who is signed in, for which campaign, with the token that sending needs."""
    here = campaign()
    return jsonify(
        person=str(person().id),
        campaign=here.slug,
        campaign_name=text_of(here.name),
        token=generate_csrf(),
        events=[{"id": each.public_id, "title": text_of(each.title)} for each in entries.events_to_report(here.id)],
    )


@bp.post("/field/pictures")
def add_field_picture() -> ResponseReturnValue:
    """Make a picture of a file; the same one again is made once."""
    form, file = FieldPartForm(), request.files.get("file")
    if (other := _of_somebody_else(form)) is not None:
        return other
    if not form.has_id or file is None:
        return jsonify(message=_("We could not read this. Open it and send it again.")), 422
    upload = Upload(
        campaign_id=campaign().id,
        public_id=form.id.data,
        file_name=file.filename or "",
        data=file.stream.read(),
        actor_id=person().id,
    )
    context = current_context()
    try:
        uploading.add_picture(upload, store=context.files, clock=context.clock)
    except PicturesBusy as error:
        return jsonify(message=words.sentence_of(error)), HTTPStatus.SERVICE_UNAVAILABLE
    except PictureRefused as error:
        return jsonify(message=str(FLAWS[error.flaw])), 422
    return jsonify(id=form.id.data)


@bp.post("/field/entries")
def add_field_entry() -> ResponseReturnValue:
    """Make a draft of an entry; the same one again is answered in the same way."""
    form = FieldEntryForm()
    if (other := _of_somebody_else(form)) is not None:
        return other
    if not form.validate() or not form.has_id or form.language.data not in campaign().languages:
        return jsonify(message=form.sentence), 422
    entry = FieldEntry(
        campaign_id=campaign().id,
        public_id=form.id.data,
        language=form.language.data,
        title=form.title.data or "",
        body=form.body.data or "",
        actor_id=person().id,
        event=form.event.data or "",
        report=form.report,
        pictures=form.picture_ids,
    )
    try:
        received = entries.receive_entry(entry, clock=current_context().clock)
    except DomainError as error:
        return jsonify(message=words.sentence_of(error)), status_of(error)
    if received.event:
        note = REPORTED if received.is_reported else ""
        return jsonify(address=url_for("admin.plan_item", public_id=received.event), note=str(note))
    return jsonify(address=url_for("admin.update", public_id=entry.public_id))


def _of_somebody_else(form: FieldPartForm) -> ResponseReturnValue | None:
    """Refuse what another person wrote on this phone, or for a campaign that is not chosen; it waits for them."""
    if form.person.data == str(person().id) and form.campaign.data == campaign().slug:
        return None
    return jsonify(message=_("This was written by another person or for another campaign.")), HTTPStatus.CONFLICT
