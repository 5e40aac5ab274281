"""Days in a time zone. An instant belongs to the day that the calendar on the wall shows there."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo


def day_as_typed(moment: datetime) -> date:
    """Return the day of a moment that somebody typed, in their own time: it has no time zone yet."""
    return moment.date()


def local_day(instant: datetime, zone: tzinfo) -> date:
    """The day on which an instant falls in a time zone."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return instant.astimezone(zone).date()


def start_of_day(day: date, zone: tzinfo) -> datetime:
    """The first instant of a day in a time zone, in UTC; where clocks jump over midnight, the first after the jump."""
    first = datetime.combine(day, time(), zone).astimezone(UTC)
    missing = day - local_day(first, zone)  # midnight does not exist: the round trip lands an hour before the day
    return first + timedelta(hours=1) if missing else first


def fiscal_year(day: date, first_month: int) -> tuple[date, date]:
    """Return the first and the last day of the fiscal year that a day falls into; it begins with the first day of a month."""
    first = date(day.year - (day.month < first_month), first_month, 1)
    return first, date(first.year + 1, first_month, 1) - timedelta(days=1)


def day_sent_as_midnight(instant: datetime) -> date:
    """A calendar day of no place, such as a bank's value day, that came as midnight in UTC."""
    return local_day(instant, UTC)


def end_of_day(day: date, zone: tzinfo) -> datetime:
    """The first instant that no longer belongs to a day, in UTC. Days have 23 or 25 hours where clocks change."""
    return start_of_day(day + timedelta(days=1), zone) if day < date.max else datetime.max.replace(tzinfo=UTC)


def offset_name(instant: datetime, zone: tzinfo) -> str:
    """How a time of day is told apart from that of other places: `UTC`, `UTC+6`, `UTC−3:30`."""
    offset = instant.astimezone(zone).utcoffset() or timedelta()
    minutes = abs(offset) // timedelta(minutes=1)
    if not minutes:
        return "UTC"
    sign = "\u2212" if offset < timedelta() else "+"
    return f"UTC{sign}{minutes // 60}" + (f":{minutes % 60:02}" if minutes % 60 else "")
