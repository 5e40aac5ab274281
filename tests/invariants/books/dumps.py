"""Every row of every table, to see that nothing changed, or that nothing that stood was changed."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

import campaign.app_factory  # noqa: F401  # every model
from campaign.extensions import Model
from campaign.models.journal import JournalEntry, Posting
from tests.invariants.books.shapes import Line, Shape, shape

APPEND_ONLY = ("journal_entry", "posting", "donation_event", "audit_event")
ALL = tuple(table.name for table in Model.metadata.sorted_tables)
Rows = frozenset[tuple[str, ...]]
NO_FACTS = {"pledge": {"looked_at"}}
"""When the provider was last asked about something: it may be asked again and say the same."""


def rows(session: Session, tables: Iterable[str] = ALL) -> dict[str, Rows]:
    """table → its rows, bit for bit."""
    dump: dict[str, Rows] = {}
    for name in tables:
        facts = [column for column in Model.metadata.tables[name].c if column.name not in NO_FACTS.get(name, ())]
        dump[name] = frozenset(tuple(map(repr, row)) for row in session.execute(select(*facts)))
    return dump


def movements(session: Session) -> dict[str, int]:
    """The provider's name of a movement → what it moved on 1010."""
    query = text("SELECT reference, SUM(amount_minor) FROM posting WHERE account = 1010 GROUP BY reference")
    return {row[0]: int(row[1]) for row in session.execute(query)}


def totals_as_of(session: Session, moment: datetime) -> Rows:
    """Account, fund, currency and sum of what had been recorded by a moment."""
    query = (
        select(Posting.account, Posting.fund_id, Posting.currency, func.sum(Posting.amount_minor))
        .join(JournalEntry, JournalEntry.id == Posting.entry_id)
        .where(JournalEntry.recorded_at <= moment)
        .group_by(Posting.account, Posting.fund_id, Posting.currency)
    )
    return frozenset(tuple(map(str, row)) for row in session.execute(query))


def entries_by_subject(session: Session) -> dict[str, set[Shape]]:
    """subject → its entries, in the model's words."""
    query = text(
        "SELECT e.subject, e.source, e.kind, CAST(e.effective_on AS VARCHAR), "
        "p.account, p.fund_id, p.currency, p.amount_minor "
        "FROM journal_entry e JOIN posting p ON p.entry_id = e.id"
    )
    lines: dict[tuple[Any, ...], list[Line]] = {}
    for subject, source, kind, day, *line in session.execute(query):
        lines.setdefault((subject, source, kind, day), []).append((line[0], line[1], line[2], line[3]))
    dump: dict[str, set[Shape]] = {}
    for (subject, source, kind, day), of_entry in lines.items():
        dump.setdefault(subject, set()).add(shape(source, kind, date.fromisoformat(day), *of_entry))
    return dump
