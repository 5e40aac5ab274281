"""An incomplete or contradictory receipt is put on hold, with every reason named; no character puts one on hold."""

from dataclasses import replace
from typing import Any

import pytest

from receipts import HoldReason, ReceiptOnHold, check_document, render_pdf
from receipts.checks import word_reasons
from receipts.document import Language
from receipts.texts import languages
from tests.receipts.samples import a_receipt


@pytest.mark.parametrize("language", languages())
def test_a_complete_receipt_may_be_sent(language: Language) -> None:
    assert check_document(a_receipt(language)) == []


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"purpose": " "}, HoldReason.NO_PURPOSE),
        ({"amount_minor": 0}, HoldReason.AMOUNT_NOT_POSITIVE),
        ({"currency": "som"}, HoldReason.UNKNOWN_CURRENCY),
        ({"status": "void"}, HoldReason.NO_DAY_OF_VOIDING),
        ({"status": "replaced"}, HoldReason.NO_SUCCESSOR),
        ({"settled_minor": 5}, HoldReason.SETTLED_AMOUNT_INCOMPLETE),
        ({"rate": "1e5"}, HoldReason.UNREADABLE_RATE),
        ({"method_last4": "42"}, HoldReason.WRONG_CARD_DIGITS),
        ({"verify_url": "javascript:alert(1)"}, HoldReason.WRONG_CHECK_ADDRESS),
        ({"language": "de"}, HoldReason.UNKNOWN_LANGUAGE),
        ({"is_test": True}, HoldReason.TEST_SERIES_MISMATCH),
        ({"number": "TEST-WCL-2026-000001"}, HoldReason.TEST_SERIES_MISMATCH),
        ({"amount_minor": 10**18}, HoldReason.NO_AMOUNT_IN_WORDS),
    ],
)
def test_an_incomplete_receipt_is_put_on_hold(facts: dict[str, Any], reason: HoldReason) -> None:
    document = replace(a_receipt(), **facts)
    assert reason in check_document(document)
    with pytest.raises(ReceiptOnHold) as refusal:
        render_pdf(document)
    assert reason in refusal.value.reasons


def test_letters_typed_with_a_loose_accent_are_written_composed() -> None:
    assert check_document(a_receipt(donor_name="Андреи\u0306")) == []


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("One som and 00 tyiyns", HoldReason.AMOUNT_IN_WORDS_DIFFERS),
        ("One thousand soms", HoldReason.UNREADABLE_AMOUNT_IN_WORDS),
    ],
)
def test_words_that_differ_from_the_digits_put_the_receipt_on_hold(words: str, reason: HoldReason) -> None:
    assert list(word_reasons(a_receipt(), words)) == [reason]
