"""One table of currencies: amounts that are typed, sent to the provider, spelled and shown all follow it."""

from decimal import Decimal
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign.domain.amount_text import parse_amount
from campaign.domain.money import CURRENCIES, Money, currency
from campaign.i18n import LANGUAGES, money
from campaign.sandbox.core import currencies as at_provider
from campaign.sandbox.core.settings import USD_RATES
from receipts.document import Language
from receipts.reading import amount_from_words
from receipts.words import amount_in_words

OFFERED = ("USD", "EUR", "GBP", "KGS", "KZT", "TRY", "JPY", "KWD")
"""What a campaign may offer by our own promise; the table may hold more."""
CODES = st.sampled_from(sorted(CURRENCIES))
COUNTS = st.integers(1, 10**7)
"""How many of the currency's least steps an amount has."""
WRITTEN = {
    ("USD", 1234_50): ("$1,234.50", "1 234,50 $", "1 234,50 $"),
    ("EUR", 1234_50): ("€1,234.50", "1 234,50 €", "1 234,50 €"),
    ("GBP", 1234_50): ("£1,234.50", "1 234,50 £", "1 234,50 £"),
    ("KGS", 1234_50): ("KGS 1,234.50", "1 234,50 сом", "1 234,50 сом"),
    ("KZT", 1234_50): ("₸1,234.50", "1 234,50 ₸", "1 234,50 ₸"),
    ("TRY", 1234_50): ("₺1,234.50", "1 234,50 ₺", "1 234,50 ₺"),
    ("JPY", 1234): ("¥1,234", "1 234 ¥", "1 234 ¥"),
    ("KWD", 1_234_560): ("KWD 1,234.560", "1 234,560 KWD", "1 234,560 KWD"),
    ("UGX", 2500_00): ("UGX 2,500.00", "2 500,00 UGX", "2 500,00 UGX"),
}


def test_every_promised_currency_has_its_row() -> None:
    assert set(OFFERED) <= set(CURRENCIES)


@pytest.mark.parametrize("code", sorted(CURRENCIES))
def test_our_table_counts_as_the_provider_does(code: str) -> None:
    unit = currency(code)
    assert (unit.exponent, unit.step) == (at_provider.exponent(code.lower()), at_provider.step(code.lower()))


@given(code=CODES, count=COUNTS)
def test_a_typed_amount_reaches_the_provider_as_the_same_amount(code: str, count: int) -> None:
    unit = currency(code)
    typed = Money(count * unit.step, code).plain
    amount = parse_amount(typed, code)
    assert amount.minor % unit.step == 0
    assert Decimal(at_provider.major(amount.minor, code.lower())) == Decimal(typed)


@given(code=CODES, count=COUNTS)
def test_an_amount_from_the_provider_is_shown_as_the_same_amount(code: str, count: int) -> None:
    minor = count * currency(code).step
    assert Money(minor, code).decimal == Decimal(at_provider.major(minor, code.lower()))


@settings(deadline=None)  # the first number in words loads the speller
@given(code=CODES, count=COUNTS, language=st.sampled_from(get_args(Language)))
def test_the_words_on_a_receipt_say_the_same_amount(code: str, count: int, language: Language) -> None:
    unit = currency(code)
    words = amount_in_words(count * unit.step, code, unit.exponent, language)
    assert amount_from_words(words, unit.exponent, language) == count * unit.step


@pytest.mark.parametrize("language", get_args(Language))
@pytest.mark.parametrize("code", OFFERED)
def test_every_currency_has_nouns_of_its_own_on_a_receipt(code: str, language: Language) -> None:
    assert code not in amount_in_words(3 * 10 ** currency(code).exponent, code, currency(code).exponent, language)


@pytest.mark.parametrize(("code", "minor"), sorted(WRITTEN))
def test_an_amount_is_written_in_each_language_with_its_own_decimals(code: str, minor: int) -> None:
    shown = tuple(money(Money(minor, code), language=each, exact=True).replace("\u00a0", " ") for each in LANGUAGES)
    assert shown == WRITTEN[code, minor]


@pytest.mark.parametrize("code", OFFERED)
def test_the_minimum_gift_is_one_that_the_provider_accepts(code: str) -> None:
    """Fifty US cents after conversion: the least charge is judged in the currency of the settlement."""
    least = Money(currency(code).minimum_minor, code).decimal * Decimal(USD_RATES[code.lower()])
    assert least >= Decimal("0.50")


@pytest.mark.parametrize("code", sorted(CURRENCIES))
def test_the_minimum_gift_is_a_charge_in_whole_steps(code: str) -> None:
    assert currency(code).minimum_minor % currency(code).step == 0
