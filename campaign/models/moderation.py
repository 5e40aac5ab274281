"""Words and addresses whose names and messages a campaign does not show."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from campaign.domain.blocks import BlockKind
from campaign.extensions import Key, Model
from campaign.models.columns import PrimaryKey, PublicId, check_values


class ModerationBlock(Model):
    """One blocked word or address of a campaign."""

    __tablename__ = "moderation_block"
    __table_args__ = (UniqueConstraint("campaign_id", "kind", "value"), check_values("kind", BlockKind))

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId]
    campaign_id: Mapped[int] = mapped_column(Key, ForeignKey("campaign.id"))
    kind: Mapped[str]
    value: Mapped[str]
    """As it is compared: see domain/blocks.py."""
    typed: Mapped[str]
    """As staff wrote it; empty once the donor with this address is erased, whose value is a keyed digest then."""
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(Key, ForeignKey("staff.id"))
