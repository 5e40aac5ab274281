"""Receipts of erased donors: on the last day of their retention the name and the PDF are deleted."""

import hashlib
import json
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from campaign.days import local_day
from campaign.models.erasure import ReceiptErasure
from campaign.models.receipt import Receipt, ReceiptFile

NO_PDF = b""
PERSONAL = ("donor_name", "method_last4", "method_reference")
"""Facts of a receipt that are gone; the trigger of migration 0055 has the same list."""


def is_due(at: datetime) -> ColumnElement[bool]:
    """Return the condition of receipts whose retention is over and that still have a name."""
    return (ReceiptErasure.due_on <= local_day(at)) & ReceiptErasure.erased_at.is_(None)


def count_due_receipts(session: Session, *, at: datetime) -> int:
    """Return how many receipts lose their name today."""
    return session.execute(select(func.count()).select_from(ReceiptErasure).where(is_due(at))).scalar_one()


def erase_due_receipts(
    session: Session, *, at: datetime, erasure_id: int | None = None, limit: int | None = None
) -> int:
    """Delete names and PDFs of receipts whose retention is over, of one erasure or of all; return how many."""
    query = select(ReceiptErasure).where(is_due(at)).order_by(ReceiptErasure.receipt_id).limit(limit)
    if erasure_id is not None:
        query = query.where(ReceiptErasure.erasure_id == erasure_id)
    due = session.execute(query.with_for_update()).scalars().all()
    for record in due:
        _erase(session, record, at=at)
    return len(due)


def _erase(session: Session, record: ReceiptErasure, *, at: datetime) -> None:
    """Mark the record first: the database lets the receipt change because of it."""
    of_receipt = select(Receipt.document).where(Receipt.id == record.receipt_id)
    facts = json.loads(session.execute(of_receipt).scalar_one()) | dict.fromkeys(PERSONAL)
    text = json.dumps(facts, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    record.erased_at, record.document_sha256 = at, hashlib.sha256(text.encode()).hexdigest()
    session.flush()
    session.execute(update(Receipt).where(Receipt.id == record.receipt_id).values(document=text))
    no_file = {"pdf": NO_PDF, "substituted": None}
    session.execute(update(ReceiptFile).where(ReceiptFile.receipt_id == record.receipt_id).values(no_file))
