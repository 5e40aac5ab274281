"""How long a queue waits before it tries a failed item again."""

import random
from datetime import timedelta

MAX_DOUBLINGS = 30
"""More are never needed: one second becomes 34 years. It keeps the product within what a timedelta holds."""
JITTER = 0.2
"""The part of a delay that is random, so that items which failed together do not come back together."""


def retry_delay(attempts: int, *, base: timedelta, maximum: timedelta, part: float | None = None) -> timedelta:
    """Return the delay after a failed attempt: `base`, doubled for each attempt after the first, up to `maximum`.

    Args:
        attempts: How many attempts were made, the failed one included.
        base: The delay after the first attempt.
        maximum: The longest delay.
        part: Which part of the jitter to take, from 0 (the shortest delay) to 1 (the whole); random by default.
    """
    doublings = min(max(attempts - 1, 0), MAX_DOUBLINGS)
    whole = maximum if base >= maximum / 2**doublings else base * 2**doublings
    chosen = random.random() if part is None else part  # noqa: S311  # spreads load, keeps no secret
    return whole * (1 - JITTER + JITTER * chosen)
