"""The inbox as staff see it: events by state, type, age and gift, a page at a time, and why one is waiting.

Nothing here reads the whole inbox: counts stop at MAX_COUNT, and every list uses an index.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, literal, select, union_all
from sqlalchemy.orm import Session

from campaign.database import reading
from campaign.domain.errors import NotFound
from campaign.domain.provider_events import UNFINISHED_EVENT_STATES, EventReason, EventState
from campaign.models.donation import Donation
from campaign.models.inbox import ProviderEvent
from campaign.services.queues.inbox import PING

MAX_COUNT = 1000
"""Up to here events are counted; past it there are «more than»."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """An event as staff pages list it."""

    id: int
    event_id: str
    type: str
    object_id: str
    state: EventState
    attempts: int
    received_at: datetime
    next_try_at: datetime
    reason: EventReason | None
    error: str | None
    gift: str | None  # the public id of the gift that it turned out to be about

    @property
    def is_waiting(self) -> bool:
        """Return whether it is still to be processed."""
        return self.state in UNFINISHED_EVENT_STATES

    @property
    def can_be_set_aside(self) -> bool:
        """Return whether staff may decide that it will never be processed."""
        return self.state in SET_ASIDE_STATES


@dataclass(frozen=True, slots=True, kw_only=True)
class EventDetail:
    """One event with its body, word for word."""

    row: EventRow
    payload: str
    api_version: str | None
    livemode: bool
    created_at: datetime
    was_fetched: bool
    processed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxFilter:
    """A selection of events; empty fields select all. `until`: those received up to then; `up_to_id`: none newer."""

    states: tuple[EventState, ...] = ()
    type: str = ""
    until: datetime | None = None
    gift: str = ""
    event_ids: tuple[str, ...] = ()
    before_id: int | None = None  # the last row of the page before
    up_to_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """The number of waiting events (up to MAX_COUNT), and the time of the oldest."""

    count: int
    oldest_at: datetime | None


SET_ASIDE_STATES = (EventState.FAILED_PERMANENTLY, EventState.WAITING_FOR_PARENT)


def events(filters: InboxFilter, *, limit: int) -> list[EventRow]:
    """Return events, newest first."""
    with reading() as session:
        ids = chosen(session, filters, limit=limit, newest_first=True)
        rows = session.execute(_ROWS.where(ProviderEvent.id.in_(ids)).order_by(ProviderEvent.id.desc()))
        return [_as_row(row._mapping) for row in rows]  # noqa: SLF001


def event(event_id: str) -> EventDetail:
    """Return one event in full.

    Raises:
        NotFound: there is none.
    """
    with reading() as session:
        ids = session.execute(_ROWS.add_columns(ProviderEvent).where(ProviderEvent.event_id == event_id)).one_or_none()
        if ids is None:
            raise NotFound(event_id)
        *fields, whole = ids
        return EventDetail(
            row=_as_row(dict(zip(EventRow.__slots__, fields, strict=True))),
            payload=json.dumps(json.loads(whole.raw), indent=2, ensure_ascii=False),
            api_version=whole.api_version,
            livemode=whole.livemode,
            created_at=whole.created_at,
            was_fetched=whole.was_fetched,
            processed_at=whole.processed_at,
        )


def count_by_state() -> dict[EventState, int]:
    """Return the number of events in each state, up to MAX_COUNT; states without one are left out."""
    parts = [
        select(literal(state.value).label("state"), func.count().label("events")).select_from(
            select(ProviderEvent.id).where(ProviderEvent.state == state).limit(MAX_COUNT).subquery()
        )
        for state in EventState
    ]
    with reading() as session:
        return {EventState(row[0]): row[1] for row in session.execute(union_all(*parts)) if row[1]}


def waiting_in(session: Session, *states: EventState) -> Waiting:
    """Return the number of events in these states, and when the first of them was received."""
    matching = union_all(
        *(
            select(
                select(ProviderEvent.received_at)
                .where(ProviderEvent.state == state)
                .order_by(ProviderEvent.id)
                .limit(MAX_COUNT)
                .subquery()
            )
            for state in states
        )
    ).subquery()
    count, oldest_at = session.execute(select(func.count(), func.min(matching.c.received_at))).one()
    return Waiting(count=min(int(count), MAX_COUNT), oldest_at=oldest_at)


def oldest_waiting() -> datetime | None:
    """Return when the oldest unprocessed event was received."""
    with reading() as session:
        return waiting_in(session, *UNFINISHED_EVENT_STATES).oldest_at


def chosen(session: Session, filters: InboxFilter, *, limit: int, newest_first: bool) -> Sequence[int]:
    """Return the keys of the selected events, at most `limit`; each state uses its own index."""
    narrowed = _narrowed(session, filters)
    if narrowed is None:
        return []
    order = ProviderEvent.id.desc() if newest_first else ProviderEvent.id
    if not filters.states:
        return list(session.execute(narrowed.order_by(order).limit(limit)).scalars())
    parts = [
        select(narrowed.where(ProviderEvent.state == state).order_by(order).limit(limit).subquery())
        for state in filters.states
    ]
    ids = sorted(session.execute(union_all(*parts)).scalars(), reverse=newest_first)
    return ids[:limit]


def _narrowed(session: Session, filters: InboxFilter) -> Select[int] | None:
    """Return the filter without the states; None when it selects nothing."""
    query = select(ProviderEvent.id)
    bounds = [bound for bound in (filters.up_to_id, filters.before_id and filters.before_id - 1) if bound is not None]
    if filters.until is not None:
        bounds.append(session.execute(_LAST_UNTIL, {"until": filters.until}).scalar() or 0)
    if bounds:
        query = query.where(ProviderEvent.id <= min(bounds))
    if filters.gift:
        gift_id = session.execute(select(Donation.id).where(Donation.public_id == filters.gift)).scalar()
        if gift_id is None:
            return None
        query = query.where(ProviderEvent.donation_id == gift_id)
    if filters.type:
        query = query.where(ProviderEvent.type == filters.type)
    if filters.event_ids:
        query = query.where(ProviderEvent.event_id.in_(filters.event_ids))
    return query


def _as_row(fields: Mapping[Any, Any]) -> EventRow:  # the columns of _ROWS, by name
    reason = fields["reason"]
    typed = {"state": EventState(fields["state"]), "reason": EventReason(reason) if reason else None}
    return EventRow(**{**fields, **typed})


LAST_EVENT = (
    select(ProviderEvent.received_at)
    .where(ProviderEvent.type != PING, ~ProviderEvent.was_fetched)
    .order_by(ProviderEvent.id.desc())
    .limit(1)
)
"""When the provider was last heard of; our own try of the address is no word of its, nor is what we had to fetch."""
_ROWS: Select[*tuple[Any, ...]] = select(
    ProviderEvent.id,
    ProviderEvent.event_id,
    ProviderEvent.type,
    ProviderEvent.object_id,
    ProviderEvent.state,
    ProviderEvent.attempts,
    ProviderEvent.received_at,
    ProviderEvent.next_try_at,
    ProviderEvent.reason,
    ProviderEvent.error,
    Donation.public_id.label("gift"),
).outerjoin(Donation, Donation.id == ProviderEvent.donation_id)
_LAST_UNTIL = (
    select(ProviderEvent.id)
    .where(ProviderEvent.received_at <= bindparam("until"))
    .order_by(ProviderEvent.received_at.desc(), ProviderEvent.id.desc())
    .limit(1)
)
