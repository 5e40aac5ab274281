"""Gifts of ours that wait for the provider longer than they should."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute

from campaign.database import reading
from campaign.domain.donation import DonationState
from campaign.models.donation import Donation
from campaign.services.reconciliation.comparison import Difference

OVERDUE = timedelta(minutes=15)
"""How long after a payment page has closed its event may take."""


FEE_LATE = timedelta(hours=1)
"""The provider tells its fee some seconds after a payment, at most an hour."""


def overdue_gifts(*, at: datetime) -> list[Difference]:
    """Return gifts whose payment page must be closed by now, without an event that says so."""
    is_over = (Donation.checkout_id.is_not(None), Donation.expires_at < at - OVERDUE)
    return _gifts("session_overdue", Donation.created_at, Donation.state == DonationState.OPEN, *is_over)


def gifts_under_way() -> list[Difference]:
    """Return gifts whose bank takes days: nothing is wrong with them, but their events may have been lost."""
    return _gifts("under_way", Donation.created_at, Donation.state == DonationState.PROCESSING)


def gifts_without_fee(*, at: datetime) -> list[Difference]:
    """Return paid gifts whose fee the provider has not reported."""
    waits = (Donation.settled_at.is_(None), Donation.payment_id.is_not(None), Donation.paid_at < at - FEE_LATE)
    return _gifts("fee_missing", Donation.paid_at, Donation.state == DonationState.PAID, *waits)


def _gifts(kind: str, at: InstrumentedAttribute[Any], *conditions: ColumnElement[bool]) -> list[Difference]:
    """Return our own gifts that a query selects."""
    with reading() as session:
        rows = session.execute(select(Donation.public_id, Donation.state, at).where(*conditions).order_by(Donation.id))
        return [
            Difference(kind=kind, subject=row[0], object_kind="gift", object_id=row[0], detail=row[1], at=row[2])
            for row in rows
        ]
