"""The check of the books after each test, without the rules that cannot find anything in what the test wrote."""

import re
from functools import cache

from sqlalchemy import text
from sqlalchemy.orm import Session

from campaign.services.ledger.check import CHECKS, Problem, check_books
from campaign.services.ledger.rules import Check

TABLES_OF_A_QUERY = re.compile(r"\b(?:FROM|JOIN)\s+([a-z_]+)")


@cache
def tables_of(check: Check) -> frozenset[str]:
    """The tables that a rule reads. A rule whose tables are all empty finds nothing."""
    return frozenset(TABLES_OF_A_QUERY.findall(check.broken))


@cache
def _every_table() -> tuple[str, ...]:
    return tuple(sorted(frozenset().union(*map(tables_of, CHECKS))))


@cache
def _query_of_filled_tables() -> str:
    parts = (f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name})" for name in _every_table())  # noqa: S608
    return " UNION ALL ".join(parts)


def problems_of_filled_tables(session: Session) -> list[Problem]:
    """What `check_books` finds, by the rules that read at least one table with rows."""
    filled = frozenset(session.execute(text(_query_of_filled_tables())).scalars())
    return check_books(session, checks=[check for check in CHECKS if tables_of(check) & filled])
