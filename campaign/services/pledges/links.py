"""The signed link to one monthly gift's page: who holds it may pause, lower or stop that gift.

Raising the amount, going on after a pause or a stop, and seeing receipts need a code from the donor's mailbox besides, for
a link can be forwarded.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy import select

from campaign.database import reading
from campaign.domain.pledge import PledgeLinkBroken
from campaign.models.donation import Donation
from campaign.models.pledge import Pledge

PURPOSE = "monthly gift page"
PURPOSE_OF_MAILBOX = "monthly gifts of a mailbox"
"""Signed into every link, so that no other signed word of ours opens this page."""


@dataclass(frozen=True, slots=True)
class PledgeLink:
    """Which monthly gift a link is for, and of which generation it is: staff can make all earlier ones worthless."""

    public_id: str
    version: int


def link_address(pledge: Pledge, *, public_url: str, language: str) -> str:
    """The whole address of the page, for a mail."""
    return f"{public_url}/{language}/p/{sign(PledgeLink(pledge.public_id, pledge.link_version))}"


def token_of_gift(donation_public_id: str) -> str | None:
    """The word in the address of the monthly gift that a donation is a month of: for the browser that gave it."""
    with reading() as session:
        row = session.execute(
            select(Pledge.public_id, Pledge.link_version)
            .join(Donation, Donation.pledge_id == Pledge.id)
            .where(Donation.public_id == donation_public_id)
        ).one_or_none()
    return sign(PledgeLink(row[0], row[1])) if row else None


@dataclass(frozen=True, slots=True)
class MailboxLink:
    """The link to all monthly gifts of a mailbox, which was sent there and holds for a day."""

    donor_public_id: str
    expires_at: datetime


def sign_mailbox(link: MailboxLink) -> str:
    """The word in its address."""
    return str(_mailbox_signer().dumps([link.donor_public_id, int(link.expires_at.timestamp())]))


def read_mailbox(token: str) -> MailboxLink:
    """What such a link says; PledgeLinkBroken when we did not sign it. Whether it has expired is for the caller."""
    try:
        public_id, expires_at = _mailbox_signer().loads(token)
        return MailboxLink(str(public_id), datetime.fromtimestamp(int(expires_at), UTC))
    except (BadData, TypeError, ValueError, OverflowError) as error:
        raise PledgeLinkBroken from error


def sign(link: PledgeLink) -> str:
    """The word in the address."""
    return str(_signer().dumps([link.public_id, link.version]))


def read(token: str) -> PledgeLink:
    """What a link says; PledgeLinkBroken when we did not sign it, whoever asks."""
    try:
        public_id, version = _signer().loads(token)
        return PledgeLink(str(public_id), int(version))
    except (BadData, TypeError, ValueError) as error:
        raise PledgeLinkBroken from error


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt=PURPOSE)


def _mailbox_signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt=PURPOSE_OF_MAILBOX)
