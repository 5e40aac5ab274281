"""Replays of the provider's events, one or many: their new start and the audit record, together.

A replay is harmless: what was done is not done twice. It is bounded, so that a mistake does not query the provider
about a hundred thousand gifts.
"""

from dataclasses import dataclass, replace

from sqlalchemy import select, update

from campaign.database import reading, transaction
from campaign.domain.errors import NotFound
from campaign.domain.provider_events import EventState
from campaign.gateways.clock import Clock
from campaign.models.inbox import ProviderEvent
from campaign.services import audit
from campaign.services.inbox.listing import SET_ASIDE_STATES, InboxFilter, chosen
from campaign.services.queues import inbox
from campaign.services.queues.inbox import IS_REPLAYABLE, as_new

MAX_MANY = 500
"""How many events one act replays at most; the next act takes the next ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayPreview:
    """What a replay of many would take: so many now, of which the newest is `up_to_id`; `has_more` wait for another."""

    count: int
    up_to_id: int
    has_more: bool


def replay(event_id: str, *, actor_id: int | None, clock: Clock) -> None:
    """Let an event be worked off again, whatever became of it; NotFound. Nobody as the actor is the command line."""
    at = clock.now()
    with transaction() as session:
        inbox.replay_in(session, event_id, at=at)
        subject = f"provider_event:{event_id}"
        audit.record(session, actor_id=actor_id, action="inbox:replay", subject=subject, at=at, detail={})


def set_aside(event_id: str, *, actor_id: int | None, clock: Clock) -> None:
    """Close an event that will never be worked off: one that was given up, or waits for a gift that is not ours; NotFound."""
    at = clock.now()
    with transaction() as session:
        closed = session.execute(
            update(ProviderEvent)
            .where(ProviderEvent.event_id == event_id, ProviderEvent.state.in_(SET_ASIDE_STATES))
            .values(state=EventState.IGNORED, processed_at=at)
            .returning(ProviderEvent.id)
        ).one_or_none()
        if closed is None:
            raise NotFound(event_id)
        subject = f"provider_event:{event_id}"
        audit.record(session, actor_id=actor_id, action="inbox:set_aside", subject=subject, at=at, detail={})


def preview_of(filters: InboxFilter) -> ReplayPreview:
    """What `replay_many` would take now, oldest first; events of the wrong mode stay where they are."""
    with reading() as session:
        ids = chosen(session, filters, limit=MAX_MANY + 1, newest_first=False)
        meant = ids[:MAX_MANY]
        replayable = select(ProviderEvent.id).where(ProviderEvent.id.in_(meant), IS_REPLAYABLE)
        replayable_ids = session.execute(replayable).scalars().all()
    return ReplayPreview(
        count=len(replayable_ids), up_to_id=max(replayable_ids, default=0), has_more=len(ids) > MAX_MANY
    )


def replay_many(filters: InboxFilter, *, up_to_id: int, actor_id: int | None, clock: Clock) -> int:
    """Let every event of a filter be worked off again, none newer than the previewed one; how many they were."""
    at = clock.now()
    with transaction() as session:
        ids = chosen(session, replace(filters, up_to_id=up_to_id), limit=MAX_MANY, newest_first=False)
        names = sorted(
            session.execute(
                update(ProviderEvent)
                .where(ProviderEvent.id.in_(ids), IS_REPLAYABLE)
                .values(**as_new(at))
                .returning(ProviderEvent.event_id)
            ).scalars()
        )
        if names:
            subject = f"provider_events:{','.join(filters.states) or 'all'}/{filters.type or 'all'}"
            audit.record(
                session,
                actor_id=actor_id,
                action="inbox:replay_many",
                subject=subject,
                at=at,
                detail={"count": len(names), "events": names},
            )
    return len(names)
