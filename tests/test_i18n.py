"""Amounts and days as each language writes them, in tables and inside sentences."""

from datetime import date

import pytest
from flask import Flask

from campaign.domain.money import Money
from campaign.i18n import colon_after, day, degrees, in_language, latitude, longitude, money, money_in_text

NBSP = "\u00a0"


@pytest.mark.parametrize(
    ("minor", "text"),
    [
        (100, "1 сом"),
        (200, "2 сома"),
        (500, "5 сомов"),
        (1100, "11 сомов"),
        (2100, "21 сом"),
        (200_000, "2 000 сомов"),
        (150, "1,50 сома"),
    ],
)
def test_russian_inflects_the_som_inside_a_sentence(minor: int, text: str) -> None:
    assert money_in_text(Money(minor, "KGS"), language="ru").replace(NBSP, " ") == text


@pytest.mark.parametrize(("language", "text"), [("en", "KGS 2,000"), ("ru", "2 000 сом"), ("ky", "2 000 сом")])
def test_a_table_writes_the_som_as_a_sign(language: str, text: str) -> None:
    assert money(Money(200_000, "KGS"), language=language).replace(NBSP, " ") == text


@pytest.mark.parametrize("language", ["en", "ru", "ky"])
def test_other_currencies_are_written_alike_in_both(language: str) -> None:
    amount = Money(123_450, "USD")
    assert money_in_text(amount, language=language) == money(amount, language=language)


@pytest.mark.parametrize(
    ("month", "text"), [(1, "январы"), (4, "апрели"), (6, "июну"), (11, "ноябры"), (12, "декабры")]
)
def test_a_kyrgyz_day_is_written_in_words_that_break_before_the_day_alone(month: int, text: str) -> None:
    assert day(date(2026, month, 28), language="ky") == f"2026-\u2060жылдын 28-\u2060{text}"


@pytest.mark.parametrize(("language", "text"), [("en", "41.46°"), ("ru", "41,46°"), ("ky", "41,46°")])
def test_degrees_have_the_decimal_sign_of_the_language(language: str, text: str) -> None:
    assert degrees(4146, language=language) == text


@pytest.mark.database("sqlite")
def test_a_place_says_its_half_of_the_earth(app: Flask) -> None:
    with app.test_request_context(), in_language("en"):
        assert (latitude(4146), longitude(7280)) == ("41.46° N", "72.80° E")
        assert (latitude(-3345), longitude(-7067)) == ("33.45° S", "70.67° W")


def test_no_colon_stands_after_a_question() -> None:
    labels = ("Сколько вам нужно?", "Сколько вам нужно? ", "Your name", "Say more…", "")
    assert [colon_after(label) for label in labels] == ["", "", ":", "", ":"]
