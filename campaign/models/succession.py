"""Which campaign follows another one, and what the monthly donors who were asked about it answered."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from campaign.domain.succession import SuccessionAnswer
from campaign.extensions import Key, Model
from campaign.models.columns import Facts, PrimaryKey, check_values


class CampaignSuccession(Model):
    """The campaign in which monthly gifts may continue when this one ends."""

    __tablename__ = "campaign_succession"
    __table_args__ = (CheckConstraint("successor_id <> campaign_id", "another_campaign"),)

    campaign_id: Mapped[int] = mapped_column(Key, ForeignKey("campaign.id"), primary_key=True)
    successor_id: Mapped[int] = mapped_column(Key, ForeignKey("campaign.id"), index=True)
    purposes: Mapped[Facts]
    """Code of a purpose → code of the successor's purpose, as staff chose; the general fund for all others."""
    named_at: Mapped[datetime]
    named_by: Mapped[int | None] = mapped_column(Key, ForeignKey("staff.id"))


class PledgeSuccession(Model):
    """A monthly donor was asked whether their gift continues in a successor; without an answer it ends."""

    __tablename__ = "pledge_succession"
    __table_args__ = (
        UniqueConstraint("pledge_id", "campaign_id"),
        check_values("answer", SuccessionAnswer),
        CheckConstraint("moved_at IS NULL OR answer = 'yes'", "moved_by_a_yes"),
    )

    id: Mapped[PrimaryKey]
    pledge_id: Mapped[int] = mapped_column(Key, ForeignKey("pledge.id"))
    from_campaign_id: Mapped[int] = mapped_column(Key, ForeignKey("campaign.id"), index=True)
    from_fund_id: Mapped[int] = mapped_column(Key, ForeignKey("fund.id"))
    campaign_id: Mapped[int] = mapped_column(Key, ForeignKey("campaign.id"))
    fund_id: Mapped[int] = mapped_column(Key, ForeignKey("fund.id"))
    """With which purpose it continues, as the donor was asked."""
    requested_at: Mapped[datetime]
    answer: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    moved_at: Mapped[datetime | None]
    """When the gift's own row went over; the months of both campaigns are told apart by their bills."""
