"""Who of the staff gets the weekly email of a campaign's dashboard."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from campaign.extensions import Key, Model
from campaign.models.columns import PrimaryKey, PublicId


class WeeklyReport(Model):
    """One person's weekly email about one campaign. Who stops it stays here, so that no week is told twice."""

    __tablename__ = "weekly_report"
    __table_args__ = (
        UniqueConstraint("staff_id", "campaign_id"),
        CheckConstraint("weekday BETWEEN 0 AND 6", "weekday"),
    )

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId]
    staff_id: Mapped[int] = mapped_column(Key, ForeignKey("staff.id"))
    campaign_id: Mapped[int] = mapped_column(Key, ForeignKey("campaign.id"))
    weekday: Mapped[int | None]
    """0 for Monday; NULL where they want none."""
    begun_on: Mapped[date]
    last_due_on: Mapped[date | None]
    """The day whose email was written last."""
