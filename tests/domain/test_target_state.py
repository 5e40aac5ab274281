"""What people read of an event or a grant follows from what staff did with it, and from the day."""

from datetime import date, timedelta

import pytest

from campaign.domain.fund import EventStatus, GrantStatus
from campaign.domain.target_state import TargetState, is_late_in_public, report_due_on, target_state

FIRST, LAST = date(2026, 12, 5), date(2026, 12, 6)


@pytest.mark.parametrize(
    ("kind", "status", "before", "within", "after"),
    [
        ("event", "planned", "planned", "planned", "day_over"),
        ("event", "open", "announced", "announced", "day_over"),
        ("event", "held", "held", "held", "held"),
        ("event", "reported", "reported", "reported", "reported"),
        ("event", "cancelled", "cancelled", "cancelled", "cancelled"),
        ("grant", "planned", "planned", "planned", "call_closed"),
        ("grant", "open", "announced", "call_open", "call_closed"),
        ("grant", "closed", "call_closed", "call_closed", "call_closed"),
        ("grant", "awarded", "awarded", "awarded", "awarded"),
        ("grant", "cancelled", "cancelled", "cancelled", "cancelled"),
    ],
)
def test_the_day_makes_a_state_of_what_staff_did(kind: str, status: str, before: str, within: str, after: str) -> None:
    days = (FIRST - timedelta(days=1), LAST, LAST + timedelta(days=1))
    states = [target_state(kind, status, first_day=FIRST, last_day=LAST, today=day) for day in days]
    assert states == [before, within, after]


@pytest.mark.parametrize("status", [*EventStatus, *GrantStatus])
def test_every_status_has_a_state_on_every_day(status: str) -> None:
    for kind in ("event", "grant"):
        assert target_state(kind, status, first_day=None, last_day=None, today=FIRST) in set(TargetState)


def test_a_report_is_due_30_days_after_the_last_day_and_late_in_public_14_days_later() -> None:
    due_on = report_due_on("held", last_day=LAST)
    assert due_on == date(2027, 1, 5)
    late = [is_late_in_public(due_on, today=due_on + timedelta(days=days)) for days in (-1, 14, 15)]
    assert late == [False, False, True]


def test_no_report_is_due_where_none_is_to_come() -> None:
    assert [report_due_on(status, last_day=LAST) for status in ("reported", "cancelled", "")] == [None, None, None]
    assert report_due_on("planned", last_day=None) is None
    assert report_due_on("planned", last_day=date.max) == date.max
