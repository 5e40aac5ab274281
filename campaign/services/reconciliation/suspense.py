"""Movements without a gift, decided by a person: a fee of the provider, or money in the suspense account.

Each decision is one entry in the ledger, one mark on the movement and one audit record, in one transaction; the payout
with which the movement left is updated in the same.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from campaign.database import transaction
from campaign.days import local_day
from campaign.domain.errors import DomainError, NotFound
from campaign.domain.fund import FundKind
from campaign.domain.journal import Entry
from campaign.domain.money import Money
from campaign.domain.payout_postings import fee_taken, identified, not_identified
from campaign.domain.payouts import MovementMatch
from campaign.gateways.clock import Clock
from campaign.models.fund import Fund
from campaign.models.payout import ProviderTransaction
from campaign.services import audit
from campaign.services.ledger import posting
from campaign.services.reconciliation import ledger_at_provider, payouts

FEE_CATEGORIES = frozenset({"fee", "tax", "network_cost"})
"""What the provider takes by itself, apart from the fee of a payment."""


class AlreadyExplained(DomainError):
    """The ledger matches this movement already; nothing was posted."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The kind of a movement, its campaign, and the person who decided."""

    word: str
    campaign_id: int
    actor_id: int


def book_fee(transaction_id: str, *, campaign_id: int, actor_id: int, clock: Clock) -> None:
    """Book a fee of the provider to the campaign's general fund.

    Raises:
        NotFound: there is no such movement.
        AlreadyExplained: it is matched.
    """
    with transaction() as session:
        row, missing = _open(session, transaction_id)
        general = select(Fund.id).where(Fund.campaign_id == campaign_id, Fund.kind == FundKind.GENERAL)
        entry = fee_taken(
            transaction_id=transaction_id,
            net=missing,
            fund_id=session.execute(general).scalar_one(),
            on=local_day(row.made_at),
        )
        _decide(session, row, entry, Decision("fee", campaign_id, actor_id), clock=clock)


def book_as_unidentified(transaction_id: str, *, campaign_id: int, actor_id: int, clock: Clock) -> None:
    """Book money of none of our gifts to the suspense account.

    Of a movement that the ledger has with another amount, book the difference.

    Raises:
        NotFound: there is no such movement.
        AlreadyExplained: it is matched.
    """
    with transaction() as session:
        row, missing = _open(session, transaction_id)
        entry = not_identified(transaction_id=transaction_id, net=missing, on=local_day(row.made_at))
        _decide(session, row, entry, Decision("unidentified", campaign_id, actor_id), clock=clock)


def release_identified(*, clock: Clock) -> None:
    """Release what gifts have matched since: every minute, because until then their money is in the ledger twice."""
    with transaction() as session:
        payouts.book(session, release_matched(session, at=clock.now()), clock=clock)


def release_matched(session: Session, *, at: datetime) -> set[int]:
    """Reverse the suspense entries of movements whose gift arrived since; return the payouts they left with."""
    unidentified = select(ProviderTransaction).where(ProviderTransaction.matched_by == MovementMatch.UNIDENTIFIED)
    # Under lock: another sweep, a repair, or an event of the payout that they leave with may read them too.
    rows = session.execute(unidentified.order_by(ProviderTransaction.id).with_for_update()).scalars()
    by_name = {row.provider_id: row for row in rows}
    booked, suspended = ledger_at_provider.booked(session, by_name), ledger_at_provider.in_suspense(session, by_name)
    changed: set[int] = set()
    for name, row in by_name.items():
        suspended_minor = suspended.get(name, 0)
        if not suspended_minor or sum(booked.get(name, {}).values()) - suspended_minor != row.net_minor:
            continue
        entry = identified(transaction_id=name, net=Money(suspended_minor, row.currency), on=local_day(at))
        posting.post(session, entry, campaign_id=ledger_at_provider.campaign_of(session, f"unidentified:{name}"), at=at)
        row.matched_by = MovementMatch.BOOKS
        changed |= {row.payout_id} if row.payout_id is not None else set()
    session.flush()
    return changed


def _open(session: Session, transaction_id: str) -> tuple[ProviderTransaction, Money]:
    """Return the movement under lock, and the part of it that our ledger lacks: something, or it is matched."""
    query = select(ProviderTransaction).where(ProviderTransaction.provider_id == transaction_id).with_for_update()
    row = session.execute(query).scalar_one_or_none()
    if row is None:
        raise NotFound(transaction_id)
    booked = ledger_at_provider.booked(session, [transaction_id]).get(transaction_id, {})
    missing = Money(row.net_minor - sum(booked.values()), row.currency)
    if row.matched_by is not None or not missing.minor:
        raise AlreadyExplained(transaction_id)
    return row, missing


def _decide(session: Session, row: ProviderTransaction, entry: Entry, decision: Decision, *, clock: Clock) -> None:
    at, word, actor_id = clock.now(), decision.word, decision.actor_id
    posting.post(session, entry, campaign_id=decision.campaign_id, at=at, actor_id=actor_id)
    known = update(ProviderTransaction).where(ProviderTransaction.id == row.id)
    session.execute(known.values(matched_by=word))
    audit.record(
        session,
        actor_id=actor_id,
        action=f"reconciliation:{word}",
        subject=f"transaction:{row.provider_id}",
        at=at,
        detail={"minor": row.net_minor, "currency": row.currency},
    )
    if row.payout_id is not None:
        payouts.book(session, {row.payout_id}, clock=clock)
