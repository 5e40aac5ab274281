"""The time, from one place, so that a test can set it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    """Tells the time; always aware, always UTC. Which day that is, campaign/days.py tells."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class SandboxClock:
    """The sandbox's time: the machine's, and as far ahead as the sandbox was moved to rehearse what takes weeks.

    `ahead` is the file in which the sandbox keeps how many seconds that is; without it, none.
    """

    def __init__(self, ahead: Path) -> None:
        self._ahead = ahead

    def now(self) -> datetime:
        return SystemClock().now() + timedelta(seconds=self._ahead_seconds())

    def _ahead_seconds(self) -> int:
        try:
            return max(0, int(self._ahead.read_text(encoding="ascii")))
        except (OSError, ValueError):
            return 0


def machine_clock(clock: Clock) -> Clock:
    """The clock of this machine, for what workers do: they do not live in the sandbox's time, which jumps ahead."""
    return SystemClock() if isinstance(clock, SandboxClock) else clock
