"""What the provider tells is stored before anything is done about it, answered at once, and can be replayed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, bindparam, case, func, literal, select, union_all, update
from sqlalchemy.orm import Session

from campaign.database import autocommit, insert_if_absent, transaction
from campaign.domain.backoff import retry_delay
from campaign.domain.errors import NotFound
from campaign.domain.provider_events import UNFINISHED_EVENT_STATES, EventReason, EventState
from campaign.gateways.clock import Clock
from campaign.gateways.payments import PaymentGateway, ReceivedEvent
from campaign.models.inbox import ProviderEvent
from campaign.services.queues.due_rows import LEASE

ATTEMPTS_MAX = 27
"""Then an event has failed permanently, and staff are alerted; with the delays of `pause_after` that is about two days."""
PING = "kurak.ping"
"""The type of the event by which an installation tries its own address; it is about nothing."""
WAITING_FOR_PARENT_MAX = timedelta(days=3)
"""As long as the provider itself tries to deliver: a gift of ours that is not there by then does not come."""
PAYLOAD_KEPT_FOR = timedelta(days=90)
"""Long enough to look into what went wrong; the provider keeps its own copy for a month."""
PAYLOAD_LOOKED_BACK = timedelta(days=400)
"""Done every day, so what is older was emptied long ago."""
FORGOTTEN = b"{}"
WRONG_MODE_ERROR = "It is about test money and this installation takes real money, or the other way round."


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenEvent:
    """An event that a worker holds for the time of its lease."""

    id: int
    type: str
    object_id: str
    attempts: int


def receive(body: bytes, signature: str, *, payments: PaymentGateway, clock: Clock) -> bool:
    """Check the signature and store the event; False when it was stored before. Raises BadSignature or UnusableEvent.

    An event of the wrong mode is stored as failed permanently: sending it again cannot help, and staff must see it.
    """
    return store(payments.verify(body, signature), body, mode=payments.mode, clock=clock)


def store(event: ReceivedEvent, body: bytes, *, mode: str, clock: Clock, was_fetched: bool = False) -> bool:
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
        "was_fetched": was_fetched,
        "state": EventState.NEW if is_right_mode else EventState.FAILED_PERMANENTLY,
        "attempts": 0,
        "next_try_at": now,
        "reason": None if is_right_mode else EventReason.WRONG_MODE,
        "error": None if is_right_mode else WRONG_MODE_ERROR,
    }
    is_new = insert_if_absent(ProviderEvent, row)
    if not is_new and not was_fetched:
        with autocommit() as connection:
            connection.execute(_DELIVERED_AFTER_ALL, {"event": event.event_id, "now": now})
    return is_new


def claim_next(*, clock: Clock) -> TakenEvent | None:
    """Hold the oldest event that is due; None when nothing is. Two workers never hold the same one."""
    now = clock.now()
    with autocommit() as connection:
        is_postgresql = connection.dialect.name == "postgresql"
        if not is_postgresql and connection.execute(_DUE, {"now": now}).first() is None:
            return None  # the usual case, found without SQLite's write lock
        hold = _HOLD_POSTGRESQL if is_postgresql else _HOLD
        row = connection.execute(hold, {"now": now, "until": now + LEASE}).one_or_none()
    return TakenEvent(id=row[0], type=row[1], object_id=row[2], attempts=row[3]) if row else None


def complete(
    session: Session, event_id: int, state: EventState, *, at: datetime, donation_id: int | None = None
) -> None:
    """Close an event in the transaction that did its work."""
    closed = {"state": state, "processed_at": at, "reason": None, "error": None, "donation_id": donation_id}
    session.execute(_MARK, {"event": event_id, **closed})


def reschedule(event: TakenEvent, reason: EventReason, error: str, *, clock: Clock) -> None:
    """Try again later, after growing delays; after the last attempt it has failed permanently.

    An event whose gift is not known waits for it and is retried after every success, so its attempts say nothing: it has
    failed permanently when the gift has not come for days. An event that another worker closed meanwhile, because this
    one took too long, stays closed.

    Args:
        event: The event that this worker claimed.
        reason: Why it could not be processed.
        error: The same in words, for administrators.
        clock: The time.
    """
    now = clock.now()
    state = EventState.WAITING_FOR_PARENT if reason is EventReason.GIFT_UNKNOWN else EventState.FAILED
    if state is EventState.WAITING_FOR_PARENT:
        is_last: ColumnElement[bool] = ProviderEvent.received_at < now - WAITING_FOR_PARENT_MAX
    else:
        is_last = literal(event.attempts >= ATTEMPTS_MAX)
    with transaction() as session:
        session.execute(
            update(ProviderEvent)
            .where(ProviderEvent.id == event.id, ProviderEvent.state.in_(UNFINISHED_EVENT_STATES))
            .values(
                state=case((is_last, EventState.FAILED_PERMANENTLY.value), else_=state.value),
                reason=reason,
                error=error[:500],
                next_try_at=now + pause_after(event.attempts),
            )
        )


def retry_waiting_for_parent(session: Session, *, at: datetime) -> None:
    """A success may have brought the gift that events wait for.

    What another success holds is passed over: two that waited for each other's event would never end.
    """
    session.execute(_RETRY_WAITING, {"now": at})


def pause_after(attempts: int) -> timedelta:
    """5 s, 10 s, 20 s, … up to three hours."""
    return retry_delay(attempts, base=timedelta(seconds=5), maximum=timedelta(hours=3))


def forget_payloads(*, clock: Clock) -> int:
    """Empty the bodies of events that were done with long ago; how many. They hold names and addresses of donors.

    What is left says which event it was, about what, and what became of it; a replay asks the provider anyway.
    """
    until = clock.now() - PAYLOAD_KEPT_FOR
    with transaction() as session:
        emptied = session.execute(
            update(ProviderEvent)
            .where(
                ProviderEvent.received_at.between(until - PAYLOAD_LOOKED_BACK, until),
                ProviderEvent.state.in_(_CLOSED),
                ProviderEvent.raw != FORGOTTEN,
            )
            .values(raw=FORGOTTEN)
            .returning(ProviderEvent.id)
        )
        return len(emptied.all())


def replay_in(session: Session, event_id: str, *, at: datetime) -> None:
    """Let an event be worked off again, whatever became of it, beside its audit row; NotFound. What was done is not
    done twice.
    """
    found = session.execute(
        update(ProviderEvent)
        .where(ProviderEvent.event_id == event_id, IS_REPLAYABLE)
        .values(**as_new(at))
        .returning(ProviderEvent.id)
    ).one_or_none()
    if found is None:
        raise NotFound(event_id)


def as_new(at: datetime) -> dict[str, object]:
    """The columns of an event that is to be processed from the start."""
    return {
        "state": EventState.NEW,
        "attempts": 0,
        "next_try_at": at,
        "reason": None,
        "error": None,
        "processed_at": None,
    }


IS_REPLAYABLE = ProviderEvent.reason.is_distinct_from(EventReason.WRONG_MODE)
"""Processing an event of the wrong mode again cannot help."""
_EVENT = ProviderEvent.__table__
_CLOSED = (EventState.PROCESSED, EventState.IGNORED, EventState.FOREIGN)


def _due(*, locked: bool) -> Select[int]:
    """The oldest event that is due. Each state by itself is read in the order of its index, whatever waits behind it."""
    first_of_each = (
        select(_EVENT.c.id, _EVENT.c.next_try_at)
        .where(_EVENT.c.state == state, _EVENT.c.next_try_at <= bindparam("now"))
        .order_by(_EVENT.c.next_try_at, _EVENT.c.id)
        .limit(1)
        for state in UNFINISHED_EVENT_STATES
    )
    found = union_all(
        *(select((one.with_for_update(skip_locked=True) if locked else one).subquery()) for one in first_of_each)
    ).subquery()
    return select(found.c.id).order_by(found.c.next_try_at, found.c.id).limit(1)


# Built once, of the table alone: every gift passes here.
_DUE = _due(locked=False)
_HOLD = (
    update(_EVENT)
    .where(_EVENT.c.id == _due(locked=True).scalar_subquery())
    .values(next_try_at=bindparam("until"), attempts=_EVENT.c.attempts + 1)
    .returning(_EVENT.c.id, _EVENT.c.type, _EVENT.c.object_id, _EVENT.c.attempts)
)
# For this one commit PostgreSQL need not wait for the disk: a lease that a crash undoes leaves the event due, as it was.
_HOLD_POSTGRESQL = _HOLD.returning(func.set_config("synchronous_commit", "off", True))
_DELIVERED_AFTER_ALL = (  # deliveries arrive again, and an alarm that they do not is over
    update(_EVENT)
    .where(_EVENT.c.event_id == bindparam("event"), _EVENT.c.was_fetched)
    .values(was_fetched=False, received_at=bindparam("now"))
)
_MARK = update(_EVENT).where(_EVENT.c.id == bindparam("event"))
_WAITING = select(_EVENT.c.id).where(
    _EVENT.c.state == EventState.WAITING_FOR_PARENT, _EVENT.c.next_try_at > bindparam("now")
)
_RETRY_WAITING = (
    update(_EVENT)
    .where(_EVENT.c.id.in_(_WAITING.with_for_update(skip_locked=True)))
    .values(next_try_at=bindparam("now"))
)
