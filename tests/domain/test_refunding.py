"""What may be sent back of a gift, and what prevents it, without a database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.domain.disputes import DisputeLost, DisputeOpen, DisputeState
from campaign.domain.donation import DonationState, NotRefundable, RefundTooLarge
from campaign.domain.errors import DomainError
from campaign.domain.money import CurrencyMismatch, Money
from campaign.domain.refunding import RefundPosition, check_refund


def a_position(
    state: str = "paid", *, under_way_minor: int = 0, disputes: frozenset[str] = frozenset()
) -> RefundPosition:
    return RefundPosition(
        state=state, charge=Money(26_00, "USD"), under_way_minor=under_way_minor, dispute_states=disputes
    )


@pytest.mark.parametrize(
    ("position", "error"),
    [
        *((a_position(state), NotRefundable) for state in DonationState if state is not DonationState.PAID),
        (a_position(under_way_minor=26_00), NotRefundable),
        (a_position(disputes=frozenset({"open"})), DisputeOpen),
        (a_position(disputes=frozenset({"lost"})), DisputeLost),
        (a_position(disputes=frozenset({"open", "lost"}), under_way_minor=26_00), DisputeOpen),
    ],
)
def test_what_blocks_a_refund(position: RefundPosition, error: type[DomainError]) -> None:
    assert isinstance(position.blocker, error)
    with pytest.raises(error):
        position.check()


@pytest.mark.parametrize("state", [DisputeState.INQUIRY, DisputeState.WON, DisputeState.CLOSED])
def test_a_dispute_without_our_money_blocks_nothing(state: DisputeState) -> None:
    position = a_position(disputes=frozenset({state}), under_way_minor=6_00)
    assert (position.blocker, position.check()) == (None, Money(20_00, "USD"))


@given(minor=st.integers(-100, 3000), under_way_minor=st.integers(0, 25_99))
def test_no_more_is_refunded_than_was_paid(minor: int, under_way_minor: int) -> None:
    position = a_position(under_way_minor=under_way_minor)
    try:
        check_refund(Money(minor, "USD"), position.check())
    except RefundTooLarge:
        assert minor <= 0 or minor + under_way_minor > 26_00
    else:
        assert 0 < minor + under_way_minor <= 26_00


def test_another_currency_is_refused() -> None:
    with pytest.raises(CurrencyMismatch):
        check_refund(Money(1_00, "EUR"), a_position().check())
