"""The delay before the next attempt: doubled, capped, spread, and defined for any number of attempts."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from campaign.domain.backoff import JITTER, retry_delay

DELAYS = st.timedeltas(min_value=timedelta(milliseconds=1), max_value=timedelta(days=30))


@given(attempts=st.integers(0, 10**6), base=DELAYS, maximum=DELAYS, part=st.none() | st.floats(0, 1))
def test_a_delay_is_within_its_bounds(attempts: int, base: timedelta, maximum: timedelta, part: float | None) -> None:
    tolerance = timedelta(microseconds=1)
    delay = retry_delay(attempts, base=base, maximum=maximum, part=part)
    assert min(base, maximum) * (1 - JITTER) - tolerance <= delay <= maximum + tolerance


@given(attempts=st.integers(0, 100), base=DELAYS, maximum=DELAYS)
def test_delays_never_become_shorter(attempts: int, base: timedelta, maximum: timedelta) -> None:
    first, second = (retry_delay(n, base=base, maximum=maximum, part=1) for n in (attempts, attempts + 1))
    assert first <= second <= max(2 * first, timedelta(microseconds=1))


def test_delays_double_up_to_the_maximum() -> None:
    delays = [retry_delay(n, base=timedelta(seconds=10), maximum=timedelta(hours=1), part=1) for n in (1, 2, 3, 44)]
    assert delays == [timedelta(seconds=10), timedelta(seconds=20), timedelta(seconds=40), timedelta(hours=1)]
