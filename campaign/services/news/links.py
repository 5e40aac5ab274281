"""Signed links to a subscription: one that confirms it for some days, and one that ends it for ever.

They name the subscription and nothing else; who holds one may confirm or end that subscription alone.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer

from campaign.domain.news import NewsLinkBroken

CONFIRM, LEAVE = "news by email: confirm", "news by email: leave"
"""Signed into every link, so that no other signed word of ours opens these pages."""


@dataclass(frozen=True, slots=True)
class ConfirmLink:
    """Which subscription, and what the reader entered: it holds once they follow the link."""

    public_id: str
    issued_at: datetime
    language: str
    source: str


def sign_confirm(link: ConfirmLink) -> str:
    """Return the word in the address of a link that confirms."""
    return str(_signer(CONFIRM).dumps([link.public_id, int(link.issued_at.timestamp()), link.language, link.source]))


def read_confirm(token: str) -> ConfirmLink:
    """Return what a link that confirms says.

    Raises:
        NewsLinkBroken: it is none of ours.
    """
    try:
        public_id, issued_at, language, source = _signer(CONFIRM).loads(token)
        return ConfirmLink(str(public_id), datetime.fromtimestamp(int(issued_at), UTC), str(language), str(source))
    except (BadData, TypeError, ValueError, OverflowError) as error:
        raise NewsLinkBroken from error


def sign_leave(public_id: str) -> str:
    """Return the word in the address of a link that ends a subscription."""
    return str(_signer(LEAVE).dumps(public_id))


def read_leave(token: str) -> str:
    """Return the public id of the subscription that a link ends.

    Raises:
        NewsLinkBroken: it is none of ours.
    """
    try:
        return str(_signer(LEAVE).loads(token))
    except BadData as error:
        raise NewsLinkBroken from error


def _signer(purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt=purpose)
