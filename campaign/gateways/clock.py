"""The time, from one place, so that a test can set it."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    """Tells the time; always aware, always UTC."""

    def now(self) -> datetime: ...

    def today(self) -> date: ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def today(self) -> date:
        return self.now().date()


class SandboxClock:
    """The sandbox's time: the machine's, and as far ahead as the sandbox was moved to rehearse what takes weeks.

    `ahead` is the file in which the sandbox keeps how many seconds that is; without it, none.
    """

    def __init__(self, ahead: Path) -> None:
        self._ahead = ahead

    def now(self) -> datetime:
        return SystemClock().now() + timedelta(seconds=self._ahead_seconds())

    def today(self) -> date:
        return self.now().date()

    def _ahead_seconds(self) -> int:
        try:
            return max(0, int(self._ahead.read_text(encoding="ascii")))
        except (OSError, ValueError):
            return 0
