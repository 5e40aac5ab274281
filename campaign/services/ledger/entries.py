"""The journal as rows to read: for the ledger's page and file, and the entries of one subject."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from campaign.models.fund import Fund
from campaign.models.journal import JournalEntry, Posting


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
