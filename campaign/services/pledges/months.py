"""The payments of a monthly gift."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.domain.donation import DonationState
from campaign.domain.money import Money
from campaign.domain.receipt import ReceiptState
from campaign.models.donation import Donation
from campaign.models.receipt import Receipt, ReceiptFile

MONTHS_SHOWN = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthlyPayment:
    """One month's gift, with its receipt where one is valid."""

    public_id: str
    paid_at: datetime
    amount: Money
    refunded: Money
    receipt_number: str | None
    is_printed: bool


def months_of(session: Session, pledge_id: int) -> tuple[MonthlyPayment, ...]:
    """The months that were paid, newest first."""
    rows = session.execute(
        select(Donation, Receipt.number, ReceiptFile.receipt_id)
        .outerjoin(Receipt, (Receipt.donation_id == Donation.id) & (Receipt.state == ReceiptState.ISSUED))
        .outerjoin(ReceiptFile, ReceiptFile.receipt_id == Receipt.id)
        .where(Donation.pledge_id == pledge_id, Donation.state == DonationState.PAID)
        .order_by(Donation.paid_at.desc(), Donation.id.desc())
        .limit(MONTHS_SHOWN)
    )
    return tuple(
        MonthlyPayment(
            public_id=gift.public_id,
            paid_at=gift.paid_at,
            amount=Money(gift.gift_minor + gift.cover_minor, gift.currency),
            refunded=Money(gift.refunded_minor, gift.currency),
            receipt_number=number,
            is_printed=file is not None,
        )
        for gift, number, file in rows
        if gift.paid_at
    )
