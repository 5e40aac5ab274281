"""What is counted against card testing. Keys are hashes under the installation's secret; no address stands here."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from campaign.domain.abuse import Cause
from campaign.extensions import Key, Model
from campaign.models.columns import LongText, PrimaryKey, PublicId, check_values


class AttemptCount(Model):
    """How many attempts of one key fell into one bucket of five minutes; swept when no limit looks back so far."""

    __tablename__ = "attempt_count"
    __table_args__ = (Index(None, "bucket_at"),)

    kind: Mapped[str] = mapped_column(primary_key=True)
    """domain.abuse.Kind, or code_* for codes that were mailed and tried."""
    key: Mapped[str] = mapped_column(primary_key=True)
    bucket_at: Mapped[datetime] = mapped_column(primary_key=True)
    started: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    turned_away: Mapped[int] = mapped_column(default=0)


class GiftStart(Model):
    """Where a payment session was started from, so that its failures can be counted there; swept after some days."""

    __tablename__ = "gift_start"
    __table_args__ = (
        Index(None, "address_key", "started_at"),
        Index(None, "network_key", "started_at"),
        Index(None, "email_key", "started_at"),
        Index(None, "started_at"),
    )

    id: Mapped[PrimaryKey]
    form_id: Mapped[str] = mapped_column(index=True)
    """donation.form_id of the gift; where another gift superseded it, its superseded_form_id."""
    campaign: Mapped[str]
    address_key: Mapped[str | None]
    network_key: Mapped[str | None]
    email_key: Mapped[str | None]
    email_near_key: Mapped[str | None]
    started_at: Mapped[datetime]
    failures: Mapped[int] = mapped_column(default=0)
    page_closed_at: Mapped[datetime | None]
    """When its payment page was closed, for too many cards had been tried on it."""


class ShieldPeriod(Model):
    """A time behind the shield: why it was put up and why it was put away. At most one is open."""

    __tablename__ = "shield_period"
    __table_args__ = (
        check_values("cause", Cause),
        CheckConstraint("is_open OR is_open IS NULL", "open_or_nothing"),
        CheckConstraint("(is_open IS NULL) = (ended_at IS NOT NULL)", "closed_has_a_time"),
    )

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId]
    is_open: Mapped[bool | None] = mapped_column(unique=True)
    """True or nothing, so that the unique key lets one row alone be open."""
    cause: Mapped[str]
    started_at: Mapped[datetime]
    started_by: Mapped[int | None] = mapped_column(Key, ForeignKey("staff.id"))
    reason: Mapped[LongText | None]
    failed: Mapped[int]
    """Payments that failed in the hour before."""
    started: Mapped[int]
    """Payment sessions that were started in the hour before."""
    ended_at: Mapped[datetime | None] = mapped_column(index=True)
    ended_by: Mapped[int | None] = mapped_column(Key, ForeignKey("staff.id"))
    """Nobody, where it ended by itself after quiet."""
    end_reason: Mapped[LongText | None]
