"""Covering the fee: the gift arrives whole, and not a step more is added."""

from hypothesis import given
from hypothesis import strategies as st

from campaign.domain.fees import FeeModel, cover_for
from campaign.domain.money import CURRENCIES, Money

CARD = FeeModel(basis_points=290, fixed_minor=30)


def test_covering_25_dollars_adds_a_dollar_and_six_cents() -> None:
    assert cover_for(Money(25_00, "USD"), CARD) == Money(1_06, "USD")


def test_the_fee_is_estimated_upwards() -> None:
    assert CARD.fee_on(Money(25_01, "USD")) == Money(1_03, "USD")  # 72.529 cents and 30


def test_a_free_payment_needs_no_cover() -> None:
    assert cover_for(Money(25_00, "USD"), FeeModel(basis_points=0, fixed_minor=0)).minor == 0


@given(
    code=st.sampled_from(sorted(CURRENCIES)),
    gift_minor=st.integers(1, 10**8),
    basis_points=st.integers(0, 1500),
    fixed_minor=st.integers(0, 10_000),
)
def test_the_whole_gift_arrives_and_one_step_less_would_not_do(
    code: str, gift_minor: int, basis_points: int, fixed_minor: int
) -> None:
    step = CURRENCIES[code].step
    gift, model = Money(gift_minor * step, code), FeeModel(basis_points=basis_points, fixed_minor=fixed_minor)
    charge = gift + cover_for(gift, model)
    smaller = Money(charge.minor - step, code)
    assert charge.minor % step == 0
    assert gift <= charge - model.fee_on(charge)
    assert smaller - model.fee_on(smaller) < gift
