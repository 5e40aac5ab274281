"""Who signed up for an event. Names and addresses are deleted some months after it; what was counted stays."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign.domain.event_sign_up import SignUpState
from campaign.extensions import Key, Model
from campaign.models.columns import PrimaryKey, PublicId, check_values

ACTIVE = text("state IN ('confirmed', 'waiting')")


class EventSignUp(Model):
    """One person, with so many places; a mailbox has one sign-up for an event that is neither unconfirmed nor cancelled."""

    __tablename__ = "event_sign_up"
    __table_args__ = (
        check_values("state", SignUpState),
        CheckConstraint("places > 0", "places"),
        Index(None, "event_id", "state"),
        Index(
            "uq_event_sign_up_mailbox",
            *("event_id", "email_key"),
            unique=True,
            sqlite_where=ACTIVE,
            postgresql_where=ACTIVE,
        ),
    )

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId]
    event_id: Mapped[int] = mapped_column(Key, ForeignKey("event.fund_id"))
    name: Mapped[str | None]
    """None after its deletion, as email, phone and needs are."""
    email: Mapped[str | None]
    """Also None where staff added somebody without an address."""
    email_key: Mapped[str | None]
    phone: Mapped[str | None]
    language: Mapped[str]
    places: Mapped[int]
    access_needs: Mapped[str | None]
    """Deleted some days after the event."""
    consent_version: Mapped[str | None]
    """Which text they agreed to; None where staff added them."""
    state: Mapped[str]
    signed_up_at: Mapped[datetime]
    """When it was confirmed, which is the order of the waiting list; of an unconfirmed one, when the form came."""
    confirmed_at: Mapped[datetime | None]
    """When they got a place."""
    cancelled_at: Mapped[datetime | None]
    informed_at: Mapped[datetime]
    """They know the event's time and place as of this moment."""
    reminded_at: Mapped[datetime | None]
    came: Mapped[int | None]
    """How many of them came; None before anybody ticked it."""
