"""How long events and emails are retried: as long as staff pages and the handbook say."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from campaign.services.mail import delivery
from campaign.services.queues import inbox


@pytest.mark.parametrize(
    ("pause_after", "attempts_max"),
    [(inbox.pause_after, inbox.ATTEMPTS_MAX), (delivery.pause_after, delivery.ATTEMPTS_MAX)],
    ids=["events", "emails"],
)
def test_it_is_retried_for_about_two_days(pause_after: Callable[[int], timedelta], attempts_max: int) -> None:
    whole = sum((pause_after(attempts) for attempts in range(1, attempts_max)), timedelta())
    assert timedelta(hours=36) < whole < timedelta(hours=54)
