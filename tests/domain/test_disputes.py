"""What a dispute is: by its money first, by the provider's word second; every pair is in the table."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.domain.disputes import (
    DISPUTE_STATES,
    DisputeState,
    DisputeWord,
    MoneyPosition,
    dispute_state,
    money_position,
)


def test_the_table_knows_every_pair() -> None:
    assert set(DISPUTE_STATES) == set(product(MoneyPosition, DisputeWord))


@pytest.mark.parametrize(
    ("status", "where", "state"),
    [
        ("warning_needs_response", MoneyPosition.NEVER, DisputeState.INQUIRY),
        ("warning_under_review", MoneyPosition.NEVER, DisputeState.INQUIRY),
        ("warning_closed", MoneyPosition.NEVER, DisputeState.CLOSED),
        ("prevented", MoneyPosition.NEVER, DisputeState.CLOSED),
        ("needs_response", MoneyPosition.NEVER, DisputeState.OPEN),
        ("needs_response", MoneyPosition.NOW, DisputeState.OPEN),
        ("under_review", MoneyPosition.NOW, DisputeState.OPEN),
        ("won", MoneyPosition.NOW, DisputeState.OPEN),
        ("won", MoneyPosition.BEFORE, DisputeState.WON),
        ("lost", MoneyPosition.NEVER, DisputeState.OPEN),
        ("lost", MoneyPosition.NOW, DisputeState.LOST),
        ("lost", MoneyPosition.BEFORE, DisputeState.WON),
    ],
)
def test_money_decides_and_the_status_word_adds_the_rest(
    status: str, where: MoneyPosition, state: DisputeState
) -> None:
    assert dispute_state(status, where) is state


@given(status=st.text(), where=st.sampled_from(MoneyPosition))
def test_an_unknown_word_moves_no_money(status: str, where: MoneyPosition) -> None:
    known = {
        MoneyPosition.NEVER: DisputeState.OPEN,
        MoneyPosition.NOW: DisputeState.OPEN,
        MoneyPosition.BEFORE: DisputeState.WON,
    }
    if not status.startswith("warning_") and status not in {"won", "lost", "prevented"}:
        assert dispute_state(status, where) is known[where]


@pytest.mark.parametrize(
    ("withdrawals", "returns", "where"),
    [
        (0, 0, MoneyPosition.NEVER),
        (1, 0, MoneyPosition.NOW),
        (1, 1, MoneyPosition.BEFORE),
        (2, 1, MoneyPosition.NOW),
        (2, 2, MoneyPosition.BEFORE),
    ],
)
def test_every_withdrawal_waits_for_its_return(withdrawals: int, returns: int, where: MoneyPosition) -> None:
    assert money_position(withdrawals=withdrawals, returns=returns) is where
