"""The organisation's days: every day that people read and that the ledger has is a day of its time zone.

Instants are UTC in the database and become days here, by the organisation's time zone or, without one, the setting TIME_ZONE.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from flask import current_app

from campaign.domain import calendar

if TYPE_CHECKING:
    from campaign.config import Config

OWN_ZONE = "organisation_time_zone"
"""The extension of the app that returns the time zone of the organisation's profile, None without one."""


def time_zone() -> ZoneInfo:
    """The organisation's time zone."""
    own_zone: Callable[[], ZoneInfo | None] = current_app.extensions[OWN_ZONE]
    config: Config = current_app.config["KURAK"]
    return own_zone() or config.time_zone


def local_day(instant: datetime) -> date:
    """Return the organisation's day of an instant."""
    return calendar.local_day(instant, time_zone())


def local_time(instant: datetime) -> datetime:
    """Return an instant in the organisation's time."""
    return instant.astimezone(time_zone())


def start_of_day(day: date) -> datetime:
    """Return the first instant of an organisation's day, in UTC."""
    return calendar.start_of_day(day, time_zone())


def local_moment(day: date, at: time) -> datetime:
    """Return the instant at which the organisation's clock shows this time on this day, in UTC."""
    return datetime.combine(day, at, tzinfo=time_zone()).astimezone(UTC)


def end_of_day(day: date) -> datetime:
    """Return the first instant after an organisation's day, in UTC: compare with `<`."""
    return calendar.end_of_day(day, time_zone())


def from_local(wall_clock: datetime) -> datetime:
    """Return the instant, in UTC, of a time as the organisation's clocks show it."""
    return wall_clock.replace(tzinfo=time_zone()).astimezone(UTC)


def offset_name(instant: datetime) -> str:
    """Return the name of the organisation's time at an instant: `UTC+6`."""
    return calendar.offset_name(instant, time_zone())
