"""The weekly email: on the chosen day, never twice within a week, and a week that was missed is told once."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from campaign.domain.weekly import due_day

MONDAY = date(2026, 11, 30)
BEGUN = MONDAY - timedelta(days=20)


def test_it_is_due_on_its_day_and_until_it_is_sent() -> None:
    last = MONDAY - timedelta(days=7)
    due = [
        due_day(0, today=MONDAY + timedelta(days=days), begun_on=BEGUN, last_due_on=last) for days in (-1, 0, 1, 6, 7)
    ]
    assert due == [None, MONDAY, MONDAY, MONDAY, MONDAY + timedelta(days=7)]


def test_the_first_one_comes_after_the_day_on_which_it_was_chosen() -> None:
    assert due_day(0, today=MONDAY, begun_on=MONDAY, last_due_on=None) is None
    assert due_day(0, today=MONDAY, begun_on=MONDAY - timedelta(days=1), last_due_on=None) == MONDAY


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 20)), min_size=1, max_size=12))
def test_whatever_day_is_chosen_and_however_long_nobody_sends(steps: list[tuple[int, int]]) -> None:
    today, last, sent = MONDAY, None, list[date]()
    for weekday, days in steps:
        today += timedelta(days=days)
        due = due_day(weekday, today=today, begun_on=BEGUN, last_due_on=last)
        if due is not None:
            last = due
            sent.append(due)
            assert due_day(weekday, today=today, begun_on=BEGUN, last_due_on=last) is None
    assert all(later - earlier >= timedelta(days=7) for earlier, later in pairwise(sent))
