"""The check of the ledger costs as much per gift however many gifts there are."""

from pathlib import Path

from sqlalchemy import text

from campaign.extensions import db
from campaign.services.ledger.check import CHECKS
from tests.bench.installation import Installation, copy_of, install

FEW, TIMES = 40, 4
"""So many gifts at first, and so many times as many at the end."""
MIN_STEPS = 20_000
"""A rule that takes fewer steps of SQLite's machine than this says nothing about growth."""


def test_no_rule_reads_all_gifts_again_for_each_gift(tmp_path: Path) -> None:
    template = install(tmp_path / "template")
    few, many = (_steps(copy_of(template, tmp_path / str(gifts), gifts=gifts)) for gifts in (FEW, FEW * TIMES))
    grown = {rule: (few[rule], steps) for rule, steps in many.items() if steps > MIN_STEPS}
    assert {rule: steps for rule, steps in grown.items() if steps[1] > 2 * TIMES * steps[0]} == {}


def _steps(made: Installation) -> dict[str, int]:
    """The steps of SQLite's machine that each rule takes, in hundreds rounded down."""
    steps: dict[str, int] = {}
    with made.app(), db.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        for check in CHECKS:
            count = [0]

            def add(count: list[int] = count) -> int:
                count[0] += 100
                return 0

            driver.set_progress_handler(add, 100)
            connection.execute(text(check.broken)).all()
            driver.set_progress_handler(None, 0)
            steps[check.rule] = count[0]
    return steps
