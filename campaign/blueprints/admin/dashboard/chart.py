"""The chart of the way to the goal: its geometry in the units of a drawing of 720 × 300."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from babel.dates import format_date
from flask_babel import gettext as _

from campaign.domain.axis import ticks
from campaign.domain.money import Money, currency
from campaign.domain.pace import Pace
from campaign.i18n import current_language, day, exact_money, number

WIDTH, TOP, BOTTOM = 720, 24, 262
LABEL_WIDTH = 84
"""How far apart the names of months stand at least; on phones, where letters are larger, twice as far."""
MAX_MONTHS = 9
"""How many steps of one length the axis has at most, before it takes longer ones."""


@dataclass(frozen=True, slots=True)
class AxisLabel:
    """A place on an axis and its label; an axis line without one has an empty text."""

    at: float
    label: str
    on_phones: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalChart:
    """What the template draws; lines and areas are lists of points as SVG writes them."""

    amounts: Sequence[AxisLabel]
    months: Sequence[AxisLabel]
    goal_y: float
    raised: str
    even: str
    cone: str  # empty without a forecast
    expected: str
    today_x: float | None
    rows: Sequence[tuple[str, str, str]]  # day, that day, so far


class _Scale:
    def __init__(self, starts_on: date, ends_on: date, top: int) -> None:
        self._starts_on, self._days, self._top = starts_on, (ends_on - starts_on).days + 1, top

    def x(self, end_of: date) -> float:
        """Return the place of the end of a day; the end of the day before the first one is at the left."""
        return WIDTH * ((end_of - self._starts_on).days + 1) / self._days

    def y(self, value: int) -> float:
        return BOTTOM - (BOTTOM - TOP) * min(max(value, 0), self._top) / self._top

    def point(self, end_of: date, value: int) -> str:
        return f"{self.x(end_of):.1f},{self.y(value):.1f}"


def goal_chart(
    pace: Pace, days: Sequence[tuple[date, int]], *, starts_on: date, ends_on: date, currency_code: str
) -> GoalChart:
    """Return the drawing of the total by day, the goal, the even way to it and the forecast."""
    marks = _value_ticks(pace, days, currency_code)
    scale, unit = _Scale(starts_on, ends_on, marks[-1]), 10 ** currency(currency_code).exponent
    totals = _running(days)
    last = days[-1][0] if days else None
    start = f"0.0,{scale.y(0):.1f}"
    cone, expected = _forecast_lines(pace, scale, last=last, ends_on=ends_on)
    return GoalChart(
        amounts=[AxisLabel(scale.y(value), number(value // unit)) for value in marks],
        months=_months(scale, starts_on, ends_on),
        goal_y=scale.y(pace.goal),
        raised=" ".join([start, *(scale.point(on, total) for on, _value, total in totals)]) if totals else "",
        even=f"{start} {scale.point(ends_on, pace.goal)}",
        cone=cone,
        expected=expected,
        today_x=scale.x(last) if last and last < ends_on else None,
        rows=[
            (day(on), exact_money(Money(value, currency_code)), exact_money(Money(total, currency_code)))
            for on, value, total in totals
        ],
    )


def _forecast_lines(pace: Pace, scale: _Scale, *, last: date | None, ends_on: date) -> tuple[str, str]:
    """Return the area of the range and the line of what is expected; empty without a forecast."""
    if pace.forecast is None or last is None or last >= ends_on:
        return "", ""
    start = scale.point(last, pace.reached)
    high, low, expected = (
        scale.point(ends_on, value) for value in (pace.forecast.high, pace.forecast.low, pace.forecast.expected)
    )
    return f"{start} {high} {low}", f"{start} {expected}"


def _running(days: Sequence[tuple[date, int]]) -> list[tuple[date, int, int]]:
    total, rows = 0, []
    for on, value in days:
        total += value
        rows.append((on, value, total))
    return rows


def _value_ticks(pace: Pace, days: Sequence[tuple[date, int]], currency_code: str) -> list[int]:
    """Return the marks of the axis in minor units; a range far above goal and total is cut, so that these stay readable."""
    unit = 10 ** currency(currency_code).exponent
    highest = max(pace.goal, *(total for _on, _value, total in _running(days)), 0)
    if pace.forecast:
        highest = max(highest, min(pace.forecast.high, highest * 2))
    return [tick * unit for tick in ticks(-(-highest // unit))]


def _months(scale: _Scale, starts_on: date, ends_on: date) -> list[AxisLabel]:
    """Return where months begin within the campaign; of a long one every third, sixth or twelfth, with the year."""
    days = (ends_on - starts_on).days
    step = next((months for months in (1, 3, 6) if days <= months * MAX_MONTHS * 30), 12)
    marks: list[AxisLabel] = []
    free_from = free_on_phones = 0.0
    on = starts_on
    while on <= ends_on:
        x = scale.x(on - timedelta(days=1))
        is_mark = on == starts_on or on.month % step == 1 % step
        has_room = is_mark and free_from <= x <= WIDTH - LABEL_WIDTH
        label = format_date(on, format="LLLL" if step == 1 else "MM.yyyy", locale=current_language())
        on_phones = has_room and free_on_phones <= x <= WIDTH - 2 * LABEL_WIDTH
        if is_mark:
            marks.append(AxisLabel(x, label if has_room else "", on_phones=on_phones))
        free_from = x + LABEL_WIDTH if has_room else free_from
        free_on_phones = x + 2 * LABEL_WIDTH if on_phones else free_on_phones
        on = (on.replace(day=1) + timedelta(days=32)).replace(day=1)
    return marks


def describe(pace: Pace, *, currency_code: str, ends_on: date) -> str:
    """Return the chart in one sentence, for whoever cannot see it."""
    reached, goal = (exact_money(Money(value, currency_code)) for value in (pace.reached, pace.goal))
    sentence = _("%(reached)s of %(goal)s raised.", reached=reached, goal=goal)
    if not pace.forecast:
        return str(sentence)
    low, high = (exact_money(Money(value, currency_code)) for value in (pace.forecast.low, pace.forecast.high))
    more = _("Forecast for %(day)s: between %(low)s and %(high)s.", day=day(ends_on), low=low, high=high)
    return f"{sentence} {more}"
