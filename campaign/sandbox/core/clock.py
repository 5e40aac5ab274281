"""Time inside the stand-in: the real clock plus an offset that only grows."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager


class OffsetClock:
    """Real time plus an offset, so a test can let a day pass without sleeping."""

    def __init__(self, offset_seconds: int = 0) -> None:
        self.offset_seconds = offset_seconds
        self._pinned = threading.local()

    @contextmanager
    def at(self, moment: float) -> Iterator[None]:
        """Set the time of this thread to `moment`: a late job runs at the time at which it was due."""
        before = getattr(self._pinned, "moment", None)
        self._pinned.moment = moment
        try:
            yield
        finally:
            self._pinned.moment = before

    def now(self) -> int:
        """Return whole seconds since 1970, as in Stripe's `created`."""
        return int(self.precise())

    def precise(self) -> float:
        """Return seconds since 1970 with fractions, for what is due within a second."""
        moment: float | None = getattr(self._pinned, "moment", None)
        return self.unpinned() if moment is None else moment

    def unpinned(self) -> float:
        """Return the time of all threads, even if this one runs at another."""
        return time.time() + self.offset_seconds
