"""The public check of a receipt: valid, void since, replaced by; a wrong code and an unknown number look alike."""

from urllib.parse import urlsplit

from flask import current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from campaign.blueprints.public import bp
from campaign.blueprints.public.typed_receipt import read_typed_receipt
from campaign.config import Config
from campaign.domain.receipt import MAX_TYPED, read_code, read_number
from campaign.extensions import limiter
from campaign.services.receipts.listing import verify_receipt
from campaign.web.page_cache import card_of


@bp.get("/<language:lang>/verify/")
@limiter.limit("30 per minute")
def verify(lang: str) -> ResponseReturnValue:
    """The form; what is typed there leads to the receipt's own address, or is shown again with what is wrong."""
    config: Config = current_app.config["KURAK"]
    number, code = (request.args.get(name, "").strip()[:MAX_TYPED] for name in ("number", "code"))
    typed = read_typed_receipt(number, code, host=urlsplit(config.public_url).netloc)
    is_redrawn = "to_language" in request.args  # only the language was changed: nothing is looked up
    if typed.number and typed.code and not is_redrawn:
        return redirect(
            url_for("public.verified", lang=lang, number=typed.number, code=typed.code, campaign=_slug()), code=303
        )
    is_incomplete = bool(number or code) and not is_redrawn
    page = render_template(
        "public/verify.html",
        number=typed.number or number,
        code=typed.code or code,
        receipt=None,
        is_number_missing=is_incomplete and not typed.number,
        is_code_missing=is_incomplete and not typed.code,
        is_unknown=False,
        same_page=lambda code: _form_address(code, campaign=_slug()),
        switches=_form_address,
        slug=_slug(),
        **_site(),
    )
    return page, 422 if is_incomplete else 200


@bp.get("/<language:lang>/verify/<number>")
@limiter.limit("30 per minute")
def verified(lang: str, number: str) -> ResponseReturnValue:  # noqa: ARG001
    """What became of a receipt, for whoever holds its code; 404 for every other question."""
    number = number[:MAX_TYPED]
    code = read_code(request.args.get("code", ""))
    receipt = verify_receipt(read_number(number), code) if code else None
    page = render_template(
        "public/verify.html",
        number=number,
        code=code,
        receipt=receipt,
        is_number_missing=False,
        is_code_missing=False,
        is_unknown=bool(code),
        same_page=lambda language: url_for(
            "public.verified", lang=language, number=number, code=code or None, campaign=_slug()
        ),
        slug=_slug(),
        **_site(),
    )
    answer = make_response(page, 200 if receipt or not code else 404)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _form_address(language: str, campaign: str | None = None) -> str:
    """The form in a language."""
    return url_for("public.verify", lang=language, campaign=campaign)


def _slug() -> str | None:
    """The campaign whose pages the reader comes from, where it is not the featured one."""
    return request.args.get("campaign") or None


def _site() -> dict[str, object]:
    """That campaign as the page's own; NotFound where there is none of this name."""
    slug = _slug()
    return {"site": card_of(slug)} if slug else {}
