"""Amounts in words say what the digits say, with the nouns that grammar asks for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from receipts.document import Language
from receipts.reading import UnreadableAmount, amount_from_words
from receipts.texts import languages
from receipts.words import LARGEST_WHOLE, NoWordsForAmount, amount_in_words

CURRENCIES = [
    ("USD", 2), ("EUR", 2), ("GBP", 2), ("KGS", 2), ("KZT", 2), ("TRY", 2), ("JPY", 0), ("RUB", 2), ("KWD", 3),
    ("XAU", 2), ("UYW", 4),
]  # fmt: skip

ENGLISH = [
    (1_250_50, "KGS", 2, "one thousand, two hundred and fifty soms and 50 tyiyns"),
    (1_01, "USD", 2, "one US dollar and 01 cent"),
    (50, "EUR", 2, "zero euros and 50 cents"),
    (21_00, "GBP", 2, "twenty-one pounds sterling and 00 pence"),
    (1500, "JPY", 0, "one thousand, five hundred Japanese yen"),
    (2_005, "KWD", 3, "two Kuwaiti dinars and 005 fils"),
    (21_05, "XAU", 2, "twenty-one XAU and 05/100"),
]
RUSSIAN = [
    (1_200_00, "RUB", 2, "одна тысяча двести рублей 00 копеек"),
    (21_05, "KGS", 2, "двадцать один сом 05 тыйынов"),
    (22_01, "KGS", 2, "двадцать два сома 01 тыйын"),
    (11_11, "KGS", 2, "одиннадцать сомов 11 тыйынов"),
    (1_001_02, "USD", 2, "одна тысяча один доллар США 02 цента"),
    (1_000_000_00, "TRY", 2, "один миллион турецких лир 00 курушей"),
    (21_00, "TRY", 2, "двадцать одна турецкая лира 00 курушей"),
    (2_002, "JPY", 0, "две тысячи две японские иены"),
    (112_00, "GBP", 2, "сто двенадцать фунтов стерлингов 00 пенсов"),
    (5_00, "EUR", 2, "пять евро 00 центов"),
    (3_012, "KWD", 3, "три кувейтских динара 012 филсов"),
    (21_05, "XAU", 2, "двадцать один XAU 05/100"),
]
KYRGYZ = [
    (1_250_50, "KGS", 2, "бир миң эки жүз элүү сом 50 тыйын"),
    (100_00, "KGS", 2, "жүз сом 00 тыйын"),
    (5, "KGS", 2, "нөл сом 05 тыйын"),
    (999_999_00, "USD", 2, "тогуз жүз токсон тогуз миң тогуз жүз токсон тогуз АКШ доллары 00 цент"),
    (1_000_001_00, "KZT", 2, "бир миллион бир теңге 00 тыйын"),
    (47, "JPY", 0, "кырк жети жапон йенасы"),
    (21_05, "XAU", 2, "жыйырма бир XAU 05/100"),
]


@pytest.mark.parametrize(("minor", "currency", "exponent", "words"), ENGLISH)
def test_english_words(minor: int, currency: str, exponent: int, words: str) -> None:
    assert amount_in_words(minor, currency, exponent, "en") == words


@pytest.mark.parametrize(("minor", "currency", "exponent", "words"), RUSSIAN)
def test_russian_words_agree_in_number_and_gender(minor: int, currency: str, exponent: int, words: str) -> None:
    assert amount_in_words(minor, currency, exponent, "ru") == words


@pytest.mark.parametrize(("minor", "currency", "exponent", "words"), KYRGYZ)
def test_kyrgyz_words_keep_the_noun_singular(minor: int, currency: str, exponent: int, words: str) -> None:
    assert amount_in_words(minor, currency, exponent, "ky") == words


@given(
    whole=st.one_of(st.integers(0, 3000), st.integers(0, LARGEST_WHOLE)),
    fraction=st.integers(0, 9999),
    unit=st.sampled_from(CURRENCIES),
    language=st.sampled_from(languages()),
)
def test_words_read_back_give_the_digits(whole: int, fraction: int, unit: tuple[str, int], language: Language) -> None:
    currency, exponent = unit
    minor = whole * 10**exponent + fraction % 10**exponent
    assert amount_from_words(amount_in_words(minor, currency, exponent, language), exponent, language) == minor


def test_decimals_that_a_currency_does_not_have_are_a_fraction() -> None:
    assert amount_in_words(1_500, "JPY", 2, "en") == "fifteen Japanese yen and 00/100"


@pytest.mark.parametrize("minor", [-1, (LARGEST_WHOLE + 1) * 100])
def test_no_words_below_zero_and_past_all_gifts(minor: int) -> None:
    with pytest.raises(NoWordsForAmount):
        amount_in_words(minor, "KGS", 2, "ru")


@pytest.mark.parametrize("text", ["", "soms and 50 tyiyns", "fifty soms"])
def test_words_without_a_whole_amount_are_not_read(text: str) -> None:
    with pytest.raises(UnreadableAmount):
        amount_from_words(text, 2, "en")
