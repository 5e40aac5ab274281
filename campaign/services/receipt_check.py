"""Whether every receipt still is what was issued: its facts and its PDF against the hashes that were stored with them."""

import hashlib
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.models.receipt import Receipt, ReceiptFile
from campaign.services.ledger_check import ROWS_MAX, Problem

INVARIANT = 12
FILES_RULE = "a receipt’s PDF has the bytes that were first made"
FACTS_RULE = "a receipt’s facts are those that were issued"
RULES = (FACTS_RULE, FILES_RULE)
ROWS_AT_A_TIME = 50
"""PDFs that are in memory at once."""


def check_receipts(session: Session) -> list[Problem]:
    """The rules that do not hold, with the numbers of up to `ROWS_MAX` receipts each. It reads every receipt's bytes."""
    changed = {FACTS_RULE: list(_changed_facts(session)), FILES_RULE: list(_changed_files(session))}
    return [Problem(INVARIANT, rule, tuple(numbers[:ROWS_MAX])) for rule, numbers in changed.items() if numbers]


def _changed_facts(session: Session) -> Iterator[str]:
    facts = select(Receipt.number, Receipt.document, Receipt.document_sha256).order_by(Receipt.id)
    for number, document, sha256 in session.execute(facts.execution_options(yield_per=ROWS_AT_A_TIME)):
        if hashlib.sha256(document.encode()).hexdigest() != sha256:
            yield number


def _changed_files(session: Session) -> Iterator[str]:
    files = select(Receipt.number, ReceiptFile.pdf, ReceiptFile.sha256).join(
        Receipt, Receipt.id == ReceiptFile.receipt_id
    )
    ordered = files.order_by(ReceiptFile.receipt_id).execution_options(yield_per=ROWS_AT_A_TIME)
    for number, pdf, sha256 in session.execute(ordered):
        if hashlib.sha256(pdf).hexdigest() != sha256:
            yield number
