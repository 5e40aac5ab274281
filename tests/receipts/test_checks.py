"""A receipt that is not whole or contradicts itself is held, with every reason named; no letter holds one."""

from dataclasses import replace
from typing import Any

import pytest

from receipts import HeldReceipt, check_document, render_pdf
from receipts.checks import word_reasons
from receipts.document import Language
from receipts.texts import LANGUAGES
from tests.receipts.papers import a_receipt


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_whole_receipt_may_leave(language: Language) -> None:
    assert check_document(a_receipt(language)) == []


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"purpose": " "}, "the purpose is missing"),
        ({"amount_minor": 0}, "the amount is not positive"),
        ({"currency": "som"}, "'som' with 2 decimals is no currency"),
        ({"status": "void"}, "void, but the day is missing"),
        ({"status": "replaced"}, "replaced, but by which number is missing"),
        ({"settled_minor": 5}, "the settled amount is not whole"),
        ({"rate": "1e5"}, "'1e5' is no rate"),
        ({"method_last4": "42"}, "the card’s last digits are not four"),
        ({"verify_url": "javascript:alert(1)"}, "the address of the check page is no web address"),
        ({"language": "de"}, "there are no texts in 'de'"),
        ({"is_test": True}, "test money and the number's series do not agree"),
        ({"number": "TEST-WCL-2026-000001"}, "test money and the number's series do not agree"),
        ({"amount_minor": 10**18}, "NoWordsForAmount: 1000000000000000000 minor units of KGS"),
    ],
)
def test_a_receipt_is_held(facts: dict[str, Any], reason: str) -> None:
    document = replace(a_receipt(), **facts)
    assert reason in check_document(document)
    with pytest.raises(HeldReceipt) as held:
        render_pdf(document)
    assert reason in held.value.reasons


def test_letters_typed_with_a_loose_accent_are_written_composed() -> None:
    assert check_document(a_receipt(donor_name="Андреи\u0306")) == []


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("One som and 00 tyiyns", "the words say 100 minor units, the digits 125050"),
        ("One thousand soms", "the amount in words cannot be read back: no minor units in 'One thousand soms'"),
    ],
)
def test_words_that_differ_from_the_digits_hold_the_receipt(words: str, reason: str) -> None:
    assert list(word_reasons(a_receipt(), words)) == [reason]
