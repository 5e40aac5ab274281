"""The time zone of the organisation's profile, which every day of the program depends on: read rarely, then remembered.

It is read on a connection of its own, since days are needed within transactions too.
"""

import logging
import time
from pathlib import Path
from threading import Lock
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from campaign.database import DatabaseBusy, autocommit
from campaign.days import OWN_ZONE
from campaign.extensions import db
from campaign.models.organisation import Organisation

SECONDS = 5.0
"""For how long a process uses what it has read."""
log = logging.getLogger(__name__)


class OwnZone:
    """The time zone of the profile, at most some seconds old; one thread reads it while the others use the last one."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._zone: ZoneInfo | None = None
        self._read_at = float("-inf")

    def __call__(self) -> ZoneInfo | None:
        """Return the time zone; None where the profile names none or cannot be read."""
        age = time.monotonic() - self._read_at
        if age > SECONDS and self._lock.acquire(blocking=age == float("inf")):  # the first reader lets the others wait
            try:
                self._zone = _read(self._zone)
                self._read_at = time.monotonic()
            finally:
                self._lock.release()
        return self._zone

    def forget(self) -> None:
        """Read it again at the next use."""
        self._read_at = float("-inf")


def forget_time_zone() -> None:
    """Read the time zone again at its next use in this process, because it has changed."""
    own_zone: OwnZone = current_app.extensions[OWN_ZONE]
    own_zone.forget()


def _read(last: ZoneInfo | None) -> ZoneInfo | None:
    if not _is_there():
        return None
    try:
        with autocommit() as connection:
            name = connection.execute(select(Organisation.time_zone)).scalar()
    except (SQLAlchemyError, DatabaseBusy) as error:  # no table before the migrations, or no database just now
        log.debug("the time zone of the organisation cannot be read: %s", type(error).__name__)
        return last
    return ZoneInfo(name) if name else None


def _is_there() -> bool:
    """Return whether a connection would create nothing: SQLite makes the file that it does not find."""
    url = db.engine.url
    return not url.drivername.startswith("sqlite") or Path(url.database or "").exists()
