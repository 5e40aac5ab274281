"""The scheduled checks of the ledger; the last result of each is stored with its time.

They run by the machine's time, and as soon as they are overdue. A check that is older than the worker, or than the last
restore of a backup, is overdue: while no worker ran, any tool may have replaced the database.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from campaign.database import reading
from campaign.gateways.clock import Clock, machine_clock
from campaign.services.ledger.check import Problem, check_books
from campaign.services.ledger.entry_check import check_entries
from campaign.services.observations import BOOKS, RECEIPTS, RESTORE, note_check, observed
from campaign.services.receipts.check import check_receipts

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ScheduledCheck:
    """One check: the name of its stored result, how often it runs, and its function."""

    name: str
    every: timedelta
    check: Callable[[Session], list[Problem]]


def _check_journal(session: Session) -> list[Problem]:
    return [*check_books(session), *check_entries(session)]


SCHEDULED = (
    ScheduledCheck(BOOKS, timedelta(hours=1), _check_journal),
    ScheduledCheck(RECEIPTS, timedelta(hours=24), check_receipts),
)


def run_due_checks(*, clock: Clock, started_at: datetime | None = None) -> bool:
    """Run every check that is due; a failing check is stored as such and does not stop the next one.

    `started_at` is the start of the calling worker, in the machine's time.
    """
    for scheduled in SCHEDULED:
        if _is_due(scheduled, clock, started_at):
            try:
                _run(scheduled, clock)
            except Exception as error:
                log.exception("the check %s failed", scheduled.name)
                note_check(scheduled.name, clock=clock, error=type(error).__name__)
    return False


def run_all_checks(*, clock: Clock) -> list[Problem]:
    """Run every check now and store each result; return the broken rules."""
    return [problem for scheduled in SCHEDULED for problem in _run(scheduled, clock)]


def _is_due(scheduled: ScheduledCheck, clock: Clock, started_at: datetime | None) -> bool:
    with reading() as session:
        row, restore = observed(session, scheduled.name), observed(session, RESTORE)
        if row is None:
            return True
        needed_since = [machine_clock(clock).now() - scheduled.every, started_at, restore.at if restore else None]
        return any(row.at <= moment for moment in needed_since if moment is not None)


def _run(scheduled: ScheduledCheck, clock: Clock) -> Sequence[Problem]:
    with reading() as session:
        problems = scheduled.check(session)
    for problem in problems:
        log.error("the books do not add up: %s: %s", problem.rule, "; ".join(problem.rows))
    note_check(scheduled.name, clock=clock, problems=[problem.rule for problem in problems])
    return problems
