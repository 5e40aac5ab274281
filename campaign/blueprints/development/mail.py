"""`/dev/mail`: the emails of this installation as they are sent, for developers without a mail server."""

from io import BytesIO

from flask import Response, render_template, send_file
from flask.typing import ResponseReturnValue

from campaign.blueprints.development import bp
from campaign.gateway_registry import current_context
from campaign.gateways.mailer import Email
from campaign.services.mail import delivery
from campaign.services.receipts import files
from campaign.web.security_headers import content_security_policy


@bp.get("/mail")
def mail() -> ResponseReturnValue:
    """All emails, newest first."""
    return render_template("development/emails.html", messages=delivery.messages())


@bp.get("/mail/<public_id>")
def letter(public_id: str) -> ResponseReturnValue:
    """One email: its headers, its text, its HTML in a frame, its receipt."""
    number = delivery.receipt_number_of(public_id)
    page = render_template(
        "development/email.html", letter=_letter(public_id), public_id=public_id, receipt_number=number
    )
    return page, {"Content-Security-Policy": f"{content_security_policy()}; frame-src 'self'"}


@bp.get("/mail/<public_id>/html")
def letter_html(public_id: str) -> Response:
    """The HTML part alone, as a mail program would show it: its inline styles are allowed here, scripts are not."""
    answer = Response(_letter(public_id).html, mimetype="text/html")
    answer.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox"
    )
    return answer


@bp.get("/mail/<public_id>/receipt.pdf")
def letter_receipt(public_id: str) -> ResponseReturnValue:
    """The PDF attached to the email."""
    number = delivery.receipt_number_of(public_id) or ""
    return send_file(BytesIO(files.receipt_pdf(number)), "application/pdf", download_name=f"{number}.pdf")


def _letter(public_id: str) -> Email:
    return delivery.preview(public_id, context=current_context())
