"""One table of currencies: amounts that are typed, sent to the provider, spelled and shown all follow it."""

from decimal import Decimal

import pytest
from babel.core import Locale
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign.domain import currencies
from campaign.domain.amount_text import parse_amount
from campaign.domain.money import CURRENCIES, Money, currency
from campaign.i18n import LANGUAGES, money
from campaign.sandbox.core import currencies as at_provider
from campaign.sandbox.core.settings import USD_RATES
from receipts.reading import amount_from_words
from receipts.words import amount_in_words

OFFERED = ("USD", "EUR", "GBP", "KGS", "KZT", "TRY", "JPY", "KWD")
"""What a campaign may offer by our own promise; the table may hold more."""
IN_WORDS = ("en", "ru", "ky")
"""Languages in which a receipt writes amounts in words."""
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


def test_every_promised_currency_has_its_row_and_an_unsupported_one_has_none() -> None:
    assert set(OFFERED) <= set(CURRENCIES)
    assert not {"RUB", "XAU", "BTC", "KPW", "kgs"} & set(CURRENCIES)


def test_our_table_counts_as_the_provider_does() -> None:
    ours = {code: (unit.exponent, unit.step) for code, unit in CURRENCIES.items()}
    assert ours == {code: (at_provider.exponent(code.lower()), at_provider.step(code.lower())) for code in CURRENCIES}
    assert {code for code, unit in CURRENCIES.items() if unit.exponent == 0} == currencies.ZERO_DECIMAL


def test_every_currency_of_the_table_is_known_to_cldr_and_to_the_sandbox() -> None:
    assert len(CURRENCIES) == 136
    assert set(CURRENCIES) <= set(Locale.parse("en").currencies)
    assert {code.lower() for code in CURRENCIES} <= set(USD_RATES)
    assert at_provider.MAXIMUM_MINOR == currencies.MAX_CHARGE_MINOR


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
@given(code=CODES, count=COUNTS, language=st.sampled_from(IN_WORDS))
def test_the_words_on_a_receipt_say_the_same_amount(code: str, count: int, language: str) -> None:
    unit = currency(code)
    words = amount_in_words(count * unit.step, code, unit.exponent, language)
    assert amount_from_words(words, unit.exponent, language) == count * unit.step


@pytest.mark.parametrize("language", IN_WORDS)
@pytest.mark.parametrize("code", OFFERED)
def test_every_currency_has_nouns_of_its_own_on_a_receipt(code: str, language: str) -> None:
    assert code not in amount_in_words(3 * 10 ** currency(code).exponent, code, currency(code).exponent, language)


@pytest.mark.parametrize(("code", "minor"), sorted(WRITTEN))
def test_an_amount_is_written_in_each_language_with_its_own_decimals(code: str, minor: int) -> None:
    shown = tuple(money(Money(minor, code), language=each, exact=True).replace("\u00a0", " ") for each in LANGUAGES)
    assert shown == WRITTEN[code, minor]


def test_the_minimum_gift_is_one_that_the_provider_accepts() -> None:
    """Fifty US cents after conversion: the least charge is judged in the currency of the settlement."""
    least = {
        code: Money(unit.minimum_minor, code).decimal * Decimal(USD_RATES[code.lower()])
        for code, unit in CURRENCIES.items()
    }
    assert {code: worth for code, worth in least.items() if not Decimal("0.50") <= worth <= 2} == {}


def test_the_minimum_gift_is_a_charge_in_whole_steps() -> None:
    assert [code for code, unit in CURRENCIES.items() if unit.minimum_minor % unit.step] == []
