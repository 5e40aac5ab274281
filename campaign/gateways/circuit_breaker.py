"""A circuit breaker: no request goes for a while to a server that does not answer, so that nobody waits in vain."""

import time
from collections.abc import Callable

MIN_PAUSE_SECONDS, MAX_PAUSE_SECONDS = 30.0, 300.0
"""How long a server is left alone after the first failure, and at most; each failure doubles it."""


class CircuitBreaker:
    """Counts the failures of one server in this process. Threads may share it."""

    def __init__(self, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._failures = 0
        self._open_until = 0.0

    @property
    def is_open(self) -> bool:
        """Return whether no request may go to the server now."""
        return self._failures > 0 and self._monotonic() < self._open_until

    def note_success(self) -> None:
        self._failures = 0

    def note_failure(self) -> None:
        """Open the circuit, longer each time. Attempts that began together count as one failure."""
        if self.is_open:
            return
        pause = min(MIN_PAUSE_SECONDS * 2.0**self._failures, MAX_PAUSE_SECONDS)
        self._failures = min(self._failures + 1, 10)
        self._open_until = self._monotonic() + pause
