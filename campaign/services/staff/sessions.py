"""Sessions of staff: a row for each browser in which somebody is signed in; without its row a session has ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, select, update

from campaign.database import reading, transaction
from campaign.domain.errors import NotFound
from campaign.gateways.clock import Clock
from campaign.models.staff import Staff, StaffSession
from campaign.services import audit

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRow:
    """A session as its person sees it. `browser` and `system` are empty where they are unknown."""

    public_id: str
    browser: str
    system: str
    signed_in_at: datetime
    last_used_at: datetime


def begin(staff_id: int, public_id: str, *, browser: str, system: str, ends_others: bool, clock: Clock) -> None:
    """Record a sign-in: its session, and the act in the audit trail. Expired sessions are removed.

    Args:
        ends_others: Whether the person's other sessions end, as after a change of the password.
    """
    at = clock.now()
    with transaction() as session:
        session.execute(update(Staff).where(Staff.id == staff_id).values(last_active_at=at))
        expired = (StaffSession.last_used_at < at - IDLE) | (StaffSession.signed_in_at < at - LONGEST)
        session.execute(delete(StaffSession).where(expired))
        if ends_others:
            session.execute(delete(StaffSession).where(StaffSession.staff_id == staff_id))
        row = StaffSession(
            public_id=public_id, staff_id=staff_id, browser=browser, system=system, signed_in_at=at, last_used_at=at
        )
        session.add(row)
        subject = f"staff:{staff_id}"
        audit.record(session, actor_id=staff_id, action="staff:sign_in", subject=subject, at=at, detail={})


def is_open(staff_id: int, public_id: str) -> bool:
    """Return whether this session of this person was not ended; the caller checks its maximum age."""
    query = select(StaffSession.id).where(StaffSession.staff_id == staff_id, StaffSession.public_id == public_id)
    with reading() as session:
        return session.execute(query).first() is not None


def note_use(public_id: str, *, clock: Clock) -> None:
    """Record that the person is active; for the lists of sessions and people, so once a minute is enough."""
    with transaction() as session:
        used = update(StaffSession).where(StaffSession.public_id == public_id)
        at = clock.now()
        query = used.values(last_used_at=at).returning(StaffSession.staff_id)
        for staff_id in session.execute(query).scalars().all():
            session.execute(update(Staff).where(Staff.id == staff_id).values(last_active_at=at))


def sessions_of(staff_id: int, *, clock: Clock) -> Sequence[SessionRow]:
    """Return the person's sessions that have not expired, last used first."""
    at = clock.now()
    query = (
        select(StaffSession)
        .where(
            StaffSession.staff_id == staff_id,
            StaffSession.last_used_at >= at - IDLE,
            StaffSession.signed_in_at >= at - LONGEST,
        )
        .order_by(StaffSession.last_used_at.desc(), StaffSession.id.desc())
    )
    with reading() as session:
        return [
            SessionRow(
                public_id=row.public_id,
                browser=row.browser,
                system=row.system,
                signed_in_at=row.signed_in_at,
                last_used_at=row.last_used_at,
            )
            for row in session.execute(query).scalars()
        ]


def end_one(staff_id: int, public_id: str, *, clock: Clock) -> None:
    """End one session of the person.

    Raises:
        NotFound: they have no such session.
    """
    if not _end(staff_id, StaffSession.public_id == public_id, clock=clock):
        raise NotFound("session")


def end_others(staff_id: int, public_id: str, *, clock: Clock) -> int:
    """End all sessions of the person but this one; return their number."""
    return _end(staff_id, StaffSession.public_id != public_id, clock=clock)


def _end(staff_id: int, which: ColumnElement[bool], *, clock: Clock) -> int:
    ended_ones = and_(StaffSession.staff_id == staff_id, which)
    with transaction() as session:
        ended = session.execute(delete(StaffSession).where(ended_ones).returning(StaffSession.id)).scalars().all()
        if ended:
            detail: dict[str, object] = {"count": len(ended)}
            subject = f"staff:{staff_id}"
            audit.record(
                session, actor_id=staff_id, action="staff:end_sessions", subject=subject, at=clock.now(), detail=detail
            )
    return len(ended)
