"""A circuit breaker: a server that does not answer is left alone for a while, so that nobody waits for it in vain."""

import time
from collections.abc import Callable

PAUSE_SECONDS_MIN, PAUSE_SECONDS_MAX = 30.0, 300.0
"""How long a server is left alone after the first failure, and at most; each failure doubles it."""


class CircuitBreaker:
    """Counts the failures of one server in this process. Threads may share it."""

    def __init__(self, *, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._failures = 0
        self._open_until = 0.0

    @property
    def is_open(self) -> bool:
        """Whether the server is to be left alone now."""
        return self._failures > 0 and self._now() < self._open_until

    def note_success(self) -> None:
        self._failures = 0

    def note_failure(self) -> None:
        """Leave the server alone, longer each time. Tries that began together count as one failure."""
        if self.is_open:
            return
        pause = min(PAUSE_SECONDS_MIN * 2.0**self._failures, PAUSE_SECONDS_MAX)
        self._failures = min(self._failures + 1, 10)
        self._open_until = self._now() + pause
