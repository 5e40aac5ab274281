"""Consents of a donor as staff see, record and withdraw them; whoever writes to donors asks `has_consent` first."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from campaign.database import reading, transaction
from campaign.domain.donor_consent import (
    BY_STAFF,
    RECORDABLE,
    ConsentEnded,
    ConsentGiven,
    ConsentPurpose,
    ConsentSource,
    DonorErased,
)
from campaign.domain.errors import NotFound
from campaign.gateways.clock import Clock
from campaign.models.donor import Donor, DonorConsent
from campaign.models.news import Subscriber
from campaign.services import audit, consent_log
from campaign.services.consent_log import NewConsent


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentEntry:
    """A line of the log. `campaign_id` is set for updates, which belong to one campaign."""

    public_id: str
    mailbox: str  # the public id of the donor who agreed
    email: str | None
    purpose: ConsentPurpose
    text_version: str
    language: str
    source: ConsentSource
    evidence: str
    given_at: datetime
    withdrawn_at: datetime | None
    campaign_id: int | None

    @property
    def is_valid(self) -> bool:
        """Whether emails of this purpose may be sent."""
        return self.withdrawn_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedConsent:
    """What a donor said to staff, who write it down."""

    donor_public_id: str
    purpose: ConsentPurpose
    source: ConsentSource
    evidence: str
    actor_id: int


def has_consent(session: Session, donor_id: int, purpose: ConsentPurpose) -> bool:
    """Return whether emails of this purpose may be sent to the donor now; never for an erased one."""
    query = (
        select(DonorConsent.id)
        .join(Donor, Donor.id == donor_id)
        .where(
            Donor.email.is_not(None),
            of_donor(donor_id),
            DonorConsent.purpose == purpose,
            DonorConsent.withdrawn_at.is_(None),
        )
    )
    return session.execute(query.limit(1)).first() is not None


def of_donor(donor_id: int) -> ColumnElement[bool]:
    """Return the condition of a donor's consents: those under their row, and those of readers with the same mailbox."""
    readers = (
        select(Subscriber.id)
        .join(Donor, Donor.email_key == Subscriber.email_key)
        .where(Donor.id == donor_id, Subscriber.email_key.is_not(None))
    )
    return or_(DonorConsent.donor_id == donor_id, DonorConsent.subscriber_id.in_(readers))


def consents_of(campaign_id: int, donor_ids: Collection[int]) -> Sequence[ConsentEntry]:
    """Return the log of one person's mailboxes as a campaign may see it, newest first.

    What they agreed to as donors belongs to the organisation; that they read the updates of another campaign, to that one.
    """
    reader = and_(
        Subscriber.id == DonorConsent.subscriber_id,
        Subscriber.campaign_id == campaign_id,
        Subscriber.email_key == Donor.email_key,
    )
    query = (
        select(DonorConsent, Subscriber.campaign_id, Donor.public_id, Donor.email)
        .select_from(DonorConsent)
        .join(Donor, Donor.id.in_(donor_ids))
        .outerjoin(Subscriber, reader)
        .where(or_(DonorConsent.donor_id == Donor.id, Subscriber.id.is_not(None)))
        .order_by(DonorConsent.given_at.desc(), DonorConsent.id.desc())
    )
    with reading() as session:
        return [
            ConsentEntry(
                public_id=row.public_id,
                mailbox=mailbox,
                email=email,
                purpose=ConsentPurpose(row.purpose),
                text_version=row.text_version,
                language=row.language,
                source=ConsentSource(row.source),
                evidence=row.evidence,
                given_at=row.given_at,
                withdrawn_at=row.withdrawn_at,
                campaign_id=updates_of,
            )
            for row, updates_of, mailbox, email in session.execute(query)
        ]


def record_consent(order: RecordedConsent, *, clock: Clock) -> None:
    """Record what a donor said to staff.

    Raises:
        NotFound: there is no such donor, or staff cannot record this.
        DonorErased, ConsentGiven: see there.
    """
    if order.source not in BY_STAFF or order.purpose not in RECORDABLE:
        raise NotFound(order.purpose)  # updates need a confirmed address: readers subscribe themselves
    at = clock.now()
    with transaction() as session:
        donor = _locked_donor(session, order.donor_public_id)
        consent = NewConsent(
            purpose=order.purpose,
            language=donor.language,
            source=order.source,
            donor_id=donor.id,
            evidence=order.evidence,
            recorded_by=order.actor_id,
        )
        if not consent_log.give(session, consent, at=at):
            raise ConsentGiven(order.purpose)
        detail: dict[str, object] = {"purpose": order.purpose.value, "source": order.source.value}
        subject = f"donor:{order.donor_public_id}"
        audit.record(session, actor_id=order.actor_id, action="donor:consent", subject=subject, at=at, detail=detail)


def withdraw_consent(donor_public_id: str, purpose: ConsentPurpose, *, actor_id: int | None, clock: Clock) -> None:
    """Withdraw a donor's consent, because they said so to staff, or followed the link in an email (`actor_id` is None).

    Raises:
        NotFound: there is no such donor.
        DonorErased: see there.
        ConsentEnded: there is no valid consent of this purpose.
    """
    at = clock.now()
    with transaction() as session:
        donor = _locked_donor(session, donor_public_id)
        own = (DonorConsent.donor_id == donor.id, DonorConsent.purpose == purpose)
        if not consent_log.withdraw(session, *own, at=at, actor_id=actor_id):
            raise ConsentEnded(purpose)
        audit.record(
            session,
            actor_id=actor_id,
            action="donor:withdraw_consent",
            subject=f"donor:{donor_public_id}",
            at=at,
            detail={"purpose": purpose.value},
        )


def _locked_donor(session: Session, public_id: str) -> Donor:
    donor = session.execute(select(Donor).where(Donor.public_id == public_id).with_for_update()).scalar_one_or_none()
    if donor is None:
        raise NotFound(f"donor:{public_id}")
    if donor.erased_at is not None:
        raise DonorErased(public_id)
    return donor
