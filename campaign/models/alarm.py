"""What the installation noticed about itself: signs of life, and alarms with who was told when."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign.domain.alarm import Severity
from campaign.extensions import Model
from campaign.models.columns import Facts, PrimaryKey, check_values

RINGS = text("cleared_at IS NULL")


class Observation(Model):
    """The last look at one thing: that the worker lives, that the sweep ended, how the provider's endpoint stands."""

    __tablename__ = "observation"

    name: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    facts: Mapped[Facts]


class Alarm(Model):
    """One time that an alarm rang, from the moment it was raised to the moment it was over. One of a key at a time."""

    __tablename__ = "alarm"
    __table_args__ = (
        check_values("severity", Severity),
        Index("uq_alarm_ringing", "key", unique=True, sqlite_where=RINGS, postgresql_where=RINGS),
    )

    id: Mapped[PrimaryKey]
    key: Mapped[str]
    """The rule's key, and behind a colon the case, where each case rings by itself."""
    severity: Mapped[str]
    since: Mapped[datetime | None]
    """Since when the trouble has lasted, which is before anybody noticed."""
    facts: Mapped[Facts]
    """What the sentence about it names."""
    raised_at: Mapped[datetime]
    notified_at: Mapped[datetime | None]
    """When staff were emailed."""
    cleared_at: Mapped[datetime | None] = mapped_column(index=True)
