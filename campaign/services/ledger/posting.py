"""The only service that writes the journal. It posts entries and sums postings, nothing else.

Callers bring their own transaction: the posting is committed or rolled back with the rest of it.
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, bindparam, case, func, insert, literal, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from campaign.domain.allocation import MoneyMayNotGoThere, NotEnoughFunds
from campaign.domain.errors import DomainError
from campaign.domain.journal import Account, Entry
from campaign.domain.money import Money
from campaign.models.fund import Fund
from campaign.models.journal import JournalEntry, Posting


class EntryConflict(DomainError):
    """The same source is posted again with other lines: one of the two is wrong."""


RAISED = (Account.CONTRIBUTIONS, Account.FEES_COVERED, Account.REFUNDS, Account.CHARGEBACKS, Account.TRADING)
"""Whose postings, turned round, add up to what was raised in a currency: gifts less what went back, as converted."""


@dataclass(frozen=True, slots=True)
class FundFlow:
    """The receipts and payments of one fund in one currency, in minor units; all positive but the balance."""

    fund_id: int
    currency: str
    contributed_minor: int
    fees_covered_minor: int
    refunded_minor: int
    charged_back_minor: int
    converted_minor: int  # brought in by conversion; negative in the currency that was converted away
    fees_minor: int
    transferred_in_minor: int
    transferred_out_minor: int
    spent_minor: int
    balance_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow:
    """One posting with its entry's header, as finance reads it."""

    entry_id: str
    recorded_at: datetime
    effective_on: date
    kind: str
    subject: str
    source: str
    line: int
    account: int
    fund_id: int | None
    fund_code: str | None
    currency: str
    amount_minor: int
    reference: str
    actor_id: int | None
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerFilter:
    """A part of the journal; days are effective days, both included. `after` is the last row shown, for paging."""

    campaign_id: int
    since: date | None = None
    until: date | None = None
    fund_id: int | None = None
    kinds: frozenset[str] = frozenset()
    subject: str | None = None
    subjects: tuple[str, ...] | None = None  # any of these; none at all where the tuple is empty


def post(
    session: Session, entry: Entry, *, campaign_id: int, at: datetime, actor_id: int | None = None, note: str = ""
) -> bool:
    """Write an entry; return False when the same entry exists.

    Raises EntryConflict when the source has other content, NotEnoughFunds and MoneyMayNotGoThere when the database
    refuses a voluntary move.
    """
    return post_all(session, [entry], campaign_id=campaign_id, at=at, actor_id=actor_id, note=note) == 1


def post_all(
    session: Session,
    entries: Sequence[Entry],
    *,
    campaign_id: int,
    at: datetime,
    actor_id: int | None = None,
    note: str = "",
) -> int:
    """Write several entries of one moment as `post` does; return the number of new ones.

    All lines go first and the headers last, whose trigger checks and seals them: two statements, however many there
    are.
    """
    known = _known(session, entries)
    fresh = [entry for entry in entries if entry.source not in known]
    new = [(_name(at, place), entry) for place, entry in enumerate(fresh)]
    if not new:
        return 0
    session.execute(_INSERT_LINES, [line for entry_id, entry in new for line in _lines(entry_id, entry)])
    headers = [
        {
            "id": entry_id,
            "transaction_id": 0,
            "campaign_id": campaign_id,
            "source": entry.source,
            "request_hash": entry.request_hash,
            "kind": entry.kind.value,
            "subject": entry.subject,
            "effective_on": entry.effective_on,
            "recorded_at": at,
            "reverses": entry.reverses,
            "actor_id": actor_id,
            "note": note or entry.note,
        }
        for entry_id, entry in new
    ]
    try:
        session.execute(_INSERT_HEADERS, headers)
    except IntegrityError as error:
        raise _refusal(error) from error
    return len(new)


def _known(session: Session, entries: Sequence[Entry]) -> set[str]:
    """Return the sources that are posted already; raise EntryConflict when one has another content."""
    rows = session.execute(_STANDING, {"sources": [entry.source for entry in entries]})
    standing: dict[str, str] = {row.source: row.request_hash for row in rows}
    for entry in entries:
        if standing.get(entry.source, entry.request_hash) != entry.request_hash:
            raise EntryConflict(entry.source)
    return set(standing)


