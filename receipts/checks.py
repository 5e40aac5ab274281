"""What holds a receipt back: a document that is not whole or contradicts itself. No letter does."""

import re
from collections.abc import Iterator

from receipts.document import ReceiptDocument
from receipts.page import page_of
from receipts.reading import UnreadableAmount, amount_from_words
from receipts.texts import LANGUAGES, MissingText
from receipts.words import NoWordsForAmount

_NEEDED = {
    "number": "the number",
    "issued_at_place": "the place of issue",
    "issuer_name": "the organisation’s name",
    "issuer_address": "the organisation’s address",
    "issuer_registration": "the organisation’s registration",
    "purpose": "the purpose",
    "verify_url": "the address of the check page",
    "verify_code": "the code of the check page",
    "campaign_title": "the campaign’s title",
    "template_version": "the version of the template",
}
"""The texts without which a receipt is not whole, and how staff read of them."""


class HeldReceipt(Exception):
    """The receipt must not leave as it is; ``reasons`` says why, for the staff."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons


def check_document(document: ReceiptDocument) -> list[str]:
    """Give every reason to hold a receipt back, in English for the staff; none when it may leave."""
    if document.language not in LANGUAGES:
        return [f"there are no texts in {document.language!r}"]
    reasons = [*_gaps(document), *_contradictions(document)]
    try:
        page = page_of(document, document.sha256())
    except (MissingText, NoWordsForAmount) as error:
        return [*reasons, f"{type(error).__name__}: {error}"]
    return [*reasons, *word_reasons(document, page.words)]


def _gaps(document: ReceiptDocument) -> Iterator[str]:
    for name, in_words in _NEEDED.items():
        if not getattr(document, name).strip():
            yield f"{in_words} is missing"
    if document.status == "void" and document.voided_on is None:
        yield "void, but the day is missing"
    if document.status == "replaced" and not document.replaced_by:
        yield "replaced, but by which number is missing"
    settled = (document.settled_minor, document.settled_currency, document.settled_exponent)
    if any(part is None for part in settled) != all(part is None for part in settled):
        yield "the settled amount is not whole"


def _contradictions(document: ReceiptDocument) -> Iterator[str]:
    if document.amount_minor <= 0:
        yield "the amount is not positive"
    if not re.fullmatch(r"[A-Z]{3}", document.currency) or not 0 <= document.exponent <= 4:
        yield f"{document.currency!r} with {document.exponent} decimals is no currency"
    if document.rate is not None and not re.fullmatch(r"\d+(\.\d+)?", document.rate):
        yield f"{document.rate!r} is no rate"
    if document.method_last4 and not re.fullmatch(r"\d{4}", document.method_last4):
        yield "the card’s last digits are not four"
    if not document.verify_url.startswith(("https://", "http://")):
        yield "the address of the check page is no web address"
    if document.is_test != document.number.startswith("TEST-"):
        yield "test money and the number's series do not agree"


def word_reasons(document: ReceiptDocument, words: str) -> Iterator[str]:
    """Say whether an amount in words differs from the document's digits."""
    try:
        read = amount_from_words(words, document.exponent, document.language)
    except UnreadableAmount as error:
        yield f"the amount in words cannot be read back: {error}"
        return
    if read != document.amount_minor:
        yield f"the words say {read} minor units, the digits {document.amount_minor}"
