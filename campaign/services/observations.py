"""What the installation observed of itself, in the machine's time: signs of life and the last result of each check."""

from collections.abc import Iterable, Mapping

from sqlalchemy.orm import Session

from campaign.database import reading, transaction
from campaign.gateways.clock import Clock, machine_clock
from campaign.models.alarm import Observation

WORKER, MAIL_WORKER, SWEEP, ENDPOINT = "worker", "mail_worker", "sweep", "endpoint"
"""What is observed: a worker was at work, the money worker ended a round, and how the endpoint stood."""
BOOKS, RECEIPTS, COMPARISON = "books", "receipts", "comparison"
"""Checks whose last result is stored: of the books, of the receipts, and of our rows against the provider's."""

RESTORE = "restore"
"""When a backup was restored into this database, and of which moment it was."""


def note(name: str, *, clock: Clock, facts: Mapping[str, object] | None = None) -> None:
    """Record an observation now, in the machine's time; only the last one is stored."""
    with transaction() as session:
        session.merge(Observation(name=name, at=machine_clock(clock).now(), facts=dict(facts or {})))


def note_check(name: str, *, clock: Clock, problems: Iterable[str] = (), error: str | None = None) -> None:
    """Store the result of a check; a failed one leaves what is known from the last completed one."""
    good: dict[str, object] = {"good_at": machine_clock(clock).now().isoformat(), "problems": list(problems)}
    if error is not None:
        with reading() as session:
            last = observed(session, name)
            good = {**(last.facts if last else {}), "error": error}
    note(name, clock=clock, facts=good)


def observed(session: Session, name: str) -> Observation | None:
    """Return the last observation of a thing."""
    return session.get(Observation, name)