def _name(at: datetime, place: int) -> str:
    """Return an entry's name, which sorts by moment and by place within it, so that a journal is in the order of events."""
    return f"{int(at.timestamp() * 1_000_000):014x}{place:02x}{secrets.token_hex(8)}"


def _lines(entry_id: str, entry: Entry) -> Iterable[dict[str, object]]:
    for number, line in enumerate(entry.lines, start=1):
        yield {
            "entry_id": entry_id,
            "transaction_id": 0,
            "line": number,
            "account": int(line.account),
            "fund_id": line.fund_id,
            "currency": line.amount.currency,
            "amount_minor": line.amount.minor,
            "reference": line.reference,
        }


# Built once, of the tables alone: every gift needs it.
_INSERT_LINES, _INSERT_HEADERS = insert(Posting.__table__), insert(JournalEntry.__table__)
_STANDING = select(JournalEntry.__table__.c.source, JournalEntry.__table__.c.request_hash).where(
    JournalEntry.__table__.c.source.in_(bindparam("sources", expanding=True))
)


def lock_funds(session: Session, fund_ids: Iterable[int]) -> None:
    """Lock these funds until the transaction ends, always in the same order, so that no two transactions deadlock.

    Gifts for the same funds do not wait: their lines only refer to the fund's key.
    """
    funds = select(Fund.id).where(Fund.id.in_(sorted(fund_ids))).order_by(Fund.id)
    session.execute(funds.with_for_update(key_share=True)).all()


def balance_of(session: Session, fund_id: int, currency: str) -> Money:
    """Return the balance of a fund: minus the sum of its postings."""
    total = session.execute(
        select(func.coalesce(func.sum(Posting.amount_minor), 0)).where(
            Posting.fund_id == fund_id, Posting.currency == currency
        )
    ).scalar_one()
    return Money(-int(total), currency)


def balances(session: Session, *, campaign_id: int) -> dict[int, dict[str, int]]:
    """Return fund id → currency → balance in minor units, without zeros."""
    by_fund: dict[int, dict[str, int]] = {}
    rows = session.execute(
        select(Posting.fund_id, Posting.currency, func.sum(Posting.amount_minor))
        .join(Fund, Fund.id == Posting.fund_id)
        .where(Fund.campaign_id == campaign_id)
        .group_by(Posting.fund_id, Posting.currency)
    )
    for fund_id, code, total in rows:
        if total and fund_id is not None:
            by_fund.setdefault(fund_id, {})[code] = -int(total)
    return by_fund


def fund_flows(session: Session, *, campaign_id: int) -> list[FundFlow]:
    """Return every fund's flows per currency, each a sum of postings; funds without a posting have no row."""

    def total(condition: ColumnElement[bool], sign: int = 1) -> ColumnElement[int]:
        amount = func.sum(case((condition, Posting.amount_minor), else_=0)) * literal(sign, Integer)
        return func.coalesce(amount, 0)

    account, amount = Posting.account, Posting.amount_minor
    rows = session.execute(
        select(
            Fund.id,
            Posting.currency,
            total(account == Account.CONTRIBUTIONS, -1),
            total(account == Account.FEES_COVERED, -1),
            total(account == Account.REFUNDS),
            total(account == Account.CHARGEBACKS),
            total(account == Account.TRADING, -1),
            total(account.in_((Account.PROVIDER_FEES, Account.DISPUTE_FEES))),
            total((account == Account.TRANSFERS) & (amount < 0), -1),
            total((account == Account.TRANSFERS) & (amount > 0)),
            total(account.in_((Account.GRANTS, Account.PROGRAMME))),
            -func.sum(amount),
        )
        .join(Fund, Fund.id == Posting.fund_id)
        .where(Fund.campaign_id == campaign_id)
        .group_by(Fund.id, Posting.currency)
        .order_by(Fund.id, Posting.currency)
    )
    return [FundFlow(row[0], row[1], *(int(minor) for minor in row[2:])) for row in rows]


