"""The scale of a chart: round numbers, so that a value can be read from it."""

STEPS = (1, 2, 5)
MAX_INTERVALS = 5


def ticks(top: int) -> tuple[int, ...]:
    """Return evenly spaced round numbers from zero to the first one at or above `top`, at most six of them.

    Each is 1, 2 or 5 with zeros, or a multiple of that.
    """
    top, power = max(top, 1), 1
    while True:
        for step in (factor * power for factor in STEPS):
            intervals = -(-top // step)
            if intervals <= MAX_INTERVALS:
                return tuple(step * number for number in range(intervals + 1))
        power *= 10
