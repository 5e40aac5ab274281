"""The reasons to hold a receipt back: a document that is incomplete or contradicts itself. No character is a reason."""

import re
from collections.abc import Iterator, Sequence
from enum import StrEnum

from receipts.document import ReceiptDocument
from receipts.page import page_of
from receipts.reading import UnreadableAmount, amount_from_words
from receipts.texts import MissingText, languages
from receipts.words import NoWordsForAmount


class HoldReason(StrEnum):
    """Why a receipt is on hold."""

    NO_NUMBER = "no_number"
    NO_ISSUED_AT_PLACE = "no_issued_at_place"
    NO_ISSUER_NAME = "no_issuer_name"
    NO_ISSUER_ADDRESS = "no_issuer_address"
    NO_ISSUER_REGISTRATION = "no_issuer_registration"
    NO_PURPOSE = "no_purpose"
    NO_VERIFY_URL = "no_verify_url"
    NO_VERIFY_CODE = "no_verify_code"
    NO_CAMPAIGN_TITLE = "no_campaign_title"
    NO_TEMPLATE_VERSION = "no_template_version"
    NO_DAY_OF_VOIDING = "no_day_of_voiding"
    NO_SUCCESSOR = "no_successor"
    SETTLED_AMOUNT_INCOMPLETE = "settled_amount_incomplete"
    AMOUNT_NOT_POSITIVE = "amount_not_positive"
    UNKNOWN_CURRENCY = "unknown_currency"
    UNREADABLE_RATE = "unreadable_rate"
    WRONG_CARD_DIGITS = "wrong_card_digits"
    WRONG_CHECK_ADDRESS = "wrong_check_address"
    TEST_SERIES_MISMATCH = "test_series_mismatch"
    UNKNOWN_LANGUAGE = "unknown_language"
    NO_TEXT = "no_text"
    NO_AMOUNT_IN_WORDS = "no_amount_in_words"
    UNREADABLE_AMOUNT_IN_WORDS = "unreadable_amount_in_words"
    AMOUNT_IN_WORDS_DIFFERS = "amount_in_words_differs"
    UNREADABLE_FACTS = "unreadable_facts"
    NO_PICTURE = "no_picture"
    UNREADABLE_COLOUR = "unreadable_colour"


_NEEDED = {
    "number": HoldReason.NO_NUMBER,
    "issued_at_place": HoldReason.NO_ISSUED_AT_PLACE,
    "issuer_name": HoldReason.NO_ISSUER_NAME,
    "issuer_address": HoldReason.NO_ISSUER_ADDRESS,
    "issuer_registration": HoldReason.NO_ISSUER_REGISTRATION,
    "purpose": HoldReason.NO_PURPOSE,
    "verify_url": HoldReason.NO_VERIFY_URL,
    "verify_code": HoldReason.NO_VERIFY_CODE,
    "campaign_title": HoldReason.NO_CAMPAIGN_TITLE,
    "template_version": HoldReason.NO_TEMPLATE_VERSION,
}
"""The texts without which a receipt is not whole."""


class ReceiptOnHold(Exception):
    """The receipt must not be issued as it is; `reasons` says why."""

    def __init__(self, reasons: Sequence[HoldReason]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons


def check_document(document: ReceiptDocument) -> list[HoldReason]:
    """Return every reason to hold a receipt back; none when it may be issued."""
    if document.language not in languages():
        return [HoldReason.UNKNOWN_LANGUAGE]
    reasons = [*_gaps(document), *_contradictions(document)]
    try:
        page = page_of(document, document.sha256())
    except MissingText:
        return [*reasons, HoldReason.NO_TEXT]
    except NoWordsForAmount:
        return [*reasons, HoldReason.NO_AMOUNT_IN_WORDS]
    return [*reasons, *word_reasons(document, page.words)]


def _gaps(document: ReceiptDocument) -> Iterator[HoldReason]:
    for name, reason in _NEEDED.items():
        if not getattr(document, name).strip():
            yield reason
    if document.status == "void" and document.voided_on is None:
        yield HoldReason.NO_DAY_OF_VOIDING
    if document.status == "replaced" and not document.replaced_by:
        yield HoldReason.NO_SUCCESSOR
    settled = (document.settled_minor, document.settled_currency, document.settled_exponent)
    if any(part is None for part in settled) != all(part is None for part in settled):
        yield HoldReason.SETTLED_AMOUNT_INCOMPLETE


def _contradictions(document: ReceiptDocument) -> Iterator[HoldReason]:
    if document.amount_minor <= 0:
        yield HoldReason.AMOUNT_NOT_POSITIVE
    if not re.fullmatch(r"[A-Z]{3}", document.currency) or not 0 <= document.exponent <= 4:
        yield HoldReason.UNKNOWN_CURRENCY
    if document.rate is not None and not re.fullmatch(r"\d+(\.\d+)?", document.rate):
        yield HoldReason.UNREADABLE_RATE
    if document.method_last4 and not re.fullmatch(r"\d{4}", document.method_last4):
        yield HoldReason.WRONG_CARD_DIGITS
    if not document.verify_url.startswith(("https://", "http://")):
        yield HoldReason.WRONG_CHECK_ADDRESS
    if document.accent is not None and not re.fullmatch(r"#[0-9a-f]{6}", document.accent):
        yield HoldReason.UNREADABLE_COLOUR
    if document.is_test != document.number.startswith("TEST-"):
        yield HoldReason.TEST_SERIES_MISMATCH


def word_reasons(document: ReceiptDocument, words: str) -> Iterator[HoldReason]:
    """Return the reason for an amount in words that differs from the document's digits."""
    try:
        read = amount_from_words(words, document.exponent, document.language)
    except UnreadableAmount:
        yield HoldReason.UNREADABLE_AMOUNT_IN_WORDS
        return
    if read != document.amount_minor:
        yield HoldReason.AMOUNT_IN_WORDS_DIFFERS
