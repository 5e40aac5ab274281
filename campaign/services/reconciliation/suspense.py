"""Movements that no gift explains, decided by a person: a fee that the provider took by itself, or somebody else's money.

Each decision is one entry in the books, one mark on the movement and one row of the audit trail, in one transaction; the
payout with which the movement left follows in the same.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from campaign.database import transaction
from campaign.days import local_day
from campaign.domain.errors import DomainError, NotFound
from campaign.domain.journal import Entry
from campaign.domain.money import Money
from campaign.domain.payout_postings import fee_taken, identified, not_identified
from campaign.gateways.clock import Clock
from campaign.models.fund import Fund
from campaign.models.payout import ProviderTransaction
from campaign.services import audit
from campaign.services.ledger import posting
from campaign.services.reconciliation import ledger_at_provider, payouts

FEE_CATEGORIES = frozenset({"fee", "tax", "network_cost"})
"""What the provider takes by itself, apart from the fee of a payment."""


class AlreadyExplained(DomainError):
    """The books explain this movement already; nothing was posted."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a movement is, in whose books, and who says so."""

    word: str
    campaign_id: int
    actor_id: int


def book_fee(transaction_id: str, *, campaign_id: int, actor_id: int, clock: Clock) -> None:
    """A fee that the provider took by itself is borne by the campaign's general fund. NotFound, AlreadyExplained."""
    with transaction() as session:
        row, missing = _open(session, transaction_id)
        general = select(Fund.id).where(Fund.campaign_id == campaign_id, Fund.kind == "general")
        entry = fee_taken(
            transaction_id=transaction_id,
            net=missing,
            fund_id=session.execute(general).scalar_one(),
            on=local_day(row.made_at),
        )
        _decide(session, row, entry, Decision("fee", campaign_id, actor_id), clock=clock)


def book_as_unidentified(transaction_id: str, *, campaign_id: int, actor_id: int, clock: Clock) -> None:
    """Money of none of our gifts is owed to whoever it turns out to be for. NotFound, AlreadyExplained.

    Of a movement that the books hold with another amount, what is missing there.
    """
    with transaction() as session:
        row, missing = _open(session, transaction_id)
        entry = not_identified(transaction_id=transaction_id, net=missing, on=local_day(row.made_at))
        _decide(session, row, entry, Decision("unidentified", campaign_id, actor_id), clock=clock)


def give_way(*, clock: Clock) -> None:
    """Take back what gifts have explained since: each minute, for until then their money stands in the books twice."""
    with transaction() as session:
        payouts.book(session, undo_where_known(session, at=clock.now()), clock=clock)


def undo_where_known(session: Session, *, at: datetime) -> set[int]:
    """Take back the makeshift of movements whose gift has been found since; the payouts that they left with."""
    made_do = select(ProviderTransaction).where(ProviderTransaction.explained_by == "unidentified")
    # Under lock: another sweep, a repair, or an event of the payout that they leave with may be looking at them too.
    rows = session.execute(made_do.order_by(ProviderTransaction.id).with_for_update()).scalars()
    by_name = {row.provider_id: row for row in rows}
    booked, kept = ledger_at_provider.booked(session, by_name), ledger_at_provider.kept_apart(session, by_name)
    changed: set[int] = set()
    for name, row in by_name.items():
        makeshift = kept.get(name, 0)
        if not makeshift or sum(booked.get(name, {}).values()) - makeshift != row.net_minor:
            continue
        entry = identified(transaction_id=name, net=Money(makeshift, row.currency), on=local_day(at))
        posting.post(session, entry, campaign_id=ledger_at_provider.campaign_of(session, f"unidentified:{name}"), at=at)
        row.explained_by = "books"
        changed |= {row.payout_id} if row.payout_id is not None else set()
    session.flush()
    return changed


def _open(session: Session, transaction_id: str) -> tuple[ProviderTransaction, Money]:
    """The movement under lock, and what of it our books do not say yet: something, or it is explained."""
    query = select(ProviderTransaction).where(ProviderTransaction.provider_id == transaction_id).with_for_update()
    row = session.execute(query).scalar_one_or_none()
    if row is None:
        raise NotFound(transaction_id)
    booked = ledger_at_provider.booked(session, [transaction_id]).get(transaction_id, {})
    missing = Money(row.net_minor - sum(booked.values()), row.currency)
    if row.explained_by is not None or not missing.minor:
        raise AlreadyExplained(transaction_id)
    return row, missing


def _decide(session: Session, row: ProviderTransaction, entry: Entry, decision: Decision, *, clock: Clock) -> None:
    now, word, actor_id = clock.now(), decision.word, decision.actor_id
    posting.post(session, entry, campaign_id=decision.campaign_id, at=now, actor_id=actor_id)
    known = update(ProviderTransaction).where(ProviderTransaction.id == row.id)
    session.execute(known.values(explained_by=word))
    audit.record(
        session,
        actor_id=actor_id,
        action=f"reconciliation:{word}",
        subject=f"transaction:{row.provider_id}",
        at=now,
        detail={"minor": row.net_minor, "currency": row.currency},
    )
    if row.payout_id is not None:
        payouts.book(session, {row.payout_id}, clock=clock)
