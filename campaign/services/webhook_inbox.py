"""What the provider tells is stored before anything is done about it, answered at once, and can be replayed."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session

from campaign.database import insert_once_alone, reading, transaction
from campaign.domain.errors import NotFound
from campaign.gateways.clock import Clock
from campaign.gateways.payments import PaymentGateway, ReceivedEvent
from campaign.models.inbox import ProviderEvent

LEASE = timedelta(minutes=5)
"""How long a worker may hold an event before another takes it over: longer than any call may last."""
ATTEMPTS_MAX = 12
"""Then an event is dead, and staff are told; with the pauses below that is about two days."""
WRONG_MODE = "It is about test money and this installation takes real money, or the other way round."


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """An event as the desk lists it."""

    id: int
    event_id: str
    type: str
    object_id: str
    state: str
    attempts: int
    received_at: datetime
    next_try_at: datetime
    error: str | None
    donation_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventDetail:
    """One event with what was sent, word for word."""

    row: EventRow
    payload: str
    api_version: str | None
    livemode: bool
    created_at: datetime
    processed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenEvent:
    """An event that a worker holds for the time of its lease."""

    id: int
    type: str
    object_id: str
    attempts: int


def receive(body: bytes, signature: str, *, payments: PaymentGateway, clock: Clock) -> bool:
    """Check the signature and store the event; False when it was stored before. Raises BadSignature.

    An event of the wrong mode is stored as dead: sending it again cannot help, and staff must see it.
    """
    return store(payments.verify(body, signature), body, mode=payments.mode, clock=clock)


def store(event: ReceivedEvent, body: bytes, *, mode: str, clock: Clock) -> bool:
    """Keep an event that is the provider's for certain: signed, or fetched from it; False when it was stored before."""
    now = clock.now()
    is_right_mode = event.livemode == (mode == "live")
    row = {
        "event_id": event.event_id,
        "type": event.type,
        "object_id": event.object_id,
        "api_version": event.api_version,
        "livemode": event.livemode,
        "created_at": event.created_at,
        "raw": body,
        "received_at": now,
        "state": "new" if is_right_mode else "dead",
        "attempts": 0,
        "next_try_at": now,
        "error": None if is_right_mode else WRONG_MODE,
    }
    return insert_once_alone(ProviderEvent, row)


def take_next(*, clock: Clock) -> TakenEvent | None:
    """Hold the oldest event that is due; None when nothing is. Two workers never hold the same one."""
    now = clock.now()
    with reading() as session:
        if session.execute(_DUE, {"now": now}).first() is None:
            return None  # the usual case, found without the write lock
    with transaction() as session:
        row = session.execute(_HOLD, {"now": now, "until": now + LEASE}).one_or_none()
    return TakenEvent(id=row[0], type=row[1], object_id=row[2], attempts=row[3]) if row else None


def mark_done(session: Session, event_id: int, state: str, *, at: datetime, donation_id: int | None = None) -> None:
    """Close an event in the transaction that did its work."""
    session.execute(
        _MARK, {"event": event_id, "state": state, "processed_at": at, "error": None, "donation_id": donation_id}
    )


def put_back(event: TakenEvent, state: str, error: str, *, clock: Clock) -> None:
    """Try again later, after growing pauses; after the last try it is dead."""
    is_last = event.attempts >= ATTEMPTS_MAX
    with transaction() as session:
        session.execute(
            update(ProviderEvent)
            .where(ProviderEvent.id == event.id)
            .values(
                state="dead" if is_last else state,
                error=error[:500],
                next_try_at=clock.now() + pause_after(event.attempts),
            )
        )


def retry_parked(session: Session, *, at: datetime) -> None:
    """A success may have brought the parent that parked events wait for."""
    session.execute(_RETRY_PARKED, {"next_try_at": at})


