"""The audit trail: a row in the act's own transaction, so that no act is unrecorded and no record is without its act."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, cast, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from campaign.database import reading, transaction
from campaign.gateways.clock import Clock
from campaign.models.allocation import Allocation, Disbursement
from campaign.models.application import GrantApplication
from campaign.models.campaign import Campaign, Update
from campaign.models.donation import Donation
from campaign.models.donor import Donor, DonorSegment
from campaign.models.news import Subscriber
from campaign.models.outbox import Message
from campaign.models.picture import Consent, Picture
from campaign.models.pledge import Pledge
from campaign.models.receipt import Receipt
from campaign.models.segment_mailing import SegmentMailing
from campaign.models.staff import AuditEvent, Staff

PAGE_ROWS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """One act as staff pages show it. Details have ids and figures, never personal data."""

    id: int
    at: datetime
    actor: str | None  # the person's name; None is the command line or the system itself
    action: str
    subject: str
    detail: dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """A selection of acts; empty fields select all."""

    action: str = ""
    subject: str = ""  # thing:public_id, or the public id alone
    actor_id: int | None = None
    before_id: int | None = None  # the last row of the page before
    campaign_id: int | None = None  # only what was done to things of this campaign


def record(
    session: Session, *, actor_id: int | None, action: str, subject: str, at: datetime, detail: dict[str, object]
) -> None:
    """Record an act (`thing:act`) on a subject (`thing:public_id`), within the caller's transaction."""
    session.add(AuditEvent(at=at, actor_id=actor_id, action=action, subject=subject, detail=detail))


def record_access(*, actor_id: int, action: str, subject: str, detail: dict[str, object], clock: Clock) -> None:
    """Record that somebody downloaded personal data or the ledger; it changes nothing else."""
    with transaction() as session:
        record(session, actor_id=actor_id, action=action, subject=subject, at=clock.now(), detail=detail)


def detail_of_form(session: Session, action: str, subject: str, form: str) -> Mapping[str, object] | None:
    """Return the detail of the act that this form has led to already; None where it has not. The act's row decides."""
    details = session.execute(
        select(AuditEvent.detail).where(AuditEvent.subject == subject, AuditEvent.action == action)
    ).scalars()
    return next((detail for detail in details if detail.get("form") == form), None)


def trail(filters: AuditFilter, *, limit: int = PAGE_ROWS) -> Sequence[AuditRow]:
    """Return the acts, newest first."""
    query = select(AuditEvent, Staff.name).outerjoin(Staff, Staff.id == AuditEvent.actor_id)
    if filters.action:
        query = query.where(AuditEvent.action.startswith(filters.action, autoescape=True))
    if filters.subject:
        is_whole = ":" in filters.subject
        named = AuditEvent.subject == filters.subject
        query = query.where(named if is_whole else AuditEvent.subject.endswith(f":{filters.subject}", autoescape=True))
    if filters.actor_id is not None:
        query = query.where(AuditEvent.actor_id == filters.actor_id)
    if filters.campaign_id is not None:
        query = query.where(_is_of_campaign(filters.campaign_id))
    if filters.before_id is not None:
        query = query.where(AuditEvent.id < filters.before_id)
    with reading() as session:
        rows = session.execute(query.order_by(AuditEvent.id.desc()).limit(limit)).all()
        return [
            AuditRow(id=act.id, at=act.at, actor=name, action=act.action, subject=act.subject, detail=act.detail)
            for act, name in rows
        ]


def _is_of_campaign(campaign_id: int) -> ColumnElement[bool]:
    """Return acts on things of this campaign; not those of no campaign, such as a sign-in."""
    own_slug = select("campaign:" + Campaign.slug).where(Campaign.id == campaign_id).scalar_subquery()
    own_things = (
        _names("donation", Donation.public_id, Donation.campaign_id == campaign_id),
        _names("donor", Donor.public_id, Donation.donor_id == Donor.id, Donation.campaign_id == campaign_id),
        _names("segment_mailing", SegmentMailing.public_id, SegmentMailing.campaign_id == campaign_id),
        _names("segment", DonorSegment.public_id, DonorSegment.campaign_id == campaign_id),
        _names("pledge", Pledge.public_id, Pledge.campaign_id == campaign_id),
        _names("allocation", Allocation.public_id, Allocation.campaign_id == campaign_id),
        _names("disbursement", Disbursement.public_id, Disbursement.campaign_id == campaign_id),
        _names("picture", Picture.public_id, Picture.campaign_id == campaign_id),
        _names("consent", Consent.public_id, Consent.campaign_id == campaign_id),
        _names("update", Update.public_id, Update.campaign_id == campaign_id),
        _names("application", GrantApplication.public_id, GrantApplication.campaign_id == campaign_id),
        _names("subscriber", Subscriber.public_id, Subscriber.campaign_id == campaign_id),
        _names("mail", Message.public_id, Message.campaign_id == campaign_id),
        _names("receipt", Receipt.number, Receipt.donation_id == Donation.id, Donation.campaign_id == campaign_id),
    )
    return or_(AuditEvent.subject == own_slug, *own_things)


def _names(kind: str, name: InstrumentedAttribute[str], *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return whether an act's subject is a row of this kind; the cast lets PostgreSQL use the index of a CHAR column."""
    named = cast(func.substr(AuditEvent.subject, len(kind) + 2), name.type)
    is_row = select(name).where(name == named, *conditions).correlate(AuditEvent).exists()
    return and_(AuditEvent.subject.startswith(f"{kind}:"), is_row)
