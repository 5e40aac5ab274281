"""The way of a gift, as a table: every state and every fact, and what follows."""

import pytest

from campaign.domain.donation import TRANSITIONS, DonationState, Fact, next_state

CREATED, OPEN, PROCESSING, PAID, EXPIRED, FAILED = DonationState
RANK = {CREATED: 0, OPEN: 1, PROCESSING: 2, EXPIRED: 2, FAILED: 3, PAID: 4}
"""How much is known; a fact never leads to less."""

TABLE = {
    # state:    opened    unpaid      paid  expired  failed
    CREATED: (OPEN, PROCESSING, PAID, EXPIRED, FAILED),
    OPEN: (OPEN, PROCESSING, PAID, EXPIRED, FAILED),
    PROCESSING: (PROCESSING, PROCESSING, PAID, PROCESSING, FAILED),
    PAID: (PAID, PAID, PAID, PAID, PAID),
    EXPIRED: (EXPIRED, PROCESSING, PAID, EXPIRED, EXPIRED),
    FAILED: (FAILED, FAILED, PAID, FAILED, FAILED),
}
FACTS = (Fact.OPENED, Fact.UNPAID, Fact.PAID, Fact.EXPIRED, Fact.FAILED)
EVERY_PAIR = [(state, fact, TABLE[state][number]) for state in TABLE for number, fact in enumerate(FACTS)]


def test_the_table_has_every_state_and_every_fact() -> None:
    assert set(TABLE) == set(DonationState)
    assert set(FACTS) == set(Fact)


@pytest.mark.parametrize(("state", "fact", "expected"), EVERY_PAIR)
def test_a_fact_leads_where_the_table_says(state: DonationState, fact: Fact, expected: DonationState) -> None:
    assert next_state(state, fact) is expected


@pytest.mark.parametrize(("state", "fact", "expected"), EVERY_PAIR)
def test_a_repeated_fact_changes_nothing(state: DonationState, fact: Fact, expected: DonationState) -> None:
    assert next_state(expected, fact) is expected


@pytest.mark.parametrize(("state", "fact", "expected"), EVERY_PAIR)
def test_a_gift_never_goes_back(state: DonationState, fact: Fact, expected: DonationState) -> None:
    assert RANK[expected] >= RANK[state]


@pytest.mark.parametrize("state", DonationState)
def test_a_payment_overrides_every_other_fact(state: DonationState) -> None:
    assert next_state(state, Fact.PAID) is PAID


def test_every_transition_leads_somewhere_else() -> None:
    assert all(state is not after for (state, _), after in TRANSITIONS.items())
