"""The clock: the only source of the time, so that a test can set it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    """Returns the time: always aware, always UTC. campaign/days.py returns its day."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class SandboxClock:
    """The sandbox's time: the machine's plus the offset to which the sandbox was advanced.

    `ahead` is the file in which the sandbox stores the offset in seconds; without it, there is none.
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
    """Return the clock of this machine, for what workers do: the sandbox's time jumps ahead."""
    return SystemClock() if isinstance(clock, SandboxClock) else clock
