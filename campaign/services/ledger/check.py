"""Every invariant of the ledger as a small check; problems are values, so that all of them are reported, not the first.

The checks are plain SQL on purpose: they share no code with what they check.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from campaign.services.ledger.fact_rules import FACT_CHECKS
from campaign.services.ledger.rules import ROW_CHECKS, Check
from campaign.services.ledger.sum_rules import SUM_CHECKS
from campaign.services.ledger.trail_rules import TRAIL_CHECKS

MAX_ROWS = 10
"""How many broken rows a problem names."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A broken invariant: its number in docs/ledger.md, its rule, and rows that break it."""

    invariant: int
    rule: str
    rows: tuple[str, ...]


CHECKS = (*SUM_CHECKS, *ROW_CHECKS, *TRAIL_CHECKS, *FACT_CHECKS)


def check_books(session: Session, *, checks: Iterable[Check] = CHECKS) -> list[Problem]:
    """Return all broken invariants among `checks`; an empty list means that the ledger is consistent."""
    problems = []
    for check in checks:
        rows = session.execute(text(f"{check.broken} LIMIT {MAX_ROWS}")).all()
        if rows:
            broken_rows = tuple(", ".join(str(value) for value in row) for row in rows)
            problems.append(Problem(check.invariant, check.rule, broken_rows))
    return problems
