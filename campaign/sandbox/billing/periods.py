"""Billing periods: the same day of every month, or the last one of a month that is too short."""

import calendar
from datetime import UTC, datetime, timedelta
from typing import Final

from campaign.sandbox.core.json_types import Json
from campaign.sandbox.protocol.params import Group, Whole

DAY: Final = Group(
    {"day_of_month": Whole(1, 31), "hour": Whole(0, 23), "minute": Whole(0, 59), "second": Whole(0, 59)},
    required=("day_of_month",),
)


def anchor_of(subscription: Json) -> int:
    """Return the time from which periods are counted: the anchor, or an earlier time with the requested day."""
    anchor, config = int(subscription["billing_cycle_anchor"]), subscription["billing_cycle_anchor_config"]
    if config is None:
        return anchor
    in_january = datetime.fromtimestamp(anchor, UTC).replace(month=1, day=config["day_of_month"])
    return int(in_january.timestamp())


def next_occurrence(at: int, config: Json) -> int:
    """Return the next time of this day of the month, or of the last day of a month that is too short."""
    moment = datetime.fromtimestamp(at, UTC)
    clock = {name: config.get(name, getattr(moment, name)) for name in ("hour", "minute", "second")}
    first = moment.replace(month=1, day=config["day_of_month"], **clock)
    occurrences = (int(_months_after(first, moment.month - 1 + more).timestamp()) for more in (0, 1))
    return next(one for one in occurrences if one > at)


def next_end(anchor: int, start: int, recurring: Json) -> int:
    """Return the end of the period that begins at `start`, for a subscription anchored at `anchor`."""
    interval, count = recurring["interval"], recurring["interval_count"]
    first, at = (datetime.fromtimestamp(moment, UTC) for moment in (anchor, start))
    if interval in {"day", "week"}:
        return start + int(timedelta(**{f"{interval}s": count}).total_seconds())
    months = (at.year - first.year) * 12 + at.month - first.month
    return int(_months_after(first, months + count * (12 if interval == "year" else 1)).timestamp())


def _months_after(first: datetime, months: int) -> datetime:
    year, month = divmod(first.month - 1 + months, 12)
    year, month = first.year + year, month + 1
    return first.replace(year=year, month=month, day=min(first.day, calendar.monthrange(year, month)[1]))
