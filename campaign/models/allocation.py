"""Moves of money that people decide: allocations (proposed by one, approved by another) and disbursements."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from campaign.domain.allocation import AllocationKind, AllocationState
from campaign.extensions import Key, Model
from campaign.models.columns import CurrencyCode, Minor, PrimaryKey, PublicId, check_values


class Allocation(Model):
    """Money of one fund that is to become another's, is to be taken back from it, or is to cover what it lacks."""

    __tablename__ = "allocation"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", "positive_amount"),
        check_values("kind", AllocationKind),
        check_values("state", AllocationState),
        CheckConstraint("(state = 'proposed') = (decided_by IS NULL)", "decided_by_somebody"),
        CheckConstraint("state <> 'approved' OR decided_by <> proposed_by", "approved_by_another"),
    )

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId]
    campaign_id: Mapped[int] = mapped_column(Key, ForeignKey("campaign.id"), index=True)
    kind: Mapped[str]
    source_id: Mapped[int] = mapped_column(Key, ForeignKey("fund.id"))
    target_id: Mapped[int] = mapped_column(Key, ForeignKey("fund.id"))
    currency: Mapped[CurrencyCode]
    amount_minor: Mapped[Minor]
    reason: Mapped[str]
    state: Mapped[str] = mapped_column(default=AllocationState.PROPOSED, index=True)
    proposed_by: Mapped[int] = mapped_column(Key, ForeignKey("staff.id"))
    proposed_at: Mapped[datetime]
    decided_by: Mapped[int | None] = mapped_column(Key, ForeignKey("staff.id"))
    decided_at: Mapped[datetime | None]
    decision_note: Mapped[str] = mapped_column(default="")


class Disbursement(Model):
    """Money that really left the bank for an event, a grant or a budget line, with its evidence."""

    __tablename__ = "disbursement"
    __table_args__ = (CheckConstraint("amount_minor > 0", "positive_amount"),)

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId]
    campaign_id: Mapped[int] = mapped_column(Key, ForeignKey("campaign.id"), index=True)
    fund_id: Mapped[int] = mapped_column(Key, ForeignKey("fund.id"))
    currency: Mapped[CurrencyCode]
    amount_minor: Mapped[Minor]
    paid_on: Mapped[date]
    payee: Mapped[str]
    evidence: Mapped[str]
    """The number of the invoice, act or statement that shows it."""
    recorded_by: Mapped[int] = mapped_column(Key, ForeignKey("staff.id"))
    recorded_at: Mapped[datetime]
