"""The pace toward a goal: what is needed, what is likely, at every moment of a campaign's life."""

from datetime import date, timedelta

import pytest

from campaign.domain.pace import Forecast, Pace, forecast_of, pace_of

START, END = date(2026, 10, 1), date(2026, 12, 9)  # 70 days


def pace_after(days: list[int], *, goal: int = 7000, today: date | None = None) -> Pace:
    today = today or START + timedelta(days=len(days) - 1)
    return pace_of(goal=goal, per_day=days, starts_on=START, ends_on=END, today=today)


def test_the_needed_pace_brings_the_goal_by_the_last_day() -> None:
    pace = pace_after([100] * 20)
    assert (pace.days_gone, pace.days_left) == (20, 51)  # today is in both
    assert (pace.so_far_per_day, pace.recent_per_day, pace.recent_days) == (100, 100, 14)
    assert pace.needed_per_day == 99  # 5,000 in 51 days, rounded up
    assert pace.needed_per_day * pace.days_left >= pace.missing
    assert pace.expected_on == START + timedelta(days=19 + 50)


def test_without_a_gift_everything_is_still_to_come() -> None:
    pace = pace_after([0])
    assert (pace.reached, pace.missing, pace.needed_per_day) == (0, 7000, 100)
    assert (pace.so_far_per_day, pace.expected_on, pace.forecast, pace.reached_on) == (0, None, None, None)


def test_before_the_first_day_all_days_are_left() -> None:
    pace = pace_after([], today=START - timedelta(days=10))
    assert (pace.days_gone, pace.days_left, pace.recent_days, pace.needed_per_day) == (0, 70, 0, 100)
    assert (pace.expected_on, pace.forecast) == (None, None)


def test_past_the_goal_nothing_is_needed_and_the_day_is_named() -> None:
    pace = pace_after([4000, 2000, 1500, 10])
    assert (pace.missing, pace.needed_per_day, pace.reached_on) == (0, None, START + timedelta(days=2))
    assert pace.expected_on is None


def test_a_goal_that_was_lost_by_a_refund_counts_from_when_it_stood_again() -> None:
    assert pace_after([7000, -500, 100]).reached_on is None
    assert pace_after([7000, -500, 600]).reached_on == START + timedelta(days=2)


def test_after_the_end_nothing_is_forecast() -> None:
    pace = pace_after([10] * 75)
    assert (pace.days_gone, pace.days_left) == (70, 0)
    assert (pace.needed_per_day, pace.expected_on, pace.forecast) == (None, None, None)


def test_steady_days_have_a_forecast_without_a_range() -> None:
    assert forecast_of([100] * 30, reached=3000, days_left=10) == Forecast(
        low=4000, expected=4000, high=4000, per_day=100, from_days=28
    )


def test_the_range_is_that_of_a_normal_distribution() -> None:
    """Days of 0 and 200 by turns: mean 100, standard deviation 101.9; √(10 + 10²/28) days of it, 1.2816 times."""
    forecast = forecast_of([0, 200] * 14, reached=2800, days_left=10)
    assert forecast is not None
    assert forecast.expected == 3800
    assert forecast.high - forecast.expected == forecast.expected - forecast.low == pytest.approx(481, abs=2)


def test_the_range_never_ends_below_what_is_reached() -> None:
    forecast = forecast_of([0] * 27 + [5000], reached=5000, days_left=5)
    assert forecast is not None
    assert forecast.low == 5000 < forecast.expected < forecast.high
    falling = forecast_of([-100] * 10, reached=500, days_left=9)
    assert falling is not None
    assert (falling.low, falling.expected, falling.high) == (500, 500, 500)


@pytest.mark.parametrize(("days", "left"), [(6, 10), (30, 0)])
def test_too_few_days_have_no_forecast(days: int, left: int) -> None:
    assert forecast_of([100] * days, reached=100 * days, days_left=left) is None


def test_days_without_any_gift_have_no_forecast() -> None:
    assert forecast_of([0] * 30, reached=0, days_left=10) is None