def raised_with(session: Session, subject: str, *, campaign_id: int, currency: str) -> tuple[int, int] | None:
    """Return the campaign's total in a currency before and after a gift's money arrived, in minor units.

    Later gifts and refunds change neither. None when the gift brought nothing in this currency.
    """
    amount = func.coalesce(-func.sum(Posting.amount_minor), 0)
    of_raised = (Fund.campaign_id == campaign_id, Posting.currency == currency, Posting.account.in_(RAISED))
    all_raised = select(amount).join(Fund, Fund.id == Posting.fund_id).where(*of_raised)
    of_story = select(func.max(Posting.entry_id), amount).join(Fund, Fund.id == Posting.fund_id)
    of_story = of_story.join(JournalEntry, JournalEntry.id == Posting.entry_id).where(JournalEntry.subject == subject)
    entry_id, own = session.execute(of_story.where(*of_raised)).one()
    if entry_id is None:
        return None
    later = all_raised.where(Posting.entry_id > entry_id)  # usually few: the whole sum is read from an index alone
    after = int(session.execute(select(all_raised.scalar_subquery() - later.scalar_subquery())).scalar_one())
    return after - int(own), after


def account_totals(session: Session, *, campaign_id: int | None = None) -> dict[tuple[int, str], int]:
    """Return (account, currency) → sum of its postings, debit positive: the trial balance."""
    query = select(Posting.account, Posting.currency, func.sum(Posting.amount_minor)).group_by(
        Posting.account, Posting.currency
    )
    if campaign_id is not None:
        query = query.join(JournalEntry, JournalEntry.id == Posting.entry_id).where(
            JournalEntry.campaign_id == campaign_id
        )
    return {(account, code): int(total) for account, code, total in session.execute(query)}


def ledger_rows(
    session: Session, filters: LedgerFilter, *, after: tuple[datetime, str, int] | None = None, limit: int | None = None
) -> Iterable[LedgerRow]:
    """Yield the journal line by line, oldest first; `after` = (recorded_at, entry_id, line) of the last row shown."""
    query = _ledger_query(filters)
    if after is not None:
        at, entry_id, line = after
        query = query.where(
            (JournalEntry.recorded_at > at)
            | ((JournalEntry.recorded_at == at) & (JournalEntry.id > entry_id))
            | ((JournalEntry.recorded_at == at) & (JournalEntry.id == entry_id) & (Posting.line > line))
        )
    if limit is not None:
        query = query.limit(limit)
    for row in session.execute(query.execution_options(yield_per=1000)):
        yield LedgerRow(**row._mapping)  # noqa: SLF001  # SQLAlchemy's public name for it


def entries_of(session: Session, campaign_id: int, subject: str) -> Sequence[LedgerRow]:
    """Return all postings of one donation or allocation, in order."""
    return list(ledger_rows(session, LedgerFilter(campaign_id=campaign_id, subject=subject)))


def _ledger_query(filters: LedgerFilter) -> Select[*tuple[Any, ...]]:
    query = (
        select(
            JournalEntry.id.label("entry_id"),
            JournalEntry.recorded_at,
            JournalEntry.effective_on,
            JournalEntry.kind,
            JournalEntry.subject,
            JournalEntry.source,
            Posting.line,
            Posting.account,
            Posting.fund_id,
            Fund.code.label("fund_code"),
            Posting.currency,
            Posting.amount_minor,
            Posting.reference,
            JournalEntry.actor_id,
            JournalEntry.note,
        )
        .join(Posting, Posting.entry_id == JournalEntry.id)
        .outerjoin(Fund, Fund.id == Posting.fund_id)
        .where(JournalEntry.campaign_id == filters.campaign_id)
        .order_by(JournalEntry.recorded_at, JournalEntry.id, Posting.line)
    )
    if filters.since:
        query = query.where(JournalEntry.effective_on >= filters.since)
    if filters.until:
        query = query.where(JournalEntry.effective_on <= filters.until)
    if filters.fund_id is not None:
        query = query.where(Posting.fund_id == filters.fund_id)
    if filters.kinds:
        query = query.where(JournalEntry.kind.in_(filters.kinds))
    if filters.subject:
        query = query.where(JournalEntry.subject == filters.subject)
    if filters.subjects is not None:
        query = query.where(JournalEntry.subject.in_(filters.subjects))
    return query


def _refusal(error: IntegrityError) -> Exception:
    """Return the broken rule behind a trigger's message."""
    text = str(error.orig)
    if "the fund holds too little" in text:
        return NotEnoughFunds()
    if "the money may not go there" in text:
        return MoneyMayNotGoThere()
    if "stands already" in text or "uq_journal_entry_source" in text:
        return EntryConflict()
    return error
