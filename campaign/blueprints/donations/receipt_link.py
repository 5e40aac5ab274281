"""The receipt of a mail, downloaded by its reader through the signed link in it."""

from flask import Response, make_response

from campaign.blueprints.donations import bp
from campaign.extensions import limiter
from campaign.gateway_registry import current_context
from campaign.services.receipts import links
from campaign.services.receipts.files import receipt_pdf


@bp.get("/<language:lang>/receipt/<token>")
@limiter.limit("30 per minute")
def mailed_receipt(lang: str, token: str) -> Response:  # noqa: ARG001
    """Return the PDF as it stands now; what has ended is marked."""
    number = links.read(token, at=current_context().clock.now())
    answer = make_response(receipt_pdf(number))
    answer.mimetype = "application/pdf"
    answer.headers["Content-Disposition"] = f'attachment; filename="{number}.pdf"'
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
