"""Retention rules that end in an erasure: receipts of erased donors, and donors who gave nothing for years."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from campaign.domain.pledge import PledgeState
from campaign.domain.retention import DAYS, RetentionName
from campaign.models.donation import Donation
from campaign.models.donor import Donor
from campaign.models.pledge import Pledge
from campaign.services.privacy.erasure import ErasureOrder, erase_in
from campaign.services.privacy.erasure_terms import current_terms
from campaign.services.privacy.receipt_erasure import count_due_receipts, erase_due_receipts


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptRule:
    """Receipts of erased donors lose their name and PDF on the day that was set at the erasure."""

    name: RetentionName = RetentionName.RECEIPTS
    days: int = DAYS[RetentionName.RECEIPTS]
    batch_rows: int = 100

    def with_days(self, days: int) -> Self:
        return replace(self, days=days)

    def due(self, session: Session, at: datetime) -> int:
        return count_due_receipts(session, at=at)

    def delete(self, session: Session, at: datetime) -> int:
        return erase_due_receipts(session, at=at, limit=self.batch_rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class DonorRule:
    """Donors whose last gift is long ago, and who give nothing monthly, are erased."""

    name: RetentionName = RetentionName.DONORS
    days: int = DAYS[RetentionName.DONORS]
    batch_rows: int = 20

    def with_days(self, days: int) -> Self:
        return replace(self, days=days)

    def due(self, session: Session, at: datetime) -> int:
        return session.execute(select(func.count()).select_from(Donor).where(self._is_due(at))).scalar_one()

    def delete(self, session: Session, at: datetime) -> int:
        query = select(Donor.public_id).where(self._is_due(at)).order_by(Donor.id).limit(self.batch_rows)
        names = session.execute(query).scalars().all()
        for name in names:
            erase_in(session, ErasureOrder(donor_public_id=name, actor_id=None), terms=current_terms(), at=at)
        return len(names)

    def _is_due(self, at: datetime) -> ColumnElement[bool]:
        before = at - timedelta(days=self.days)
        gives = select(Pledge.id).where(Pledge.donor_id == Donor.id, Pledge.state != PledgeState.STOPPED)
        is_newer = or_(Donation.created_at >= before, Donation.paid_at >= before)
        gave = select(Donation.id).where(Donation.donor_id == Donor.id, is_newer)
        return and_(Donor.erased_at.is_(None), Donor.created_at < before, ~gives.exists(), ~gave.exists())


ERASURE_RULES = (ReceiptRule(), DonorRule())
