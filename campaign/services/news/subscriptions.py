"""Readers of updates by email: they enter an address, confirm it by a link that is mailed there, and leave by one click.

Whoever enters an address gets the same answer, and the same email leaves, whether the address is known or not.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.database import insert_once, reading, transaction
from campaign.domain.donor_consent import ConsentPurpose, ConsentSource
from campaign.domain.email_address import email_key
from campaign.domain.identity import new_public_id
from campaign.domain.language import in_language_of
from campaign.domain.news import (
    CONFIRM_KIND,
    NewsLinkBroken,
    NewsLinkExpired,
    SubscriberState,
    SubscriptionSource,
)
from campaign.gateways.clock import Clock
from campaign.models.campaign import Campaign
from campaign.models.donor import DonorConsent
from campaign.models.news import Subscriber
from campaign.models.outbox import Message
from campaign.services import consent_log
from campaign.services.consent_log import NewConsent
from campaign.services.news.links import ConfirmLink, read_confirm, read_leave
from campaign.services.queues.outbox import OutgoingMail, enqueue
from campaign.services.shield.mail_limits import mail_limits, slot_of

CONSENT_VERSION = consent_log.newest_version(ConsentPurpose.UPDATES)
CONSENT_TEXT = consent_log.TEXTS[ConsentPurpose.UPDATES][CONSENT_VERSION]
"""What readers agree to."""
LINK_LIFE = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionRequest:
    """Who wants to read which campaign's updates, in which language."""

    email: str
    language: str
    campaign: str  # its slug
    source: SubscriptionSource
    address: str | None  # of the visitor


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A subscription as its reader sees it."""

    campaign_id: int
    language: str
    state: SubscriberState
    can_return: bool


def request_subscription(request: SubscriptionRequest, *, clock: Clock, secret: str) -> None:
    """Mail the link that confirms a subscription; a few times an hour, and without a word about it."""
    at = clock.now()
    limits = mail_limits("news", email=request.email, address=request.address, secret=secret)
    with transaction() as session:
        if limits.are_reached(session, at=at):
            return
        campaign = session.execute(select(Campaign).where(Campaign.slug == request.campaign)).scalar_one()
        mail_key = f"{CONFIRM_KIND}:{campaign.id}:{limits.mailbox_key}:{slot_of(at)}"
        if session.execute(select(Message.id).where(Message.dedupe_key == mail_key)).first() is not None:
            return  # the mailbox has its email; other spellings of it get no rows that nothing counts
        mail = OutgoingMail(
            kind=CONFIRM_KIND,
            language=request.language,
            recipient=request.email,
            facts={
                "subscriber": _subscriber_id(session, request, campaign.id, at=at),
                "source": request.source.value,
                "donor_name": "",
                "campaign_title": in_language_of(campaign.title, request.language),
                "help_email": campaign.contact_email,
                "is_test": False,
            },
            key=mail_key,
        )
        if enqueue(session, mail, at=at):
            limits.count(session, at=at)


def subscription_to_confirm(token: str, *, clock: Clock) -> Subscription:
    """Return the subscription that a link can confirm; looking changes nothing.

    Raises:
        NewsLinkBroken, NewsLinkExpired: see there.
    """
    link = read_confirm(token)
    with reading() as session:
        row = _row(session, link.public_id)
        _refuse_expired(row, link, at=clock.now())
        return _shown(row)


def confirm(token: str, *, clock: Clock) -> Subscription:
    """Confirm a subscription, with the language that the reader chose; a confirmed one stays so.

    Raises:
        NewsLinkBroken, NewsLinkExpired: see there.
    """
    link, at = read_confirm(token), clock.now()
    with transaction() as session:
        row = _row(session, link.public_id, is_locking=True)
        _refuse_expired(row, link, at=at)
        row.language = link.language
        if row.state != SubscriberState.CONFIRMED:
            row.state, row.confirmed_at, row.left_at = SubscriberState.CONFIRMED, at, None
            row.source, row.consent_version, row.requested_at = link.source, CONSENT_VERSION, link.issued_at
            _log(session, row, at=at)
        return _shown(row)


def subscription_to_leave(token: str) -> Subscription:
    """Return the subscription that a link ends; looking changes nothing.

    Raises:
        NewsLinkBroken: the link is none of ours, or the subscription is deleted.
    """
    with reading() as session:
        return _shown(_row(session, read_leave(token)))


def leave(token: str, *, clock: Clock) -> Subscription:
    """End a subscription; an ended one stays so.

    Raises:
        NewsLinkBroken: as in `subscription_to_leave`.
    """
    with transaction() as session:
        row = _row(session, read_leave(token), is_locking=True)
        if row.state != SubscriberState.LEFT:
            row.state, row.left_at = SubscriberState.LEFT, clock.now()
            consent_log.withdraw(session, DonorConsent.subscriber_id == row.id, at=row.left_at)
        return _shown(row)


def come_back(token: str, *, clock: Clock) -> Subscription:
    """Undo the end of a subscription that was confirmed, while its address is still known.

    Raises:
        NewsLinkBroken: as in `subscription_to_leave`.
        NewsLinkExpired: the address was removed, or never confirmed.
    """
    with transaction() as session:
        row = _row(session, read_leave(token), is_locking=True)
        if row.state == SubscriberState.LEFT:
            if not _shown(row).can_return:
                raise NewsLinkExpired
            at = clock.now()
            row.state, row.confirmed_at, row.left_at = SubscriberState.CONFIRMED, at, None
            _log(session, row, at=at)
        return _shown(row)


def _log(session: Session, row: Subscriber, *, at: datetime) -> None:
    """Record that a reader followed a link and agreed."""
    consent = NewConsent(
        purpose=ConsentPurpose.UPDATES,
        language=row.language,
        source=ConsentSource.EMAIL_LINK,
        subscriber_id=row.id,
    )
    consent_log.give(session, consent, at=at)


def _subscriber_id(session: Session, request: SubscriptionRequest, campaign_id: int, *, at: datetime) -> str:
    """Return the public id of the one row of this address; what it says changes when the link is followed."""
    key = email_key(request.email)
    row = {
        "public_id": new_public_id(),
        "campaign_id": campaign_id,
        "email": request.email,
        "email_key": key,
        "language": request.language,
        "state": SubscriberState.WAITING,
        "source": request.source,
        "consent_version": CONSENT_VERSION,
        "requested_at": at,
    }
    insert_once(session, Subscriber, row)
    known = Subscriber.campaign_id == campaign_id, Subscriber.email_key == key
    return session.execute(select(Subscriber.public_id).where(*known)).scalar_one()


def _row(session: Session, public_id: str, *, is_locking: bool = False) -> Subscriber:
    query = select(Subscriber).where(Subscriber.public_id == public_id)
    row = session.execute(query.with_for_update() if is_locking else query).scalar_one_or_none()
    if row is None:
        raise NewsLinkBroken(public_id)
    return row


def _refuse_expired(row: Subscriber, link: ConfirmLink, *, at: datetime) -> None:
    is_older_than_leaving = row.left_at is not None and link.issued_at <= row.left_at
    if at > link.issued_at + LINK_LIFE or is_older_than_leaving or row.email is None:
        raise NewsLinkExpired


def _shown(row: Subscriber) -> Subscription:
    state = SubscriberState(row.state)
    return Subscription(
        campaign_id=row.campaign_id,
        language=row.language,
        state=state,
        can_return=state is SubscriberState.LEFT and row.email is not None and row.confirmed_at is not None,
    )
