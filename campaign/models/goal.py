"""Goals of a campaign besides its sum; an empty one is not pursued."""

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from campaign.extensions import Key, Model


class CampaignGoals(Model):
    """How many gifts and donors a campaign hopes for, and what monthly gifts should bring each month."""

    __tablename__ = "campaign_goals"
    __table_args__ = (
        CheckConstraint("gifts > 0", "gifts"),
        CheckConstraint("donors > 0", "donors"),
        CheckConstraint("monthly_minor > 0", "monthly"),
    )

    campaign_id: Mapped[int] = mapped_column(Key, ForeignKey("campaign.id"), primary_key=True)
    gifts: Mapped[int | None]
    donors: Mapped[int | None]
    monthly_minor: Mapped[int | None] = mapped_column(BigInteger)
    """In the campaign's currency."""
