"""The receipt's words are whole in all its languages, and its days and sums are written as people write them."""

from datetime import date
from string import Formatter

import pytest

from receipts.document import Language
from receipts.fonts import common_characters
from receipts.texts import MissingText, languages, texts_in

NBSP = "\u00a0"


@pytest.mark.parametrize("language", languages())
def test_every_key_stands_in_every_language(language: Language) -> None:
    assert texts_in(language).messages.keys() == texts_in("en").messages.keys()
    assert all(texts_in(language).messages.values())
    assert len(set(texts_in(language).months)) == 12


@pytest.mark.parametrize("language", languages())
def test_a_translation_takes_the_same_values(language: Language) -> None:
    for key, sentence in texts_in(language).messages.items():
        assert _values_in(sentence) == _values_in(texts_in("en").messages[key]), key


@pytest.mark.parametrize("language", languages())
def test_the_font_has_every_letter_of_the_texts(language: Language) -> None:
    texts = texts_in(language)
    assert set("".join([*texts.messages.values(), *texts.months, *texts.currencies.values()])) <= common_characters()


@pytest.mark.parametrize(
    ("language", "day"), [("en", "March 8, 2026"), ("ru", f"8{NBSP}марта 2026{NBSP}г."), ("ky", "2026-жылдын 8-марты")]
)
def test_days_name_their_month(language: Language, day: str) -> None:
    assert texts_in(language).day(date(2026, 3, 8)) == day


@pytest.mark.parametrize(
    ("language", "minor", "currency", "exponent", "money"),
    [
        ("en", 1_234_567_05, "KGS", 2, "KGS 1,234,567.05"),
        ("ru", 1_234_567_05, "KGS", 2, "1 234 567,05 сом"),
        ("ky", 1_200_00, "USD", 2, "1 200,00 USD"),
        ("ky", 1_500, "JPY", 0, "1 500 JPY"),
        ("ru", 12_005, "KWD", 3, "12,005 KWD"),
    ],
)
def test_sums_never_break_and_show_all_decimals(
    language: Language, minor: int, currency: str, exponent: int, money: str
) -> None:
    assert texts_in(language).money(minor, currency, exponent) == money.replace(" ", NBSP)


def test_a_rate_says_what_one_unit_was_worth() -> None:
    assert texts_in("ru").rate("87.4512", "USD", "KGS") == f"по курсу 1{NBSP}USD = 87,4512{NBSP}сом"


def test_unknown_words_and_missing_values_are_named() -> None:
    with pytest.raises(MissingText, match="nonsense"):
        texts_in("en").say("nonsense")
    with pytest.raises(MissingText, match="number"):
        texts_in("en").say("number")


def _values_in(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}
