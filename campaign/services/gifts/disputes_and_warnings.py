"""What others claim of a gift, as the desk shows it: disputes, fraud warnings, and the same gift paid twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session, aliased

from campaign.domain.disputes import UNDECIDED
from campaign.domain.donation import DonationState
from campaign.domain.fraud_hold import FraudHold
from campaign.domain.money import Money
from campaign.models.donation import Dispute, Donation, FraudWarning

TO_ANSWER = ("needs_response", "warning_needs_response", "appeal_needs_response")
"""The provider's words for a dispute that waits for our answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeRow:
    """A dispute of a gift."""

    provider_id: str
    amount: Money
    reason: str  # the provider's word
    state: str
    status: str  # the provider's word
    opened_at: datetime
    due_at: datetime | None

    @property
    def waits_for_us(self) -> bool:
        """Evidence can be given now."""
        return self.state in UNDECIDED and self.status in TO_ANSWER


@dataclass(frozen=True, slots=True, kw_only=True)
class WarningRow:
    """A suspicion of fraud."""

    provider_id: str
    sign: str  # a FraudSign
    is_actionable: bool
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """All claims on a gift. `paid_before` and `duplicates` are public ids of the gifts that were one in the donor's mind."""

    disputes: Sequence[DisputeRow]
    warnings: Sequence[WarningRow]
    paid_before: str | None
    duplicate_payments: Sequence[str]
    hold: FraudHold = FraudHold.NONE

    @property
    def states(self) -> set[str]:
        """The states of its disputes."""
        return {dispute.state for dispute in self.disputes}

    @property
    def is_suspected(self) -> bool:
        """Somebody is to decide: a refund may still prevent a dispute."""
        return self.hold is FraudHold.WAITING


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenClaims:
    """How many gifts of a campaign somebody should look after; `due_at` is the first day of answering."""

    disputes: int
    due_at: datetime | None
    suspected: int
    duplicate_payments: int


def claims_of(session: Session, gift: Donation) -> Claims:
    """Everything that is claimed of one gift, oldest first."""
    disputes = session.execute(select(Dispute).where(Dispute.donation_id == gift.id).order_by(Dispute.id)).scalars()
    warnings = session.execute(
        select(FraudWarning).where(FraudWarning.donation_id == gift.id).order_by(FraudWarning.id)
    ).scalars()
    before = select(Donation.public_id).where(Donation.id == gift.paid_again_for_id)
    again = select(Donation.public_id).where(Donation.paid_again_for_id == gift.id).order_by(Donation.id)
    return Claims(
        disputes=[_dispute(row) for row in disputes],
        warnings=[
            WarningRow(provider_id=row.provider_id, sign=row.sign, is_actionable=row.is_actionable, made_at=row.made_at)
            for row in warnings
        ],
        paid_before=session.execute(before).scalar() if gift.paid_again_for_id else None,
        duplicate_payments=list(session.execute(again).scalars()),
        hold=FraudHold(gift.fraud_hold),
    )


def open_claims(session: Session, campaign_id: int) -> OpenClaims:
    """What of a campaign's gifts waits for a person."""
    of_campaign = Donation.campaign_id == campaign_id
    undecided = (of_campaign, Dispute.state.in_(UNDECIDED))
    disputes = select(func.count(Dispute.id)).join(Donation, Donation.id == Dispute.donation_id).where(*undecided)
    due = select(func.min(Dispute.due_at)).join(Donation, Donation.id == Dispute.donation_id)
    suspected = select(func.count(Donation.id)).where(of_campaign, Donation.fraud_hold == FraudHold.WAITING)
    first = aliased(Donation)
    twice = select(func.count(Donation.id)).join(first, first.id == Donation.paid_again_for_id)
    row = session.execute(
        select(
            disputes.scalar_subquery(),
            due.where(*undecided, Dispute.status.in_(TO_ANSWER)).scalar_subquery(),
            suspected.scalar_subquery(),
            twice.where(of_campaign, _has_money(Donation), _has_money(first)).scalar_subquery(),
        )
    ).one()
    return OpenClaims(disputes=row[0], due_at=row[1], suspected=row[2], duplicate_payments=row[3])


def _has_money(gift: type[Donation]) -> ColumnElement[bool]:
    """Paid, and nothing of it went back: of two such payments of one gift, one should."""
    return and_(gift.state == DonationState.PAID, gift.refunded_minor == 0, gift.charged_back_minor == 0)


def _dispute(row: Dispute) -> DisputeRow:
    return DisputeRow(
        provider_id=row.provider_id,
        amount=Money(row.amount_minor, row.currency),
        reason=row.reason,
        state=row.state,
        status=row.status,
        opened_at=row.opened_at,
        due_at=row.due_at,
    )
