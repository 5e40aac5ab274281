"""Donors whose personal data were erased, and receipts of theirs that lose the name later; neither has a name."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CHAR, Exists, ForeignKey, Index, select
from sqlalchemy.orm import Mapped, mapped_column

from campaign.domain.erasure import CustomerDeletionState
from campaign.extensions import Key, Model
from campaign.models.columns import Facts, PrimaryKey, PublicId, check_values


class Erasure(Model):
    """One donor's personal data were erased; append-only."""

    __tablename__ = "erasure"

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId]
    donor_id: Mapped[int] = mapped_column(Key, ForeignKey("donor.id"), unique=True)
    email_digest: Mapped[str] = mapped_column(CHAR(64))
    """HMAC of the folded address under the installation's secret: it finds the donor in a restored backup."""
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(Key, ForeignKey("staff.id"))
    """Nobody: the command line, or the retention job."""
    counts: Mapped[Facts]
    """How many rows of each kind lost their content."""


class ReceiptErasure(Model):
    """A receipt of an erased donor: nobody is shown it, and on `due_on` its name and its PDF are deleted.

    The database lets a receipt's document and bytes change for this alone (migration 0055).
    """

    __tablename__ = "receipt_erasure"

    receipt_id: Mapped[int] = mapped_column(Key, ForeignKey("receipt.id"), primary_key=True, autoincrement=False)
    erasure_id: Mapped[int] = mapped_column(Key, ForeignKey("erasure.id"), index=True)
    due_on: Mapped[date]
    """The end of its retention."""
    erased_at: Mapped[datetime | None]
    document_sha256: Mapped[str | None] = mapped_column(CHAR(64))
    """Of the document without the name, so that the check still notices every other change."""


class CustomerDeletion(Model):
    """A customer at the payment provider whose donor was erased: it is deleted there by a worker."""

    __tablename__ = "customer_deletion"
    __table_args__ = (check_values("state", CustomerDeletionState), Index(None, "state", "next_try_at", "id"))

    id: Mapped[PrimaryKey]
    erasure_id: Mapped[int] = mapped_column(Key, ForeignKey("erasure.id"), index=True)
    customer_id: Mapped[str] = mapped_column(unique=True)
    """The provider's name of it; merged donors may share one."""
    state: Mapped[str] = mapped_column(default=CustomerDeletionState.REQUESTED)
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    error: Mapped[str | None]


def erasure_of(receipt_id: Any) -> Exists:  # a column, as the query writes it
    """Return the condition that a receipt's donor was erased."""
    return select(ReceiptErasure.receipt_id).where(ReceiptErasure.receipt_id == receipt_id).exists()
