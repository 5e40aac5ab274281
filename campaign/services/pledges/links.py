"""The signed link to one monthly gift's page: who holds it may pause, lower or stop that gift.

Raising the amount, going on after a pause or a stop, and seeing receipts need a code from the donor's mailbox besides, for
a link can be forwarded.

A link expires `PLEDGE_LINK_DAYS` after its email was written. The link in the newest email works as long as the gift runs,
however long it is paused.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaign.database import reading
from campaign.domain.pledge import PledgeLinkBroken
from campaign.models.donation import Donation
from campaign.models.outbox import Message
from campaign.models.pledge import Pledge, PledgeEvent

PURPOSE = "monthly gift page"
PURPOSE_OF_MAILBOX = "monthly gifts of a mailbox"
"""Signed into every link, so that no other signed word of ours opens this page."""


@dataclass(frozen=True, slots=True)
class PledgeLink:
    """Which monthly gift a link is for, and of which generation it is: staff can make all earlier ones worthless."""

    public_id: str
    version: int
    issued_at: datetime | None = None
    """When its email was written, to the second; None for a link from the time before links had a date."""
    expires_at: datetime | None = None
    """Set for one that was in no email, but on a page of somebody who was signed in."""


def link_address(pledge: Pledge, *, issued_at: datetime, public_url: str, language: str) -> str:
    """The whole address of the page, for an email that was written at `issued_at`."""
    return f"{public_url}/{language}/p/{sign(PledgeLink(pledge.public_id, pledge.link_version, issued_at))}"


def refuse_expired(session: Session, link: PledgeLink, pledge: Pledge, *, at: datetime) -> None:
    """Return if the link may still open this monthly gift.

    Raises:
        PledgeLinkBroken: the link has expired.
    """
    if link.expires_at is not None:
        if at > link.expires_at:
            raise PledgeLinkBroken
        return
    issued_at = link.issued_at or pledge.started_at
    life = timedelta(days=current_app.config["KURAK"].pledge_link_days)
    if at <= issued_at + life:
        return
    if pledge.ended_at is not None or link.issued_at is None or link.issued_at < _newest_email_at(session, pledge):
        raise PledgeLinkBroken


def _newest_email_at(session: Session, pledge: Pledge) -> datetime:
    """When the newest email with a link to this monthly gift was written, to the second."""
    of_months = (
        select(func.max(Message.created_at))
        .join(Donation, Donation.id == Message.donation_id)
        .where(Donation.pledge_id == pledge.id, Message.kind == "receipt")
    )
    of_news = select(func.max(PledgeEvent.at)).where(PledgeEvent.pledge_id == pledge.id, PledgeEvent.kind == "told")
    written = [session.execute(query).scalar() for query in (of_months, of_news)]
    return max([pledge.started_at, *(at for at in written if at)]).replace(microsecond=0)


def token_of_gift(donation_public_id: str, *, at: datetime) -> str | None:
    """The word in the address of the monthly gift that a donation is a month of: for the browser that gave it."""
    with reading() as session:
        row = session.execute(
            select(Pledge.public_id, Pledge.link_version)
            .join(Donation, Donation.pledge_id == Pledge.id)
            .where(Donation.public_id == donation_public_id)
        ).one_or_none()
    return sign(PledgeLink(row[0], row[1], at)) if row else None


@dataclass(frozen=True, slots=True)
class MailboxLink:
    """The link to all monthly gifts of a mailbox, which was sent there and holds for a day."""

    donor_public_id: str
    expires_at: datetime
    session_at: datetime | None = None
    """When a signed-in donor got it on a page: then the links that it shows end when it does."""


def sign_mailbox(link: MailboxLink) -> str:
    """The word in its address."""
    dates = [date for date in (link.expires_at, link.session_at) if date]
    return str(_mailbox_signer().dumps([link.donor_public_id, *_stamps(dates)]))


def read_mailbox(token: str) -> MailboxLink:
    """What such a link says; PledgeLinkBroken when we did not sign it. Whether it has expired is for the caller."""
    try:
        public_id, *dates = _mailbox_signer().loads(token)
        return MailboxLink(str(public_id), *map(_moment, dates))
    except (BadData, TypeError, ValueError, OverflowError) as error:
        raise PledgeLinkBroken from error


def sign(link: PledgeLink) -> str:
    """The word in the address."""
    dates = [date for date in (link.issued_at, link.expires_at) if date]
    return str(_signer().dumps([link.public_id, link.version, *_stamps(dates)]))


def read(token: str) -> PledgeLink:
    """What a link says; PledgeLinkBroken when we did not sign it. Whether it has expired, `refuse_expired` says."""
    try:
        public_id, version, *dates = _signer().loads(token)
        return PledgeLink(str(public_id), int(version), *map(_moment, dates))
    except (BadData, TypeError, ValueError, OverflowError) as error:
        raise PledgeLinkBroken from error


def _stamps(dates: list[datetime]) -> list[int]:
    return [int(date.timestamp()) for date in dates]


def _moment(stamp: object) -> datetime:
    return datetime.fromtimestamp(int(str(stamp)), UTC)


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt=PURPOSE)


def _mailbox_signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt=PURPOSE_OF_MAILBOX)
