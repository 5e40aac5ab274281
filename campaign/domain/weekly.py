"""When the weekly email of the dashboard is due: a plain rule over days of the organisation."""

from datetime import date, timedelta

WEEK = timedelta(days=7)


def due_day(weekday: int, *, today: date, begun_on: date, last_due_on: date | None) -> date | None:
    """Return the day whose email is due and has not been sent; None where none is.

    Of weeks that nobody could send, the latest one alone is due; and never two within seven days, also where somebody chooses
    another day of the week.

    Args:
        weekday: 0 for Monday to 6 for Sunday.
        today: The organisation's day.
        begun_on: The day on which the person chose the email; the first one comes later.
        last_due_on: The day whose email was sent last.
    """
    due = today - timedelta(days=(today.weekday() - weekday) % 7)
    if due <= begun_on:
        return None
    return due if last_due_on is None or due - last_due_on >= WEEK else None
