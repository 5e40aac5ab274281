"""A receipt's number is read as people type it, and initials are letters."""

import pytest

from campaign.domain.receipt import initials, read_code, read_number

NUMBER, CODE = "TEST-WCL-2026-000100", "3a573hr79a"


@pytest.mark.parametrize(
    "typed",
    [
        "test-wcl-2026-000100",
        "  TEST-WCL-2026-000100 ",
        "№ TEST-WCL-2026-000100",
        "№TEST-WCL-2026-000100.",
        "No. TEST-WCL-2026-000100",
        "Receipt No. TEST-WCL-2026-000100",
        "Квитанция № TEST-WCL-2026-000100",
        "Номер: TEST — WCL — 2026 — 000100",
        "TEST–WCL–2026–000100",
        "TEST\u2011WCL\u22122026\u00ad-000100",
        "TEST WCL 2026 000100",
        "TEST\u00a0WCL\u202f2026\t000 100",
        "TEST_WCL/2026/000100",
        "TESTWCL2026000100",
        "ТЕSТ-WСL-2026-ООО1ОО",
        "ｔｅｓｔ-ｗｃｌ-２０２６-０００１００",
        "TEST-WCL-2026-100",
        "\u200eTEST-WCL-2026-000100\u200b",
    ],
)
def test_a_number_is_read_as_people_type_it(typed: str) -> None:
    assert read_number(typed) == NUMBER


@pytest.mark.parametrize("typed", ["", "hello", "WCL", "2026-000100", "№", "WCL-26-1", "x" * 10_000, "-" * 10_000])
def test_a_text_that_is_no_number_is_refused(typed: str) -> None:
    assert read_number(typed) == ""


def test_letters_of_a_series_are_no_word_before_it() -> None:
    assert read_number("nov 2026 1") == "NOV-2026-000001"


@pytest.mark.parametrize(
    "typed",
    [CODE, "3A573HR79A", " 3a57 3hr-79a. ", "3А573НR79а", "Code: 3a573hr79a", "Код: 3a573hr79a", "коду 3a573hr79a"],
)
def test_a_code_is_read_as_people_type_it(typed: str) -> None:
    assert read_code(typed) == CODE


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Aida Asanova", "A.A."),
        ("«Ромашка» ОсОО", "Р.О."),
        ('"Kyrgyz Art" Foundation (Osh) office', "K.A.F."),
        ("“Бишкек” 'ш' — Айгүл", "Б.Ш.А."),
        ("გიორგი", "გ."),
        ("и\u0306", "Й."),
        ("🌸🌸", "🌸"),
        ("", ""),
    ],
)
def test_initials_are_letters(name: str, shown: str) -> None:
    assert initials(name) == shown
