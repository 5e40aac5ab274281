"""Readers of a campaign's news by email, and the sending of an update to them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from campaign.domain.news import MailingState, SubscriberState
from campaign.extensions import Key, Model
from campaign.models.columns import Minor, PrimaryKey, PublicId, check_values


class Subscriber(Model):
    """A reader: what they agreed to, when, and whether they still do. A link that was mailed to them confirms it."""

    __tablename__ = "subscriber"
    __table_args__ = (
        UniqueConstraint("campaign_id", "email_key"),
        check_values("state", SubscriberState),
        CheckConstraint("state <> 'confirmed' OR email IS NOT NULL", "confirmed_has_an_address"),
        CheckConstraint("state <> 'confirmed' OR confirmed_at IS NOT NULL", "confirmed_has_a_time"),
    )

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId]
    campaign_id: Mapped[int] = mapped_column(Key, ForeignKey("campaign.id"))
    email: Mapped[str | None]
    """Removed some weeks after they left."""
    email_key: Mapped[str | None]
    language: Mapped[str]
    state: Mapped[str] = mapped_column(default=SubscriberState.WAITING)
    source: Mapped[str]
    """The page on which they entered their address."""
    consent_version: Mapped[str]
    """Which text they agreed to, in `language`."""
    requested_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]


class UpdateMailing(Model):
    """The sending of one update to the readers who had confirmed when it began; there is one for each update."""

    __tablename__ = "update_mailing"
    __table_args__ = (check_values("state", MailingState),)

    id: Mapped[PrimaryKey]
    update_id: Mapped[int] = mapped_column(Key, ForeignKey("campaign_update.id"), unique=True)
    campaign_id: Mapped[int] = mapped_column(Key, ForeignKey("campaign.id"))
    state: Mapped[str] = mapped_column(default=MailingState.RUNNING, index=True)
    started_at: Mapped[datetime]
    started_by: Mapped[int | None] = mapped_column(Key, ForeignKey("staff.id"))
    last_subscriber_id: Mapped[int]
    """Every reader up to this one has an email in the outbox, or is left out."""
    max_subscriber_id: Mapped[int]
    """The last reader when it began."""
    refused_count: Mapped[int] = mapped_column(default=0)
    """Readers left out because their address cannot receive email."""
    left_count: Mapped[int] = mapped_column(default=0)
    """Readers who unsubscribed while their email waited."""


class UpdateDelivery(Model):
    """The one email with an update to one reader. Its key lets no second one be written."""

    __tablename__ = "update_delivery"

    mailing_id: Mapped[int] = mapped_column(Key, ForeignKey("update_mailing.id"), primary_key=True)
    subscriber_id: Mapped[int] = mapped_column(Key, ForeignKey("subscriber.id"), primary_key=True)
    message_id: Mapped[int | None] = mapped_column(Key, ForeignKey("message.id"), unique=True)
    """None where the reader unsubscribed before it left."""
    handed_over_at: Mapped[datetime | None]
    """When a worker began to hand it to the mail server: it is not handed over a second time."""


class MilestoneNote(Model):
    """A milestone for which an update was prepared, or passed over for a higher one: that is done once."""

    __tablename__ = "milestone_note"

    campaign_id: Mapped[int] = mapped_column(Key, ForeignKey("campaign.id"), primary_key=True)
    amount_minor: Mapped[Minor] = mapped_column(primary_key=True)
    prepared_at: Mapped[datetime]
