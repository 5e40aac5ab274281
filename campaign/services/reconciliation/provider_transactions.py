"""The provider's balance transactions in our rows: stored as reported, and matched with the ledger.

A transaction is matched when the lines of 1010 with its name add up to its net. Everything else stays a case for staff,
whatever its type: nothing is dropped.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session, aliased

from campaign.database import insert_once
from campaign.gateways.provider_account import TransactionFacts
from campaign.models.payout import Payout, ProviderTransaction
from campaign.services.reconciliation import ledger_at_provider

PAYOUT_CATEGORIES = frozenset({"payout", "payout_reversal"})
UNDONE_CATEGORIES = frozenset({"charge", "charge_failure"})
"""A debit that the bank refused after the provider had counted it: both movements were never money of ours."""
IN_BOOKS = ("books", "fee", "unidentified", "payout")
"""Explained by entries, so it is part of the payout that it left with."""


def store(session: Session, facts: Iterable[TransactionFacts], *, payout_id: int | None = None) -> int:
    """Store movements, once each; with `payout_id` also the payout they left with. Return the number of new ones."""
    new = 0
    for fact in facts:
        row = {
            "provider_id": fact.provider_id,
            "type": fact.type,
            "category": fact.category,
            "source_id": fact.source_id,
            "payment_id": fact.payment_id,
            "payout_id": payout_id,
            "currency": fact.net.currency,
            "amount_minor": fact.amount.minor,
            "fee_minor": fact.fee.minor,
            "net_minor": fact.net.minor,
            "description": fact.description,
            "made_at": fact.made_at,
            "available_at": fact.available_at,
            "is_foreign": False,
        }
        if insert_once(session, ProviderTransaction, row):
            new += 1
        elif payout_id is not None:
            known = update(ProviderTransaction).where(ProviderTransaction.provider_id == fact.provider_id)
            session.execute(known.values(payout_id=payout_id))
    return new


def match_transactions(session: Session, *, payout_id: int | None = None) -> set[int]:
    """Match open movements, of one payout or all, with the ledger; return the payouts of those matched now."""
    is_open: ColumnElement[bool] = ProviderTransaction.matched_by.is_(None)
    if payout_id is not None:
        is_open &= ProviderTransaction.payout_id == payout_id
    matched = _payouts_own(session, is_open) | _undone(session, is_open) | _in_books(session, is_open)
    return {number for number in matched if number is not None}


def _payouts_own(session: Session, is_open: ColumnElement[bool]) -> set[int | None]:
    """Match movements that are a payout, or a returned one."""
    known = select(Payout.provider_id)
    of_payout = ProviderTransaction.category.in_(PAYOUT_CATEGORIES) & ProviderTransaction.source_id.in_(known)
    return _marked(session, is_open & of_payout, "payout")


def _undone(session: Session, is_open: ColumnElement[bool]) -> set[int | None]:
    """Match a debit's money and its reversal, which together are zero."""
    other, both = aliased(ProviderTransaction), ProviderTransaction.category.in_(UNDONE_CATEGORIES)
    total = (
        select(func.sum(other.net_minor))
        .where(other.source_id == ProviderTransaction.source_id, other.category.in_(UNDONE_CATEGORIES))
        .correlate(ProviderTransaction)
        .scalar_subquery()
    )
    failed = (
        select(other.id)
        .where(other.source_id == ProviderTransaction.source_id, other.category == "charge_failure")
        .correlate(ProviderTransaction)
        .exists()
    )
    rows = session.execute(select(ProviderTransaction.id, total).where(is_open, both, failed)).all()
    names = _rows_of(session, [row[0] for row in rows if row[1] == 0])
    standing = ledger_at_provider.booked(session, [row.provider_id for row in names])
    free = [row.id for row in names if not standing.get(row.provider_id)]
    return _marked(session, ProviderTransaction.id.in_(free), "undone") if free else set()


def _in_books(session: Session, is_open: ColumnElement[bool]) -> set[int | None]:
    """Match movements whose lines on 1010 add up to their net."""
    rows = session.execute(
        select(ProviderTransaction.id, ProviderTransaction.provider_id, ProviderTransaction.net_minor).where(is_open)
    ).all()
    standing = ledger_at_provider.booked(session, [row.provider_id for row in rows])
    right = [row.id for row in rows if sum(standing.get(row.provider_id, {}).values()) == row.net_minor]
    payout_ids: set[int | None] = set()
    for some in ledger_at_provider.chunked(right):
        payout_ids |= _marked(session, ProviderTransaction.id.in_(some), "books")
    return payout_ids


def _rows_of(session: Session, ids: Sequence[int]) -> Sequence[ProviderTransaction]:
    query = select(ProviderTransaction).where(ProviderTransaction.id.in_(ids))
    return session.execute(query).scalars().all() if ids else []


def _marked(session: Session, which: ColumnElement[bool], word: str) -> set[int | None]:
    rows = session.execute(
        update(ProviderTransaction)
        .where(which)
        .values(matched_by=word)
        .returning(ProviderTransaction.payout_id)
        .execution_options(synchronize_session=False)
    )
    return set(rows.scalars())
