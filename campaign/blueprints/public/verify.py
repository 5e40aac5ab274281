"""The public check of a receipt: valid, void since, replaced by; a wrong code and an unknown number look alike."""

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from campaign.blueprints.public import bp
from campaign.extensions import limiter
from campaign.services.receipt_register import verify_receipt

NUMBER_MAX, CODE_MAX = 60, 20


@bp.get("/<any(en,ru,ky):lang>/verify/")
def verify(lang: str) -> ResponseReturnValue:
    """The form; with a number it leads to that receipt's own address."""
    number = request.args.get("number", "").strip().upper()[:NUMBER_MAX]
    code = request.args.get("code", "").strip().lower()[:CODE_MAX]
    if number and "/" not in number:
        return redirect(url_for("public.verified", lang=lang, number=number, code=code), code=303)
    return render_template("public/verify.html", number=number, code=code, receipt=None, is_asked=False)


@bp.get("/<any(en,ru,ky):lang>/verify/<number>")
@limiter.limit("30 per minute")
def verified(lang: str, number: str) -> ResponseReturnValue:  # noqa: ARG001
    """What became of a receipt, for whoever holds its code; 404 for every other question."""
    code = request.args.get("code", "")[:CODE_MAX]
    receipt = verify_receipt(number[:NUMBER_MAX], code) if code else None
    page = render_template("public/verify.html", number=number, code=code, receipt=receipt, is_asked=bool(code))
    answer = make_response(page, 200 if receipt or not code else 404)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer
