"""Amounts: read strictly from what people type, added only to their own kind."""

from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.domain.amount_text import AmbiguousAmount, AmountInOtherCurrency, InvalidAmount, ZeroAmount, parse_amount
from campaign.domain.money import CURRENCIES, CurrencyMismatch, Money, UnknownCurrency, currency, rounded


@pytest.mark.parametrize(
    ("typed", "minor"),
    [
        ("25", 25_00),
        (" 25 ", 25_00),
        ("25,5", 25_50),
        ("25,50", 25_50),
        ("25.50", 25_50),
        ("1 000", 1000_00),
        ("1\u00a0000", 1000_00),
        ("1\u202f234,5", 1234_50),
        ("1.000,50", 1000_50),
        ("1,000.50", 1000_50),
        ("1'000.50", 1000_50),
        ("1’000", 1000_00),
        ("1.234.567", 1_234_567_00),
        ("$25", 25_00),
        ("US$ 25", 25_00),
        ("25 $", 25_00),
        ("25 usd", 25_00),
        ("USD25", 25_00),
        ("5 долларов", 5_00),
        (".5", 50),
        (",50", 50),
        ("3.", 3_00),
        ("3,", 3_00),
        ("1 000.", 1000_00),
        ("25.5.", 25_50),
        ("$.75", 75),
        ("25. $", 25_00),
        ("25 долл.", 25_00),
        ("１００", 100_00),
        ("１２．５０", 12_50),
        ("＄２５", 25_00),
        ("٢٥", 25_00),
        ("۲۵٫۵", 25_50),
        ("١٬٥٠٠", 1500_00),
        ("२५", 25_00),
        ("1\u2009500", 1500_00),
        ("1\u2007500,50", 1500_50),
        ("\u200e25\u200f", 25_00),
        ("1\u200b000", 1000_00),
        ("1ʼ000", 1000_00),
    ],
)
def test_an_amount_is_read_as_it_was_meant(typed: str, minor: int) -> None:
    assert parse_amount(typed, "USD") == Money(minor, "USD")


@pytest.mark.parametrize("typed", ["5 000 сом", "5000 сомов", "KGS 5 000", "5000som", "5.000,00 СОМ"])
def test_som_are_read_with_their_name(typed: str) -> None:
    assert parse_amount(typed, "KGS") == Money(5000_00, "KGS")


UNREADABLE = [
    "abc",
    "$",
    "-5",
    "+5",
    "1e5",
    "0.001",
    "1,0000",
    "25.5.5",
    ".",
    ",",
    ".500",
    "1.500..",
    "..5",
    "3..",
    "½",
    "25²",
    "二十",
    "1,2,3",
    "12,34,567",
    "1,000,00",
    "0,500",
    "1.000.50",
    "1_000",
    "1234567890",
    "2USD5",
    "1/2",
    "0x19",
    "NaN",
    "<b>25</b>",
]


@pytest.mark.parametrize("typed", [*UNREADABLE, "", " ", "1 2 3", "10 20", "25 26", "25\x00"])
def test_an_unclear_amount_is_refused_and_never_guessed(typed: str) -> None:
    with pytest.raises(InvalidAmount):
        parse_amount(typed, "USD")


def test_a_text_longer_than_any_amount_is_not_parsed() -> None:
    """Not even where it would be one: reading thousands of blanks would keep everybody waiting."""
    assert parse_amount(" 25" + " " * 20, "USD") == Money(25_00, "USD")
    with pytest.raises(InvalidAmount):
        parse_amount("25" + " " * 60, "USD")


@pytest.mark.parametrize(("typed", "code"), [("500 сом", "USD"), ("KGS 500", "EUR"), ("€20", "USD"), ("$20", "KGS")])
def test_an_amount_in_another_currency_is_never_taken_for_this_one(typed: str, code: str) -> None:
    with pytest.raises(AmountInOtherCurrency):
        parse_amount(typed, code)


@pytest.mark.parametrize(
    ("typed", "code", "minor"),
    [("1000", "JPY", 1000), ("1,000", "JPY", 1000), ("1.250", "KWD", 1250), ("2,500", "UGX", 2500_00)],
)
def test_a_currency_without_cents_or_with_mils_is_read_in_its_own_units(typed: str, code: str, minor: int) -> None:
    assert parse_amount(typed, code) == Money(minor, code)


@pytest.mark.parametrize(
    ("typed", "code", "thousands", "decimals"),
    [
        ("1,500", "USD", 1500_00, 1_50),
        ("1.500", "USD", 1500_00, 1_50),
        ("10.001", "EUR", 10001_00, 10_00),
        ("100,000", "KGS", 100_000_00, 100_00),
        ("$1,500", "USD", 1500_00, 1_50),
        ("1.000 сом", "KGS", 1000_00, 1_00),
        ("1,500.", "USD", 1500_00, 1_50),
        ("１，５００", "USD", 1500_00, 1_50),
        ("١.٥٠٠", "USD", 1500_00, 1_50),
        ("١٫٥٠٠", "USD", 1500_00, 1_50),
    ],
)
def test_an_amount_with_two_readings_is_refused_with_both(typed: str, code: str, thousands: int, decimals: int) -> None:
    with pytest.raises(AmbiguousAmount) as refused:
        parse_amount(typed, code)
    assert refused.value.readings == (Money(thousands, code), Money(decimals, code))


@pytest.mark.parametrize("typed", ["0", "0.00", "0,0", "$0", "00"])
def test_zero_is_refused_by_its_own_name(typed: str) -> None:
    with pytest.raises(ZeroAmount):
        parse_amount(typed, "USD")


@given(st.integers(1, 999_999_999_99), st.sampled_from(["USD", "KGS", "JPY", "KWD"]))
def test_a_plain_amount_has_one_reading(minor: int, code: str) -> None:
    amount = Money(minor * currency(code).step, code)
    if amount.decimal < 10**9:
        assert parse_amount(amount.plain, code) == amount


def test_yen_have_no_decimals() -> None:
    with pytest.raises(InvalidAmount):
        parse_amount("10.50", "JPY")


@given(st.integers(1, 999_999_999_99), st.sampled_from(["USD", "EUR", "KGS"]), st.sampled_from(".,"))
def test_every_amount_that_is_written_out_is_read_back(minor: int, code: str, sign: str) -> None:
    assert parse_amount(f"{minor // 100}{sign}{minor % 100:02}", code).minor == minor


@given(st.text(max_size=20))
def test_no_text_at_all_breaks_the_reader(typed: str) -> None:
    with suppress(InvalidAmount):
        assert parse_amount(typed, "USD").minor > 0


def test_two_currencies_are_never_added_or_compared() -> None:
    with pytest.raises(CurrencyMismatch):
        Money(1, "USD") + Money(1, "EUR")
    with pytest.raises(CurrencyMismatch):
        assert Money(1, "USD") < Money(1, "KGS")


def test_an_amount_is_made_of_whole_minor_units_of_a_known_currency() -> None:
    with pytest.raises(TypeError):
        Money(1.5, "USD")  # type: ignore[arg-type]
    with pytest.raises(UnknownCurrency):
        Money(1, "XXX")


@pytest.mark.parametrize(
    ("minor", "code", "major"), [(1234, "USD", "12.34"), (50, "JPY", "50"), (1250, "KWD", "1.250")]
)
def test_major_units_are_exact(minor: int, code: str, major: str) -> None:
    assert Money(minor, code).decimal == Decimal(major)


@pytest.mark.parametrize(("value", "whole"), [("0.5", 0), ("1.5", 2), ("2.5", 2), ("-1.5", -2), ("2.51", 3)])
def test_conversions_round_half_to_even(value: str, whole: int) -> None:
    assert rounded(Decimal(value)) == whole


def test_every_minimum_is_a_charge_that_the_networks_take() -> None:
    assert all(unit.minimum_minor % unit.step == 0 for unit in CURRENCIES.values())
