"""A monthly gift's tables: the provider's word is followed until the end, and every act is allowed or refused by name."""

from datetime import UTC, date, datetime
from itertools import product

import pytest

from campaign.domain import pledge
from campaign.domain.errors import DomainError
from campaign.domain.pledge import (
    Act,
    PledgeState,
    Word,
    end_of_skip,
    last_day_of,
    months_later,
    next_gift,
    refusal,
    told,
)


@pytest.mark.parametrize(("state", "word"), list(product(PledgeState, Word)))
def test_the_provider_s_word_is_followed_but_what_is_stopped_stays_stopped(state: PledgeState, word: Word) -> None:
    says = {
        Word.RUNS: PledgeState.ACTIVE,
        Word.PAUSED: PledgeState.PAUSED,
        Word.UNPAID: PledgeState.PAST_DUE,
        Word.ENDS: PledgeState.STOPPING,
        Word.OVER: PledgeState.STOPPED,
    }
    assert told(state, word) is (PledgeState.STOPPED if state is PledgeState.STOPPED else says[word])


@pytest.mark.parametrize(("state", "act"), list(product(PledgeState, Act)))
def test_every_act_is_allowed_or_refused_by_name(state: PledgeState, act: Act) -> None:
    broken = refusal(state, act)
    assert (broken is None) == ((state, act) in pledge.ASKED)
    assert broken is None or issubclass(broken, DomainError)


@pytest.mark.parametrize("state", [state for state in PledgeState if state is not PledgeState.STOPPED])
def test_stopping_at_once_is_never_refused_while_it_lives(state: PledgeState) -> None:
    assert refusal(state, Act.STOP) is None


def at(month: int, day: int, year: int = 2027) -> datetime:
    return datetime(year, month, day, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("period_ends", "paused_until", "expected"),
    [
        (at(1, 31), None, at(1, 31)),
        (at(1, 31), at(1, 20), at(1, 31)),
        (at(1, 31), at(2, 2), at(2, 28)),
        (at(1, 31), at(3, 5), at(3, 31)),
        (at(12, 15, 2026), at(1, 1), at(1, 15)),
    ],
)
def test_the_next_gift_comes_at_the_first_month_s_end_after_a_pause(
    period_ends: datetime, paused_until: datetime | None, expected: datetime
) -> None:
    assert next_gift(period_ends, paused_until) == expected


def test_a_skip_leaves_out_just_one_gift() -> None:
    for day in (1, 28, 31):
        first = at(1, day)
        assert next_gift(first, end_of_skip(first)) == months_later(first, 1)


def test_a_card_can_be_charged_until_its_month_is_over() -> None:
    assert [last_day_of(2027, 2), last_day_of(2028, 2), last_day_of(2026, 12)] == [
        date(2027, 2, 28),
        date(2028, 2, 29),
        date(2026, 12, 31),
    ]
