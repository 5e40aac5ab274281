"""A full inbox worked off, on SQLite and PostgreSQL: how fast, and whether its cost and the workers' memory stay as they are.

As after an outage: all events of so many payments wait. The provider's answers are in memory.
"""

from pathlib import Path
from statistics import median

from campaign.extensions import db
from campaign.services.ledger.check import check_books
from tests.bench.client import NotMeasured
from tests.bench.crew import crew_of
from tests.bench.installation import Installation, install
from tests.bench.ready import ALL_OF_A_PAYMENT, wait_in_the_inbox
from tests.bench.results import Row, flat
from tests.bench.settling import durable_postgresql
from tests.bench.worker import SAMPLE_EVERY, Worked

EVENTS, EVENTS_QUICK = 50_000, 2_000
WORKERS = {"SQLite": 1, "PostgreSQL": 2}
"""SQLite has one writer at a time."""
MEMORY_TIMES, DEARER_TIMES = 1.1, 1.25
"""What the last tenth may need of the first one's memory, and of its CPU."""


def draining(folder: Path, *, quick: bool) -> list[Row]:
    """Three rows for each database: events a second, CPU and memory of the last tenth beside the first."""
    rows = _drained("SQLite", install(folder / "sqlite"), quick=quick)
    with durable_postgresql() as url:
        return rows + _drained("PostgreSQL", install(folder / "postgresql", database_url=url), quick=quick)


def _drained(kind: str, made: Installation, *, quick: bool) -> list[Row]:
    events, workers = EVENTS_QUICK if quick else EVENTS, WORKERS[kind]
    with made.app(), crew_of(workers, made) as crew:
        waiting = wait_in_the_inbox(events // len(ALL_OF_A_PAYMENT), events=ALL_OF_A_PAYMENT)
        seconds, worked = crew.settle("ours", waiting, workers=workers)
        if check_books(db.session()):
            raise NotMeasured("the books are broken after the inbox was drained")
    name = f"inbox of {waiting:,} events, {kind}, {workers} worker{'s' if workers > 1 else ''}"
    first_seconds, last_seconds = (max(_seconds_of(one, tenth) for one in worked) for tenth in (0, 9))
    first_mb, last_mb = (max(median(_tenth(one.resident_mb, tenth)) for one in worked) for tenth in (0, 9))
    return [
        Row(what=f"{name}: drained", ours=f"{waiting / seconds:,.0f} events/s"),
        flat(f"{name}: CPU of the last tenth vs first", last_seconds, first_seconds, within=DEARER_TIMES, unit="s"),
        flat(f"{name}: a worker's memory, the same", last_mb, first_mb, within=MEMORY_TIMES, unit="MB"),
    ]


def _tenth(samples: list[float], tenth: int) -> list[float]:
    """One tenth of what was noted."""
    if len(samples) < 10:
        raise NotMeasured(f"a worker did less than {10 * SAMPLE_EVERY} events")
    size = len(samples) // 10
    start = len(samples) - size if tenth == 9 else tenth * size
    return samples[start : start + size]


def _seconds_of(worked: Worked, tenth: int) -> float:
    """The CPU that a tenth of its events took."""
    at = [0.0, *worked.at_cpu_seconds]
    size = (len(at) - 1) // 10
    start = len(at) - 1 - size if tenth == 9 else tenth * size
    return at[start + size] - at[start]
