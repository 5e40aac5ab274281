"""The state of the shield: activated by the breaker or by staff, announced once, deactivated when it is quiet."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from campaign.database import insert_once_for_key, reading, transaction
from campaign.domain.abuse import HOUR, Cause, Kind, Tally
from campaign.domain.errors import Conflict, DomainError
from campaign.domain.identity import new_public_id
from campaign.domain.language import in_language_of
from campaign.gateways.clock import Clock
from campaign.models.abuse import ShieldPeriod
from campaign.models.campaign import Campaign
from campaign.models.staff import Staff, holds_shared_role
from campaign.services import audit
from campaign.services.queues.outbox import OutgoingMail, enqueue
from campaign.services.shield.attempts import traffic

NOTIFIED_ROLES = ("admin", "finance", "campaign")
"""Roles whose people are mailed when the shield goes up by itself."""


class ShieldIsSoAlready(Conflict):
    """Somebody else has just changed the state of the shield."""


class ShieldReasonMissing(DomainError):
    """The shield is activated or deactivated manually for a reason, which is stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """One period with the shield active, as staff pages show it."""

    public_id: str
    cause: Cause
    started_at: datetime
    started_by: str | None  # a person's name
    reason: str | None
    failed: int  # payments that failed in the hour before
    started: int  # payment sessions started in the hour before
    ended_at: datetime | None
    ended_by: str | None
    end_reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UpNow:
    """Why the shield is active, and since when; the reason is that of the member of staff who activated it."""

    since: datetime
    cause: Cause
    reason: str | None


def open_period(session: Session) -> ShieldPeriod | None:
    """Return the period that has not ended; None while the shield is inactive."""
    return session.execute(select(ShieldPeriod).where(ShieldPeriod.is_open.is_(True))).scalar_one_or_none()


def activate(
    session: Session, cause: Cause, *, counts: Tally, actor_id: int | None, reason: str | None, at: datetime
) -> bool:
    """Activate the shield and notify staff; return False when somebody else just did."""
    public_id = new_public_id()
    row = {
        "public_id": public_id,
        "is_open": True,
        "cause": cause.value,
        "started_at": at,
        "started_by": actor_id,
        "reason": reason,
        "failed": counts.failed,
        "started": counts.started,
    }
    if insert_once_for_key(session, ShieldPeriod, row) is None:
        return False
    detail: dict[str, object] = {"cause": cause.value, "failed": counts.failed, "started": counts.started}
    audit.record(
        session,
        actor_id=actor_id,
        action="shield:up",
        subject=f"shield:{public_id}",
        at=at,
        detail={**detail, **({"reason": reason} if reason else {})},
    )
    if actor_id is None:
        _notify_staff(session, public_id, counts=counts, cause=cause, at=at)
    return True


def deactivate(
    session: Session, period: ShieldPeriod, *, actor_id: int | None, reason: str | None, at: datetime
) -> None:
    """End a period; do nothing when somebody else just did."""
    ended = session.execute(
        update(ShieldPeriod)
        .where(ShieldPeriod.id == period.id, ShieldPeriod.is_open.is_(True))
        .values(is_open=None, ended_at=at, ended_by=actor_id, end_reason=reason)
        .returning(ShieldPeriod.public_id)
    ).scalar()
    if ended is not None:
        detail: dict[str, object] = {"reason": reason} if reason else {"after": "quiet"}
        audit.record(session, actor_id=actor_id, action="shield:away", subject=f"shield:{ended}", at=at, detail=detail)


def activate_manually(*, actor_id: int, reason: str, clock: Clock) -> None:
    """Activate the shield until staff deactivate it.

    Raises:
        ShieldReasonMissing: there is no reason.
        ShieldIsSoAlready: it is active.
    """
    if not reason.strip():
        raise ShieldReasonMissing
    at = clock.now()
    with transaction() as session:
        counts = traffic(session, at=at, since=None).get((Kind.CAMPAIGN, HOUR), Tally())
        if not activate(session, Cause.STAFF, counts=counts, actor_id=actor_id, reason=reason.strip(), at=at):
            raise ShieldIsSoAlready


def deactivate_manually(*, actor_id: int, reason: str, clock: Clock) -> None:
    """Deactivate the shield. Earlier counts do not activate it again.

    Raises:
        ShieldReasonMissing: there is no reason.
        ShieldIsSoAlready: it is inactive.
    """
    if not reason.strip():
        raise ShieldReasonMissing
    with transaction() as session:
        period = open_period(session)
        if period is None:
            raise ShieldIsSoAlready
        deactivate(session, period, actor_id=actor_id, reason=reason.strip(), at=clock.now())


def active_shield() -> UpNow | None:
    """Return what the overview shows of the shield; None while it is inactive."""
    with reading() as session:
        period = open_period(session)
        return UpNow(since=period.started_at, cause=Cause(period.cause), reason=period.reason) if period else None


def _notify_staff(session: Session, public_id: str, *, counts: Tally, cause: Cause, at: datetime) -> None:
    """Send one email for each person and period."""
    campaign = session.execute(select(Campaign).where(Campaign.is_featured).order_by(Campaign.id).limit(1)).scalar()
    people = session.execute(
        select(Staff).where(Staff.active, holds_shared_role(NOTIFIED_ROLES)).order_by(Staff.id)
    ).scalars()
    for person in people:
        mail = OutgoingMail(
            kind="shield_up",
            language=person.language,
            recipient=person.email,
            facts={
                "donor_name": person.name,
                "cause": cause.value,
                "failed": counts.failed,
                "started": counts.started,
                "campaign_title": in_language_of(campaign.title, person.language) if campaign else "",
                "help_email": campaign.contact_email if campaign else "",
                "is_test": False,
            },
            key=f"shield_up:{public_id}:{person.id}",
        )
        enqueue(session, mail, at=at)
