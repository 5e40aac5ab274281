"""Checks that every receipt is unchanged: its facts and its PDF against the stored hashes.

The columns of its row, and the day of its gift, are compared with the facts that it prints. A receipt of an erased donor has
lost its name and its PDF, and nothing else: the record of the erasure has the hash of what is left.
"""

import hashlib
import json
from collections.abc import Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session, aliased

from campaign.domain.calendar import local_day
from campaign.models.donation import Donation
from campaign.models.erasure import ReceiptErasure
from campaign.models.receipt import Receipt, ReceiptFile
from campaign.services.ledger.check import MAX_ROWS, Problem

INVARIANT = 12
FILES_RULE = "a receipt’s PDF has the bytes that were first made"
FACTS_RULE = "a receipt’s facts are those that were issued"
ROWS_RULE = "a receipt’s row and its gift’s day are what the receipt prints"
RULES = (FACTS_RULE, FILES_RULE, ROWS_RULE)
WESTMOST, EASTMOST = ZoneInfo("Etc/GMT+12"), ZoneInfo("Etc/GMT-14")
"""Where a day ends last and begins first: the organisation may have changed its time zone since."""
ROWS_AT_A_TIME = 50
"""PDFs that are in memory at once."""


def check_receipts(session: Session) -> list[Problem]:
    """Return the broken rules, each with the numbers of up to `MAX_ROWS` receipts. It reads every receipt's bytes."""
    changed = {
        FACTS_RULE: list(_changed_facts(session)),
        FILES_RULE: list(_changed_files(session)),
        ROWS_RULE: list(_changed_rows(session)),
    }
    return [Problem(INVARIANT, rule, tuple(numbers[:MAX_ROWS])) for rule, numbers in changed.items() if numbers]


def _changed_facts(session: Session) -> Iterator[str]:
    expected = func.coalesce(ReceiptErasure.document_sha256, Receipt.document_sha256)
    facts = (
        select(Receipt.number, Receipt.document, expected)
        .outerjoin(ReceiptErasure, ReceiptErasure.receipt_id == Receipt.id)
        .order_by(Receipt.id)
    )
    for number, document, sha256 in session.execute(facts.execution_options(yield_per=ROWS_AT_A_TIME)):
        if hashlib.sha256(document.encode()).hexdigest() != sha256:
            yield number


def _changed_files(session: Session) -> Iterator[str]:
    files = (
        select(Receipt.number, ReceiptFile.pdf, ReceiptFile.sha256, ReceiptErasure.erased_at)
        .join(Receipt, Receipt.id == ReceiptFile.receipt_id)
        .outerjoin(ReceiptErasure, ReceiptErasure.receipt_id == Receipt.id)
    )
    ordered = files.order_by(ReceiptFile.receipt_id).execution_options(yield_per=ROWS_AT_A_TIME)
    for number, pdf, sha256, erased_at in session.execute(ordered):
        if pdf if erased_at else hashlib.sha256(pdf).hexdigest() != sha256:
            yield number


def _changed_rows(session: Session) -> Iterator[str]:
    before = aliased(Receipt)
    rows = (
        select(Receipt, before.number.label("replaced"), Donation.paid_at, Donation.paid_on)
        .outerjoin(before, before.id == Receipt.replaces_id)
        .outerjoin(Donation, Donation.id == Receipt.donation_id)
        .order_by(Receipt.id)
    )
    for row in session.execute(rows.execution_options(yield_per=ROWS_AT_A_TIME)):
        if not _is_as_printed(row):
            yield row[0].number


def _is_as_printed(row: Row[Receipt, str, datetime | None, date | None]) -> bool:
    receipt, replaced, paid_at, paid_on = row
    columns = {
        "number": f"{receipt.series}-{receipt.year}-{receipt.serial:06d}",
        "verify_code": receipt.verify_code,
        "amount_minor": receipt.amount_minor,
        "currency": receipt.currency,
        "language": receipt.language,
        "replaces": replaced,
        "received_on": paid_on.isoformat() if paid_on else None,
        "is_test": receipt.series.startswith("TEST-"),
    }
    try:
        printed = json.loads(receipt.document)
        issued_on, received_on = (date.fromisoformat(printed[name]) for name in ("issued_on", "received_on"))
        facts = {name: printed[name] for name in columns}
    except (TypeError, ValueError, KeyError):
        return False
    return (
        facts == columns
        and (receipt.number, receipt.year) == (printed["number"], issued_on.year)
        and _may_be_day_of(issued_on, receipt.issued_at)
        and _may_be_day_of(received_on, paid_at)
    )


def _may_be_day_of(day: date, instant: datetime | None) -> bool:
    """Return whether an instant falls on a day in any time zone."""
    return instant is not None and local_day(instant, WESTMOST) <= day <= local_day(instant, EASTMOST)
