"""Time inside the stand-in: the real clock plus an offset that only grows."""

import time


class OffsetClock:
    """Real time plus an offset, so a test can let a day pass without sleeping."""

    def __init__(self, offset_seconds: int = 0) -> None:
        self.offset_seconds = offset_seconds

    def now(self) -> int:
        """Whole seconds since 1970, as Stripe's ``created``."""
        return int(self.precise())

    def precise(self) -> float:
        """Seconds since 1970 with fractions, for what is due within a second."""
        return time.time() + self.offset_seconds
