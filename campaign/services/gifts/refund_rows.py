"""The rows of a gift's refunds, read for the rule of settling and written as it says. Part of a transaction."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from campaign.domain.identity import new_public_id
from campaign.domain.money import Money
from campaign.domain.settling_refunds import KnownRefund, RefundChange, RefundStatus
from campaign.models.donation import Refund


@dataclass(frozen=True, slots=True)
class RefundNews:
    """A refund that has reached a new state: what the donor may be told about."""

    public_id: str
    amount: Money
    state: str


def read_refunds(session: Session, donation_id: int) -> tuple[KnownRefund, ...]:
    """Read all refunds of a gift, requested ones included."""
    query = select(
        Refund.id,
        Refund.public_id,
        Refund.provider_id,
        Refund.amount_minor,
        Refund.state,
        Refund.settlement_id,
        Refund.failure_settlement_id,
    ).where(Refund.donation_id == donation_id)
    return tuple(
        KnownRefund(
            id=row.id,
            public_id=row.public_id,
            provider_id=row.provider_id,
            amount_minor=row.amount_minor,
            status=RefundStatus(row.state, row.settlement_id, row.failure_settlement_id),
        )
        for row in session.execute(query)
    )


def write_refunds(session: Session, donation_id: int, changes: Iterable[RefundChange]) -> list[RefundNews]:
    """Insert and update the rows; return the refunds that the donor may be told about."""
    written = [(_write_refund(session, donation_id, change), change) for change in changes]
    return [
        RefundNews(public_id, change.facts.amount, change.status.state)
        for public_id, change in written
        if change.is_new_state
    ]


def _write_refund(session: Session, donation_id: int, change: RefundChange) -> str:
    """Insert or update one row; return its public id."""
    facts, known = change.facts, change.known
    status = {
        "state": change.status.state,
        "provider_id": facts.provider_id,
        "settlement_id": change.status.settlement_id,
        "failure_settlement_id": change.status.failure_settlement_id,
        "next_try_at": None,
        "error": None,
    }
    if known is not None:
        session.execute(update(Refund).where(Refund.id == known.id).values(status))
        return known.public_id
    public_id = new_public_id()
    row = {
        "public_id": public_id,
        "donation_id": donation_id,
        "currency": facts.amount.currency,
        "amount_minor": facts.amount.minor,
        "reason": "",
        "requested_at": facts.made_at,
    }
    session.execute(insert(Refund), {**row, **status})
    return public_id
