"""What the provider told us, word for word, before anything is done about it."""

from datetime import datetime

from sqlalchemy import Index, LargeBinary, false
from sqlalchemy.orm import Mapped, mapped_column

from campaign.domain.provider_events import EventReason, EventState
from campaign.extensions import Model
from campaign.models.columns import PrimaryKey, check_values


class ProviderEvent(Model):
    """One signed event. `event_id` is unique, so a replayed delivery changes nothing."""

    __tablename__ = "provider_event"
    __table_args__ = (
        check_values("state", EventState),
        check_values("reason", EventReason),
        Index(None, "state", "next_try_at", "id"),
        Index(None, "state", "id"),  # from here on: what the desk looks for, newest first, a page at a time
        Index(None, "type", "id"),
        Index(None, "donation_id", "id"),
        Index(None, "received_at", "id"),
    )

    id: Mapped[PrimaryKey]
    event_id: Mapped[str] = mapped_column(unique=True)
    type: Mapped[str]
    object_id: Mapped[str] = mapped_column(index=True)
    api_version: Mapped[str | None]
    livemode: Mapped[bool]
    created_at: Mapped[datetime]
    """The provider's second; events are never ordered by it."""
    raw: Mapped[bytes] = mapped_column(LargeBinary)
    received_at: Mapped[datetime]
    was_fetched: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Nobody delivered it: a comparison asked for it. So it says nothing of whether deliveries arrive."""
    state: Mapped[str] = mapped_column(default=EventState.NEW)
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime]
    """When it is due; a worker that takes it moves this on, and so holds it for that long (its lease)."""
    processed_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    """Why it waits or failed: an `EventReason`."""
    error: Mapped[str | None]
    """The last failure in words, for administrators; no code reads it."""
    donation_id: Mapped[int | None]
    """Whose gift it turned out to be about."""
