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
from campaign.services.staff.accounts import forget_sessions, load_person
from campaign.services.staff.devices import note_device
from campaign.services.staff.mails import AccountEvent, send_notice

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


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSession:
    """A session that begins: its id and browser, and the cookie by which that browser is known.

    With `follows_new_password` the person's other sessions end.
    """

    public_id: str
    device: str
    browser: str
    system: str
    follows_new_password: bool = False


def begin(staff_id: int, new: NewSession, *, clock: Clock) -> None:
    """Record a sign-in: its session, its browser, and the act in the audit trail. Expired sessions are removed."""
    at = clock.now()
    with transaction() as session:
        person = session.get_one(Staff, staff_id)
        person.last_active_at = at
        note_device(session, person, new.device, browser=new.browser, system=new.system, at=at)
        expired = (StaffSession.last_used_at < at - IDLE) | (StaffSession.signed_in_at < at - LONGEST)
        session.execute(delete(StaffSession).where(expired))
        if new.follows_new_password:
            send_notice(session, person, AccountEvent.PASSWORD, at=at)
            session.execute(delete(StaffSession).where(StaffSession.staff_id == staff_id))
        row = StaffSession(
            public_id=new.public_id,
            staff_id=staff_id,
            browser=new.browser,
            system=new.system,
            signed_in_at=at,
            last_used_at=at,
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


def end_for(staff_id: int, public_id: str | None, *, actor_id: int, clock: Clock) -> None:
    """End one session of another person, or all of them.

    Args:
        public_id: The session; None: all, and every copy of their cookies.

    Raises:
        NotFound: there is no such person or session.
    """
    with transaction() as session:
        person = load_person(session, staff_id)
        owned = StaffSession.staff_id == staff_id
        if public_id is None:
            forget_sessions(session, person)
        elif not session.execute(
            delete(StaffSession).where(owned, StaffSession.public_id == public_id).returning(StaffSession.id)
        ).all():
            raise NotFound("session")
        detail: dict[str, object] = {"all": public_id is None}
        subject = f"staff:{staff_id}"
        audit.record(
            session, actor_id=actor_id, action="staff:end_sessions_of", subject=subject, at=clock.now(), detail=detail
        )
