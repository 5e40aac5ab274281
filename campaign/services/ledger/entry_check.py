"""Checks that every entry of the journal is unchanged: its content against the stored hash."""

from collections.abc import Iterator
from itertools import groupby

from sqlalchemy import text
from sqlalchemy.orm import Session

from campaign.domain.journal import hash_of_request
from campaign.services.ledger.check import MAX_ROWS, Problem

INVARIANT = 11
ENTRIES_RULE = "an entry’s kind, day and lines are those that were posted"
LINES = """SELECT e.source, e.request_hash, e.kind, e.effective_on, e.reverses,
           p.account, p.fund_id, p.currency, p.amount_minor, p.reference
    FROM journal_entry e JOIN posting p ON p.entry_id = e.id ORDER BY e.id, p.line"""
ROWS_AT_A_TIME = 1000


def check_entries(session: Session) -> list[Problem]:
    """Return the rule, with the sources of up to `MAX_ROWS` entries that break it. It reads every posting."""
    changed = list(_changed(session))
    return [Problem(INVARIANT, ENTRIES_RULE, tuple(changed[:MAX_ROWS]))] if changed else []


def _changed(session: Session) -> Iterator[str]:
    rows = session.execute(text(LINES).execution_options(yield_per=ROWS_AT_A_TIME))
    for (source, stored, kind, day, reverses), lines in groupby(rows, key=lambda row: tuple(row[:5])):
        content = [[account, fund, code, minor, reference] for *_, account, fund, code, minor, reference in lines]
        if hash_of_request(kind, str(day), reverses, content) != stored:
            yield source
