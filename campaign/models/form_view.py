"""How often the donation form was opened: a number for each day, campaign and language, and nothing about anybody."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from campaign.extensions import Key, Model


class FormViews(Model):
    """The forms opened on one day of the organisation."""

    __tablename__ = "form_views"
    __table_args__ = (CheckConstraint("views > 0", "positive"),)

    campaign_id: Mapped[int] = mapped_column(Key, ForeignKey("campaign.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    views: Mapped[int]
