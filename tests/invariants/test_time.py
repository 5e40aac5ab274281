"""The time comes from the Clock, so that a test can set it."""

import re

from tests.support.tree import calls_in, name_of, sources

CLOCK_CALLS = re.compile(r"(datetime\.(now|utcnow|today|utcfromtimestamp)|date\.today)$")


def test_nobody_but_the_clock_asks_the_machine_for_the_time() -> None:
    callers = {
        name_of(file)
        for file in sources("campaign", "receipts", without=("campaign/sandbox",))
        for called, _ in calls_in(file)
        if CLOCK_CALLS.search(called)
    }
    assert callers == {"campaign/gateways/clock.py"}


def test_no_moment_is_made_without_a_time_zone() -> None:
    naive = [
        f"{name_of(file)}:{line}"
        for file in sources("campaign", "receipts", "tests")
        for called, line in calls_in(file)
        if called.endswith(("utcfromtimestamp", "utcnow"))
    ]
    assert not naive


def test_an_instant_becomes_a_day_in_the_calendar_alone() -> None:
    """`.date()` cuts the day off in whatever zone the instant happens to be in; days are the organisation's."""
    cut = {
        name_of(file)
        for file in sources("campaign", "receipts", without=("campaign/sandbox",))
        for called, _ in calls_in(file)
        if called.endswith((".date", "date.fromtimestamp"))
    }
    assert cut == {"campaign/domain/calendar.py"}
