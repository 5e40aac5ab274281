"""The signed link in an email with which its reader downloads the attached receipt, for 30 days."""

from datetime import datetime, timedelta

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer

from campaign.domain.receipt import ReceiptLinkBroken, ReceiptLinkExpired

PURPOSE = "receipt of a mail"
"""Signed into every link, so that no other signed word of ours opens a receipt."""
LIFE = timedelta(days=30)


def link_address(number: str, *, at: datetime, public_url: str, language: str) -> str:
    """Return the whole address of a receipt's download, valid from `at` on for LIFE."""
    return f"{public_url}/{language}/receipt/{_signer().dumps([number, int(at.timestamp())])}"


def read(token: str, *, at: datetime) -> str:
    """Return the number of the receipt that a link opens.

    Raises:
        ReceiptLinkBroken, ReceiptLinkExpired: see there.
    """
    try:
        number, signed_at = _signer().loads(token)
        begun = float(signed_at)
    except (BadData, TypeError, ValueError) as error:
        raise ReceiptLinkBroken from error
    if not 0 <= at.timestamp() - begun <= LIFE.total_seconds():
        raise ReceiptLinkExpired
    return str(number)


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt=PURPOSE)