def pause_after(attempts: int) -> timedelta:
    """5 s, 10 s, 20 s, … up to twelve hours."""
    return min(timedelta(seconds=5 * 2.0 ** (attempts - 1)), timedelta(hours=12))


def replay(event_id: str, *, clock: Clock) -> None:
    """Let an event be worked off again, whatever became of it; harmless, for what was done is not done twice."""
    with transaction() as session:
        replay_in(session, event_id, at=clock.now())


def replay_in(session: Session, event_id: str, *, at: datetime) -> None:
    """The same inside the caller's transaction, beside its audit row."""
    found = session.execute(
        update(ProviderEvent)
        .where(ProviderEvent.event_id == event_id, ProviderEvent.error.is_distinct_from(WRONG_MODE))
        .values(state="new", attempts=0, next_try_at=at, error=None, processed_at=None)
        .returning(ProviderEvent.id)
    ).one_or_none()
    if found is None:
        raise NotFound(event_id)


def events(*, state: str | None = None, before_id: int | None = None, limit: int = 50) -> list[EventRow]:
    """Events, newest first, of one state or all; `before_id` is the last row of the page before."""
    query = select(*_ROW).order_by(ProviderEvent.id.desc()).limit(limit)
    if state is not None:
        query = query.where(ProviderEvent.state == state)
    if before_id is not None:
        query = query.where(ProviderEvent.id < before_id)
    with reading() as session:
        return [EventRow(**row._mapping) for row in session.execute(query)]  # noqa: SLF001


def event(event_id: str) -> EventDetail:
    """One event whole; NotFound."""
    with reading() as session:
        found = session.execute(select(ProviderEvent).where(ProviderEvent.event_id == event_id)).scalar_one_or_none()
        if found is None:
            raise NotFound(event_id)
        return EventDetail(
            row=EventRow(**{column.key: getattr(found, column.key) for column in _ROW}),
            payload=json.dumps(json.loads(found.raw), indent=2, ensure_ascii=False),
            api_version=found.api_version,
            livemode=found.livemode,
            created_at=found.created_at,
            processed_at=found.processed_at,
        )


def count_by_state() -> dict[str, int]:
    """How many events are in each state; states without one are left out."""
    with reading() as session:
        rows = session.execute(select(ProviderEvent.state, func.count()).group_by(ProviderEvent.state))
        return {row[0]: row[1] for row in rows}


def oldest_waiting() -> datetime | None:
    """When the oldest event that is not yet worked off came in."""
    with reading() as session:
        return session.execute(
            select(func.min(ProviderEvent.received_at)).where(ProviderEvent.state.in_(("new", "failed", "parked")))
        ).scalar_one()


_EVENT = ProviderEvent.__table__
# Built once, of the table alone: every gift passes here.
_DUE = (
    select(_EVENT.c.id)
    .where(_EVENT.c.state.in_(("new", "failed", "parked")), _EVENT.c.next_try_at <= bindparam("now"))
    .order_by(_EVENT.c.next_try_at, _EVENT.c.id)
    .limit(1)
)
_HOLD = (
    update(_EVENT)
    .where(_EVENT.c.id == _DUE.with_for_update(skip_locked=True).scalar_subquery())
    .values(next_try_at=bindparam("until"), attempts=_EVENT.c.attempts + 1)
    .returning(_EVENT.c.id, _EVENT.c.type, _EVENT.c.object_id, _EVENT.c.attempts)
)
_MARK = update(_EVENT).where(_EVENT.c.id == bindparam("event"))
_RETRY_PARKED = update(_EVENT).where(_EVENT.c.state == "parked")

_ROW = (
    ProviderEvent.id,
    ProviderEvent.event_id,
    ProviderEvent.type,
    ProviderEvent.object_id,
    ProviderEvent.state,
    ProviderEvent.attempts,
    ProviderEvent.received_at,
    ProviderEvent.next_try_at,
    ProviderEvent.error,
    ProviderEvent.donation_id,
)
