"""Every row of every table, to see that nothing changed, or that nothing that stood was changed."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from campaign.extensions import Model
from tests.invariants.books.model import Line, Shape, shape

APPEND_ONLY = ("journal_entry", "posting", "donation_event", "audit_event")
ALL = tuple(table.name for table in Model.metadata.sorted_tables)
Rows = frozenset[tuple[str, ...]]


def rows(session: Session, tables: Iterable[str] = ALL) -> dict[str, Rows]:
    """table → its rows, bit for bit."""
    known = Model.metadata.tables
    return {name: frozenset(tuple(map(repr, row)) for row in session.execute(select(known[name]))) for name in tables}


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
    found: dict[str, set[Shape]] = {}
    for (subject, source, kind, day), of_entry in lines.items():
        found.setdefault(subject, set()).add(shape(source, kind, date.fromisoformat(day), *of_entry))
    return found
