"""What a dispute is: by its money first, by the provider's word second; every pair is in the table."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.domain.disputes import DISPUTE_STATES, DisputeState, DisputeWord, Held, dispute_state, held


def test_the_table_knows_every_pair() -> None:
    assert set(DISPUTE_STATES) == set(product(Held, DisputeWord))


@pytest.mark.parametrize(
    ("status", "where", "state"),
    [
        ("warning_needs_response", Held.NEVER, DisputeState.INQUIRY),
        ("warning_under_review", Held.NEVER, DisputeState.INQUIRY),
        ("warning_closed", Held.NEVER, DisputeState.CLOSED),
        ("prevented", Held.NEVER, DisputeState.CLOSED),
        ("needs_response", Held.NEVER, DisputeState.OPEN),
        ("needs_response", Held.NOW, DisputeState.OPEN),
        ("under_review", Held.NOW, DisputeState.OPEN),
        ("won", Held.NOW, DisputeState.OPEN),
        ("won", Held.BEFORE, DisputeState.WON),
        ("lost", Held.NEVER, DisputeState.OPEN),
        ("lost", Held.NOW, DisputeState.LOST),
        ("lost", Held.BEFORE, DisputeState.WON),
    ],
)
def test_money_decides_and_the_word_tells_the_rest(status: str, where: Held, state: DisputeState) -> None:
    assert dispute_state(status, where) is state


@given(status=st.text(), where=st.sampled_from(Held))
def test_an_unknown_word_moves_no_money(status: str, where: Held) -> None:
    known = {Held.NEVER: DisputeState.OPEN, Held.NOW: DisputeState.OPEN, Held.BEFORE: DisputeState.WON}
    if not status.startswith("warning_") and status not in {"won", "lost", "prevented"}:
        assert dispute_state(status, where) is known[where]


@pytest.mark.parametrize(
    ("withdrawals", "returns", "where"),
    [(0, 0, Held.NEVER), (1, 0, Held.NOW), (1, 1, Held.BEFORE), (2, 1, Held.NOW), (2, 2, Held.BEFORE)],
)
def test_every_withdrawal_waits_for_its_return(withdrawals: int, returns: int, where: Held) -> None:
    assert held(withdrawals=withdrawals, returns=returns) is where
