"""What the provider tells is stored before anything is done about it, answered at once, and can be replayed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from campaign.database import autocommit, insert_if_absent
from campaign.domain.errors import NotFound
from campaign.domain.provider_events import UNFINISHED_EVENT_STATES, EventReason, EventState
from campaign.gateways.clock import Clock
from campaign.gateways.context import Context
from campaign.gateways.payments import ReceivedEvent
from campaign.models.inbox import ProviderEvent
from campaign.services.queues.work_queue import ClaimedRow, QueuePolicy, WorkQueue

PING = "kurak.ping"
"""The type of the event by which an installation tries its own address; it is about nothing."""
MAX_WAITING_FOR_PARENT = timedelta(days=3)
"""As long as the provider itself tries to deliver: a gift of ours that is not there by then does not come."""
EMPTY_PAYLOAD = b"{}"
"""What an event has in place of its body once that was deleted, for it has names and addresses of donors.

What is left says which event it was, about what, and what became of it; a replay asks the provider anyway.
"""
WRONG_MODE_ERROR = "It is about test money and this installation takes real money, or the other way round."


@dataclass(frozen=True, kw_only=True)
class ClaimedEvent(ClaimedRow):
    """An event that a worker claimed. The first worker that has done its work closes it, whoever claimed it since.

    A success makes every event that waits for its gift due, also one that a worker has just claimed. If the second claim
    made the first worker's close void, two workers could hand an event to each other for ever.
    """

    UNCHANGED: ClassVar[tuple[str, ...]] = ("id",)

    type: str
    object_id: str
    received_at: datetime


EVENTS = WorkQueue(
    ProviderEvent,
    ClaimedEvent,
    # About two days. After the last attempt an alarm is raised.
    QueuePolicy(
        waiting=UNFINISHED_EVENT_STATES,
        exhausted=EventState.FAILED_PERMANENTLY,
        base=timedelta(seconds=5),
        maximum=timedelta(hours=3),
        max_attempts=27,
    ),
    has_durable_claims=False,
)


def receive(body: bytes, signature: str, *, context: Context) -> bool:
    """Check the signature and store the event; False when it was stored before. Raises BadSignature or UnusableEvent.

    An event of the wrong mode is stored as failed permanently: sending it again cannot help, and staff must see it.
    """
    return store(context.payments.verify(body, signature), body, mode=context.payments.mode, clock=context.clock)


def store(event: ReceivedEvent, body: bytes, *, mode: str, clock: Clock, was_fetched: bool = False) -> bool:
    """Keep an event that is the provider's for certain: signed, or fetched from it; False when it was stored before."""
    at = clock.now()
    is_right_mode = event.livemode == (mode == "live")
    row = {
        "event_id": event.event_id,
        "type": event.type,
        "object_id": event.object_id,
        "api_version": event.api_version,
        "livemode": event.livemode,
        "created_at": event.created_at,
        "raw": body,
        "received_at": at,
        "was_fetched": was_fetched,
        "state": EventState.NEW if is_right_mode else EventState.FAILED_PERMANENTLY,
        "attempts": 0,
        "next_try_at": at,
        "reason": None if is_right_mode else EventReason.WRONG_MODE,
        "error": None if is_right_mode else WRONG_MODE_ERROR,
    }
    is_new = insert_if_absent(ProviderEvent, row)
    if not is_new and not was_fetched:
        with autocommit() as connection:
            connection.execute(_DELIVERED_AFTER_ALL, {"event": event.event_id, "now": at})
    return is_new


def claim_next(*, clock: Clock) -> ClaimedEvent | None:
    """Claim the oldest event that is due; None when none is."""
    return EVENTS.claim_next(at=clock.now())


def complete(
    session: Session, event: ClaimedEvent, state: EventState, *, at: datetime, donation_id: int | None = None
) -> None:
    """Close an event in the transaction that did its work."""
    EVENTS.complete(session, event, state, processed_at=at, reason=None, error=None, donation_id=donation_id)


def reschedule(event: ClaimedEvent, reason: EventReason, error: str, *, clock: Clock) -> None:
    """Try again later, after growing delays; after the last attempt it has failed permanently.

    An event whose gift is not known waits for it and is retried after every success, so its attempts say nothing: it has
    failed permanently when the gift has not come for days.

    Args:
        event: The event that this worker claimed.
        reason: Why it could not be processed.
        error: The same in words, for administrators.
        clock: The time.
    """
    at = clock.now()
    is_waiting = reason is EventReason.GIFT_UNKNOWN
    EVENTS.reschedule(
        event,
        error,
        at=at,
        state=EventState.WAITING_FOR_PARENT if is_waiting else EventState.FAILED,
        is_last=event.received_at < at - MAX_WAITING_FOR_PARENT if is_waiting else None,
        reason=reason,
    )


def retry_waiting_for_parent(session: Session, *, at: datetime) -> None:
    """A success may have brought the gift that events wait for.

    What another success holds is passed over: two that waited for each other's event would never end.
    """
    session.execute(_RETRY_WAITING, {"now": at})


def replay_in(session: Session, event_id: str, *, at: datetime) -> None:
    """Process an event again, whatever became of it; what was done is not done twice.

    Raises:
        NotFound: There is no such event.
    """
    row = session.execute(
        update(ProviderEvent)
        .where(ProviderEvent.event_id == event_id, IS_REPLAYABLE)
        .values(**as_new(at))
        .returning(ProviderEvent.id)
    ).one_or_none()
    if row is None:
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
CLOSED_EVENT_STATES = (EventState.PROCESSED, EventState.IGNORED, EventState.FOREIGN)
"""States of an event that is done with."""
# Built once, of the table alone: every gift passes here.
_DELIVERED_AFTER_ALL = (  # deliveries arrive again, and an alarm that they do not is over
    update(_EVENT)
    .where(_EVENT.c.event_id == bindparam("event"), _EVENT.c.was_fetched)
    .values(was_fetched=False, received_at=bindparam("now"))
)
_WAITING = select(_EVENT.c.id).where(
    _EVENT.c.state == EventState.WAITING_FOR_PARENT, _EVENT.c.next_try_at > bindparam("now")
)
_RETRY_WAITING = (
    update(_EVENT)
    .where(_EVENT.c.id.in_(_WAITING.with_for_update(skip_locked=True)))
    .values(next_try_at=bindparam("now"))
)
