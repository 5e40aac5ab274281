"""A monthly gift's tables: the provider's word is followed until the end, and every act is allowed or refused by name."""

from calendar import isleap
from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest

from campaign.domain import pledge
from campaign.domain.errors import DomainError
from campaign.domain.pledge import Act, PledgeState, PledgeWord, refusal, state_by_provider
from campaign.domain.pledge_dates import (
    charge_after,
    end_of_skip,
    first_charge_from,
    last_charge_before,
    last_day_of,
    next_gift,
)
from campaign.sandbox.billing.periods import next_end


@pytest.mark.parametrize(("state", "word"), list(product(PledgeState, PledgeWord)))
def test_the_providers_status_is_followed_but_a_stopped_pledge_stays_stopped(
    state: PledgeState, word: PledgeWord
) -> None:
    says = {
        PledgeWord.RUNS: PledgeState.ACTIVE,
        PledgeWord.PAUSED: PledgeState.PAUSED,
        PledgeWord.UNPAID: PledgeState.PAST_DUE,
        PledgeWord.ENDS: PledgeState.STOPPING,
        PledgeWord.OVER: PledgeState.STOPPED,
    }
    assert state_by_provider(state, word) is (PledgeState.STOPPED if state is PledgeState.STOPPED else says[word])


@pytest.mark.parametrize(("state", "act"), list(product(PledgeState, Act)))
def test_every_action_is_allowed_or_refused_by_name(state: PledgeState, act: Act) -> None:
    broken = refusal(state, act)
    assert (broken is None) == ((state, act) in pledge.REQUEST_TRANSITIONS)
    assert broken is None or issubclass(broken, DomainError)


@pytest.mark.parametrize("state", [state for state in PledgeState if state is not PledgeState.STOPPED])
def test_stopping_at_once_is_never_refused_while_it_lives(state: PledgeState) -> None:
    assert refusal(state, Act.STOP) is None


def at(month: int, day: int, year: int = 2027) -> datetime:
    return datetime(year, month, day, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("anchor", "period_ends", "paused_until", "expected"),
    [
        (at(12, 31, 2026), at(1, 31), None, at(1, 31)),
        (at(12, 31, 2026), at(1, 31), at(1, 20), at(1, 31)),
        (at(12, 31, 2026), at(1, 31), at(2, 2), at(2, 28)),
        (at(12, 31, 2026), at(1, 31), at(3, 5), at(3, 31)),
        (at(12, 31, 2026), at(2, 28), at(3, 2), at(3, 31)),
        (at(12, 31, 2026), at(2, 28), at(4, 2), at(4, 30)),
        (at(11, 15, 2026), at(12, 15, 2026), at(1, 1), at(1, 15)),
    ],
)
def test_the_next_gift_comes_at_the_first_month_s_end_after_a_pause(
    anchor: datetime, period_ends: datetime, paused_until: datetime | None, expected: datetime
) -> None:
    assert next_gift(anchor, period_ends, paused_until) == expected


MONTHLY = {"interval": "month", "interval_count": 1}
LEFT_OUT = (1, 2, 3, 6, 12)
"""How many gifts a donor may leave out."""


def charges_of(anchor: datetime, how_many: int) -> list[datetime]:
    """The first renewals as the sandbox's own calendar has them."""
    start = anchor_at = int(anchor.timestamp())
    renewals = []
    for _ in range(how_many):
        start = next_end(anchor_at, start, MONTHLY)
        renewals.append(datetime.fromtimestamp(start, UTC))
    return renewals


@pytest.mark.parametrize("year", range(2026, 2041))
def test_the_announced_charge_is_the_one_that_the_provider_makes(year: int) -> None:
    """For every day on which a gift may begin, after each of the months that may be short, for every pause."""
    for number in range(365 + isleap(year)):
        anchor = datetime(year, 1, 1, 20, 30, tzinfo=UTC) + timedelta(days=number)
        how_many = 13 if anchor.day <= 28 else 26
        charges = charges_of(anchor, how_many)
        for first in range(how_many - 12):
            second = timedelta(seconds=1)
            assert first_charge_from(anchor, charges[first]) == charges[first]
            assert first_charge_from(anchor, charges[first] + second) == charges[first + 1]
            assert last_charge_before(anchor, charges[first] + second) == charges[first]
            for months in LEFT_OUT:
                last = charge_after(anchor, charges[first], months - 1)
                assert last == charges[first + months - 1]
                assert next_gift(anchor, charges[first], end_of_skip(last)) == charges[first + months]


def test_a_card_can_be_charged_until_its_month_is_over() -> None:
    assert [last_day_of(2027, 2), last_day_of(2028, 2), last_day_of(2026, 12)] == [
        date(2027, 2, 28),
        date(2028, 2, 29),
        date(2026, 12, 31),
    ]
