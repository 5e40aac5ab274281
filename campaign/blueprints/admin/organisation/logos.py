"""The page of the organisation's logo, icon and signature: shown, replaced and removed."""

from collections.abc import Mapping

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import LazyString, lazy_gettext
from flask_babel import gettext as _

from campaign.blueprints.admin import bp
from campaign.blueprints.admin.frame import done
from campaign.blueprints.admin.guard import person
from campaign.domain.logo import MAX_BYTES, LogoKind, LogoProblem, LogoRefused
from campaign.gateway_registry import current_context
from campaign.services.organisation import logos
from campaign.services.organisation.logo_files import ReadLogo, read_logo

SENTENCES: Mapping[LogoProblem, LazyString] = {
    LogoProblem.MISSING: lazy_gettext("Choose a file first."),
    LogoProblem.TOO_LARGE: lazy_gettext("The file is larger than 500 KB. Make it smaller."),
    LogoProblem.OTHER_FORMAT: lazy_gettext("This is no PNG or SVG, whatever its name says. Export it as PNG or SVG."),
    LogoProblem.DAMAGED: lazy_gettext("The file is damaged. Export it again."),
    LogoProblem.SIZE: lazy_gettext("Each side must have between 32 and 4,000 pixels. Change its size."),
    LogoProblem.NOT_SQUARE: lazy_gettext("An icon must be as wide as it is high. Cut it to a square."),
    LogoProblem.SCRIPT: lazy_gettext("This SVG contains a script or an animation. Export it as a plain SVG or as PNG."),
    LogoProblem.REFERENCE: lazy_gettext(
        "This SVG refers to something outside of itself. Export it as a plain SVG, with everything inside, or as PNG."
    ),
    LogoProblem.ELEMENT: lazy_gettext(
        "This SVG contains more than shapes, such as text, styles or notes of a drawing program. Convert text to paths "
        "and export it as a plain SVG, or as PNG."
    ),
    LogoProblem.NOT_PRINTABLE: lazy_gettext(
        "Receipts cannot print this SVG: it is larger than 100 KB or repeats shapes. Export it as PNG."
    ),
}


@bp.get("/organisation/logo", endpoint="organisation_logos")
def show() -> ResponseReturnValue:
    """Show the logo, the icon and the signature."""
    return _page()


@bp.post("/organisation/logo", endpoint="save_logos")
def save_both() -> ResponseReturnValue:
    """Take the chosen files, or say why one is refused; then none is saved."""
    chosen = {kind: data for kind in LogoKind if (data := _uploaded(kind))}
    if not chosen:
        return _page({LogoKind.LOGO: str(SENTENCES[LogoProblem.MISSING])}), 422
    return _save(chosen)


@bp.post("/organisation/logo/<any(logo,icon):mark>", endpoint="save_logo")
def save(mark: str) -> ResponseReturnValue:
    """Take one uploaded file in place of the one before, or say why it is refused."""
    return _save({LogoKind(mark): _uploaded("file")})


@bp.post("/organisation/logo/<any(logo,icon):mark>/remove", endpoint="remove_logo")
def remove(mark: str) -> ResponseReturnValue:
    """Remove it: the standard one stands there again."""
    logos.remove_logo(LogoKind(mark), actor_id=person().id, clock=current_context().clock)
    return done(_("The file has been removed."), "admin.organisation_logos")


@bp.get("/organisation/signature", endpoint="signature_picture")
def show_signature() -> ResponseReturnValue:
    """Return the picture of the signature, which no public address has."""
    media_type, content, _digest = logos.logo_file(LogoKind.SIGNATURE)
    answer = make_response(content)
    answer.mimetype = media_type
    answer.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return answer


@bp.post("/organisation/signature/remove", endpoint="remove_signature")
def remove_signature() -> ResponseReturnValue:
    """Remove the signature: receipts to come have none, those that were issued stay as they are."""
    return remove(LogoKind.SIGNATURE)


def _uploaded(name: str) -> bytes:
    uploaded = request.files.get(name)
    return uploaded.stream.read(MAX_BYTES + 1) if uploaded else b""


def _save(chosen: Mapping[LogoKind, bytes]) -> ResponseReturnValue:
    read: dict[LogoKind, ReadLogo] = {}
    refusals: dict[str, str] = {}
    for kind, data in chosen.items():
        try:
            read[kind] = read_logo(data, kind)
        except LogoRefused as refusal:
            refusals[kind] = str(SENTENCES[refusal.problem])
    if refusals:
        return _page(refusals), 422
    logos.save_logos(read, actor_id=person().id, clock=current_context().clock)
    saved = _("The files have been saved.") if len(read) > 1 else _("The file has been saved.")
    return done(saved, "admin.organisation_logos")


def _page(errors: Mapping[str, str] | None = None) -> str:
    return render_template("admin/organisation/logos.html", stored=logos.logos(), errors=errors or {})
