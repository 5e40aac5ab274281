"""The shield's own state: put up by the breaker or by hand, told to staff once, put away after quiet or by hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session, aliased

from campaign.database import insert_once_for_key, reading, transaction
from campaign.domain.abuse import HOUR, Cause, Kind, Tally
from campaign.domain.errors import Conflict, DomainError
from campaign.domain.identity import new_public_id
from campaign.domain.language import in_language_of
from campaign.gateways.clock import Clock
from campaign.models.abuse import ShieldPeriod
from campaign.models.campaign import Campaign
from campaign.models.staff import Role, Staff
from campaign.services import audit
from campaign.services.queues.outbox import OutgoingMail, enqueue
from campaign.services.shield.attempts import traffic

TOLD = ("admin", "finance", "campaign")
"""Roles whose people are mailed when the shield goes up by itself."""
HISTORY_MAX = 50


class ShieldIsSoAlready(Conflict):
    """Somebody else has just put the shield up or away."""


class ShieldReasonMissing(DomainError):
    """The shield is put up or away by hand for a reason, which is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """One time behind the shield, as the desk shows it."""

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
    """Why the shield is up, and since when; the reason is somebody's, who put it up by hand."""

    since: datetime
    cause: Cause
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShieldView:
    """Now and before: whether the shield is up, what the last hour brought, and the times before."""

    now: Period | None
    last_hour: Tally
    history: Sequence[Period]


def open_period(session: Session) -> ShieldPeriod | None:
    """The time behind the shield that has not ended; None while it is away."""
    return session.execute(select(ShieldPeriod).where(ShieldPeriod.is_open.is_(True))).scalar_one_or_none()


def put_up(
    session: Session, cause: Cause, *, seen: Tally, actor_id: int | None, reason: str | None, at: datetime
) -> bool:
    """Put the shield up and tell staff; False where somebody else just did."""
    public_id = new_public_id()
    row = {
        "public_id": public_id,
        "is_open": True,
        "cause": cause.value,
        "started_at": at,
        "started_by": actor_id,
        "reason": reason,
        "failed": seen.failed,
        "started": seen.started,
    }
    if insert_once_for_key(session, ShieldPeriod, row) is None:
        return False
    detail: dict[str, object] = {"cause": cause.value, "failed": seen.failed, "started": seen.started}
    audit.record(
        session,
        actor_id=actor_id,
        action="shield:up",
        subject=f"shield:{public_id}",
        at=at,
        detail={**detail, **({"reason": reason} if reason else {})},
    )
    if actor_id is None:
        _tell_staff(session, public_id, seen=seen, cause=cause, at=at)
    return True


def deactivate(
    session: Session, period: ShieldPeriod, *, actor_id: int | None, reason: str | None, at: datetime
) -> None:
    """End a time behind the shield; nothing where somebody else just did."""
    ended = session.execute(
        update(ShieldPeriod)
        .where(ShieldPeriod.id == period.id, ShieldPeriod.is_open.is_(True))
        .values(is_open=None, ended_at=at, ended_by=actor_id, end_reason=reason)
        .returning(ShieldPeriod.public_id)
    ).scalar()
    if ended is not None:
        detail: dict[str, object] = {"reason": reason} if reason else {"after": "quiet"}
        audit.record(session, actor_id=actor_id, action="shield:away", subject=f"shield:{ended}", at=at, detail=detail)


def put_up_by_hand(*, actor_id: int, reason: str, clock: Clock) -> None:
    """Staff see an attack coming. It stays until staff put it away. ReasonMissing; ShieldIsSoAlready."""
    if not reason.strip():
        raise ShieldReasonMissing
    now = clock.now()
    with transaction() as session:
        seen = traffic(session, at=now, since=None).get((Kind.CAMPAIGN, HOUR), Tally())
        if not put_up(session, Cause.STAFF, seen=seen, actor_id=actor_id, reason=reason.strip(), at=now):
            raise ShieldIsSoAlready


def put_away_by_hand(*, actor_id: int, reason: str, clock: Clock) -> None:
    """Staff know better. What was counted until now does not put it up again. ReasonMissing; ShieldIsSoAlready."""
    if not reason.strip():
        raise ShieldReasonMissing
    with transaction() as session:
        period = open_period(session)
        if period is None:
            raise ShieldIsSoAlready
        deactivate(session, period, actor_id=actor_id, reason=reason.strip(), at=clock.now())


def up_now() -> UpNow | None:
    """What the desk's first page tells of the shield; None while it is away."""
    with reading() as session:
        period = open_period(session)
        return UpNow(since=period.started_at, cause=Cause(period.cause), reason=period.reason) if period else None


def shield_view(*, clock: Clock) -> ShieldView:
    """All that the desk shows of it."""
    starter, ender = aliased(Staff), aliased(Staff)
    query = (
        select(ShieldPeriod, starter.name, ender.name)
        .outerjoin(starter, starter.id == ShieldPeriod.started_by)
        .outerjoin(ender, ender.id == ShieldPeriod.ended_by)
        .order_by(ShieldPeriod.id.desc())
        .limit(HISTORY_MAX)
    )
    with reading() as session:
        periods = [
            Period(
                public_id=row.public_id,
                cause=Cause(row.cause),
                started_at=row.started_at,
                started_by=started_by,
                reason=row.reason,
                failed=row.failed,
                started=row.started,
                ended_at=row.ended_at,
                ended_by=ended_by,
                end_reason=row.end_reason,
            )
            for row, started_by, ended_by in session.execute(query)
        ]
        last_hour = traffic(session, at=clock.now(), since=None).get((Kind.CAMPAIGN, HOUR), Tally())
    return ShieldView(
        now=next((period for period in periods if period.ended_at is None), None),
        last_hour=last_hour,
        history=[period for period in periods if period.ended_at is not None],
    )


def _tell_staff(session: Session, public_id: str, *, seen: Tally, cause: Cause, at: datetime) -> None:
    """One mail for each person and time behind the shield."""
    campaign = session.execute(select(Campaign).where(Campaign.is_featured).order_by(Campaign.id).limit(1)).scalar()
    people = session.execute(
        select(Staff)
        .where(Staff.active, Staff.campaign_id.is_(None), Staff.roles.any(Role.name.in_(TOLD)))
        .order_by(Staff.id)
    ).scalars()
    for person in people:
        letter = OutgoingMail(
            kind="shield_up",
            language=person.language,
            recipient=person.email,
            facts={
                "donor_name": person.name,
                "cause": cause.value,
                "failed": seen.failed,
                "started": seen.started,
                "campaign_title": in_language_of(campaign.title, person.language) if campaign else "",
                "help_email": campaign.contact_email if campaign else "",
                "is_test": False,
            },
            key=f"shield_up:{public_id}:{person.id}",
        )
        enqueue(session, letter, at=at)
