"""Replaying a provider's event from the desk: the event's new start and the trail of who wanted it, together."""

from campaign.database import transaction
from campaign.gateways.clock import Clock
from campaign.services import audit, webhook_inbox


def replay(event_id: str, *, actor_id: int, clock: Clock) -> None:
    """Let an event be worked off again, whatever became of it; NotFound. Harmless: what was done is not done twice."""
    now = clock.now()
    with transaction() as session:
        webhook_inbox.replay_in(session, event_id, at=now)
        subject = f"provider_event:{event_id}"
        audit.record(session, actor_id=actor_id, action="inbox:replay", subject=subject, at=now, detail={})
