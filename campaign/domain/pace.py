"""The pace of a campaign toward its goal, and a forecast of its last day: whole numbers, the same for every currency.

All amounts are minor units of one currency, or a count; days are the organisation's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import isqrt

RECENT_DAYS = 14
FORECAST_DAYS = 28
"""How many of the last whole days a forecast is made from, at most."""
LEAST_DAYS = 7
"""With fewer whole days there is no forecast: a weekend would decide it."""
SPREAD = 12816
"""The half width of the range in standard deviations, times 10,000: 8 of 10 results of a normal distribution."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """The total expected on the last day, and the range in which it ends in about 8 of 10 cases."""

    low: int
    expected: int
    high: int
    per_day: int
    from_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast a campaign goes and how fast it has to go."""

    goal: int
    reached: int
    days_gone: int  # today included
    days_left: int  # today included
    so_far_per_day: int
    recent_per_day: int
    recent_days: int
    needed_per_day: int | None  # None once the goal is reached or no day is left
    reached_on: date | None  # the first day on which the goal was reached, where the total did not fall below it again
    expected_on: date | None  # when the goal is reached at the pace of the forecast; None when not within ten years
    forecast: Forecast | None

    @property
    def missing(self) -> int:
        """Return what is missing until the goal; nothing past it."""
        return max(0, self.goal - self.reached)

    @property
    def short(self) -> int:
        """Return what will be missing on the last day: by the forecast, or at the recent pace while there is none."""
        expected = self.reached + self.recent_per_day * self.days_left
        return max(0, self.goal - (self.forecast.expected if self.forecast else expected))


def pace_of(*, goal: int, per_day: Sequence[int], starts_on: date, ends_on: date, today: date) -> Pace:
    """Return the pace as of today.

    Args:
        goal: What is to be reached, above zero.
        per_day: What came on each day from `starts_on` to today, below zero where more was returned; the first one
            includes what came before.
        starts_on: The first day of the campaign.
        ends_on: The last one.
        today: The day on which the figures are read.
    """
    days = list(per_day)
    reached, last = sum(days), min(today, ends_on)
    days_gone = max(0, (last - starts_on).days + 1)
    days_left = max(0, (ends_on - max(today, starts_on)).days + 1)
    recent_days = min(RECENT_DAYS, days_gone)
    recent_per_day = _per_day(sum(days[-recent_days:]), recent_days) if recent_days else 0
    missing = max(0, goal - reached)
    forecast = forecast_of(days[:-1], reached=reached, days_left=days_left) if today >= starts_on else None
    pace = forecast.per_day if forecast else recent_per_day
    return Pace(
        goal=goal,
        reached=reached,
        days_gone=days_gone,
        days_left=days_left,
        so_far_per_day=_per_day(reached, days_gone),
        recent_per_day=recent_per_day,
        recent_days=recent_days,
        needed_per_day=-(-missing // days_left) if missing and days_left else None,
        reached_on=_first_day_at(goal, days, starts_on=starts_on),
        expected_on=_day_at(missing, pace, today=today) if days_left and days_gone else None,
        forecast=forecast,
    )


def forecast_of(whole_days: Sequence[int], *, reached: int, days_left: int) -> Forecast | None:
    """Return what the last day will show if the days to come vary as the last whole ones did.

    The mean of the last days, times the days left, is added to what is reached. The range follows from how much those days
    varied among themselves, and widens because their mean is itself known from few days only. It never ends below what is
    reached: refunds to come are not forecast.

    Args:
        whole_days: What came on each day that is over, oldest first.
        reached: The total, with what came today.
        days_left: Today included.

    Returns:
        None where fewer than seven days are over, where nothing came on any of them, and after the end.
    """
    sample = list(whole_days[-FORECAST_DAYS:])
    count, total = len(sample), sum(sample)
    if count < LEAST_DAYS or days_left <= 0 or not any(sample):
        return None
    squares = count * sum(value * value for value in sample) - total * total  # the variance times count × (count − 1)
    half = SPREAD * isqrt(squares * days_left * (count + days_left) // (count * count * (count - 1))) // 10000
    expected = reached + total * days_left // count
    return Forecast(
        low=max(reached, expected - half),
        expected=max(reached, expected),
        high=max(reached, expected + half),
        per_day=_per_day(total, count),
        from_days=count,
    )


def _per_day(total: int, days: int) -> int:
    return total // days if days else 0


def _first_day_at(goal: int, days: Sequence[int], *, starts_on: date) -> date | None:
    """Return the day since which the total has stood at the goal or above."""
    total, since = 0, None
    for number, value in enumerate(days):
        total += value
        if total < goal:
            since = None
        elif since is None:
            since = starts_on + timedelta(days=number)
    return since


def _day_at(missing: int, per_day: int, *, today: date) -> date | None:
    if missing <= 0 or per_day <= 0 or (days := -(-missing // per_day)) > 3653:
        return None
    return today + timedelta(days=days)
