"""The staff pages' list of donations at growing numbers of gifts: how many queries, how they read, how long they take."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

from sqlalchemy import event, select

from campaign.extensions import db
from campaign.models.campaign import Campaign
from campaign.models.donation import Donation
from campaign.services.gifts.listing import MAX_SUMMED, DonationFilter, donations, totals
from campaign.services.ledger.check import check_books
from tests.bench.client import NotMeasured
from tests.bench.installation import Installation
from tests.bench.results import Row, at_most, flat

REPEATS = 15
FLAT_WITHIN = 1.5
TOTALS_MS = 5
GROWING = ("donation", "donor", "refund")
"""Tables that grow with the gifts: none may be read whole for a page."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a part of the list costs: milliseconds of CPU, statements, and the growing tables that were read whole."""

    took_ms: float
    queries: int
    scans: tuple[str, ...]


def desk(installations: dict[int, Installation]) -> list[Row]:
    """The first page, a page deep in the list and the totals; then a check of all books at the largest size."""
    few, many = min(installations), max(installations)
    readings: dict[int, dict[str, Reading]] = {}
    check_ms: dict[int, float] = {}
    for gifts in (few, many):
        with installations[gifts].app():
            readings[gifts] = {name: _measured(read) for name, read in _parts().items()}
            check_ms[gifts] = _check_ms()
    rows = [
        row for name in readings[few] for row in _compared(name, readings[few][name], readings[many][name], gifts=many)
    ]
    per_gift = {gifts: took / gifts for gifts, took in check_ms.items()}
    what = f"ledger check, per gift: at {many:,} gifts ({check_ms[many] / 1000:.2f} s) vs fewest"
    return [*rows, flat(what, per_gift[many], per_gift[few], within=FLAT_WITHIN, unit="ms")]


def _parts() -> dict[str, Callable[[], object]]:
    campaign_id = db.session.execute(select(Campaign.id).where(Campaign.is_featured)).scalar_one()
    middle = select(Donation.public_id).order_by(Donation.id)
    count = db.session.execute(select(Donation.id).order_by(Donation.id.desc())).scalars().first() or 0
    deep = db.session.execute(middle.where(Donation.id >= count // 2).limit(1)).scalar_one()
    everything = DonationFilter(campaign_id=campaign_id)
    return {
        "first page": lambda: donations(everything),
        "page in the middle": lambda: donations(DonationFilter(campaign_id=campaign_id, before=deep)),
        "totals": lambda: totals(everything, most=MAX_SUMMED),
    }


def _compared(name: str, few: Reading, many: Reading, *, gifts: int) -> list[Row]:
    name_of_row = f"desk's donations, {name}"
    if name == "totals":  # of a bounded number, which the fewest gifts do not reach
        took = at_most(f"{name_of_row}: at {gifts:,} gifts", many.took_ms, aim=TOTALS_MS, unit="ms CPU")
    else:
        took = flat(
            f"{name_of_row}: at {gifts:,} gifts vs fewest", many.took_ms, few.took_ms, within=FLAT_WITHIN, unit="ms CPU"
        )
    return [
        took,
        Row(
            what=f"{name_of_row}: queries, tables read whole",
            ours=f"{many.queries}, {' '.join(many.scans) or 'none'}",
            limit=f"{few.queries}, none",
            aim="= limit",
            is_met=many.queries == few.queries and not many.scans,
        ),
    ]


def _measured(read: Callable[[], object]) -> Reading:
    statements: list[tuple[str, Any]] = []

    def listen(_connection: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        if statement.startswith("SELECT"):
            statements.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", listen)
    read()
    event.remove(db.engine, "before_cursor_execute", listen)
    took: list[float] = []
    for _ in range(REPEATS):
        begin = time.process_time()  # SQLite works in our own process, and other work does not count
        read()
        took.append((time.process_time() - begin) * 1000)
    return Reading(
        median(took), len(statements), tuple(sorted({scan for query in statements for scan in _scans(*query)}))
    )


def _scans(statement: str, parameters: Any) -> list[str]:
    """The growing tables that SQLite would read whole: a SCAN without a LIMIT reached through an index's order."""
    with db.engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
    steps = [str(step[3]).split() for step in plan]
    return [step[1] for step in steps if step[0] == "SCAN" and step[1] in GROWING]


def _check_ms() -> float:
    """How long every rule of the ledger takes, as `flask ledger check` runs them."""
    begin = time.perf_counter()
    if check_books(db.session()):
        raise NotMeasured("the ledger is broken")
    return (time.perf_counter() - begin) * 1000
