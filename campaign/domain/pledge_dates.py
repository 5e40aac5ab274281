"""The days on which a monthly gift is charged, counted from its anchor as the provider counts them."""

from calendar import monthrange
from datetime import date, datetime, timedelta
from typing import TypeVar

Day = TypeVar("Day", date, datetime)


def next_gift(anchor: datetime, period_ends_at: datetime, paused_until: datetime | None) -> datetime:
    """When the next gift is charged: at the end of the paid month, or at the first month's end after a pause.

    Months are counted from the anchor, as the provider counts them: after 28 February comes 31 March for a gift that
    was begun on the 31st.
    """
    months, at = 0, period_ends_at
    while paused_until is not None and at < paused_until:
        months += 1
        at = charge_after(anchor, period_ends_at, months)
    return at


def charge_after(anchor: datetime, charge_at: datetime, months: int) -> datetime:
    """The charge that comes so many months after a charge of a gift with this anchor day; 0 is that charge itself."""
    if months == 0:
        return charge_at
    return months_later(anchor, (charge_at.year - anchor.year) * 12 + charge_at.month - anchor.month + months)


def first_charge_from(anchor: datetime, end: datetime) -> datetime:
    """The first charge at or after a moment, by the anchor day; the one at the anchor itself is never meant."""
    return months_later(anchor, _months_until(anchor, end))


def last_charge_before(anchor: datetime, end: datetime) -> datetime:
    """The last charge before a moment, by the anchor day; the anchor itself where there is no other."""
    return months_later(anchor, _months_until(anchor, end) - 1)


def _months_until(anchor: datetime, end: datetime) -> int:
    months = max(1, (end.year - anchor.year) * 12 + end.month - anchor.month)
    return months if months_later(anchor, months) >= end else months + 1


def end_of_skip(next_at: datetime) -> datetime:
    """Until when to pause so that just one gift is left out: charges run a little late, so two days after it."""
    return next_at + timedelta(days=2)


def last_day_of(year: int, month: int) -> date:
    """The last day on which a card can be charged that expires in this month."""
    return date(year, month, monthrange(year, month)[1])


def months_later(at: Day, months: int) -> Day:
    """The same day of a later month, or its last day where it has fewer. Count from the anchor, never from a result."""
    year, month = divmod(at.month - 1 + months, 12)
    year, month = at.year + year, month + 1
    return at.replace(year=year, month=month, day=min(at.day, monthrange(year, month)[1]))
