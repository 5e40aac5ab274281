"""Billing periods: the same day of every month, or the last one of a month that is too short."""

import calendar
from datetime import UTC, datetime, timedelta

from campaign.sandbox.json_types import Json


def next_end(anchor: int, start: int, recurring: Json) -> int:
    """When the period that begins at ``start`` ends, for a subscription anchored at ``anchor``."""
    interval, count = recurring["interval"], recurring["interval_count"]
    first, now = (datetime.fromtimestamp(moment, UTC) for moment in (anchor, start))
    if interval in {"day", "week"}:
        return start + int(timedelta(**{f"{interval}s": count}).total_seconds())
    months = (now.year - first.year) * 12 + now.month - first.month
    return int(_months_after(first, months + count * (12 if interval == "year" else 1)).timestamp())


def _months_after(first: datetime, months: int) -> datetime:
    year, month = divmod(first.month - 1 + months, 12)
    year, month = first.year + year, month + 1
    return first.replace(year=year, month=month, day=min(first.day, calendar.monthrange(year, month)[1]))
