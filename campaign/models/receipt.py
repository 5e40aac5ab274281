"""Receipts: a gapless number, a snapshot of every printed fact, and the bytes that were first made of it."""

from datetime import datetime

from sqlalchemy import CHAR, CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign.domain.receipt import ReceiptState
from campaign.extensions import Key, Model
from campaign.models.columns import CurrencyCode, LongText, Minor, PrimaryKey, check_values

LIVE = text("state = 'issued'")


class ReceiptCounter(Model):
    """The last number issued of a series and year; its row is locked by the transaction that takes a number."""

    __tablename__ = "receipt_counter"

    series: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last_number: Mapped[int]


class Receipt(Model):
    """One receipt. Its facts never change; its state goes from issued to replaced or void."""

    __tablename__ = "receipt"
    __table_args__ = (
        UniqueConstraint("series", "year", "serial"),
        check_values("state", ReceiptState),
        CheckConstraint("amount_minor > 0", "positive_amount"),
        # At most one receipt of a gift is live.
        Index("uq_receipt_live", "donation_id", unique=True, sqlite_where=LIVE, postgresql_where=LIVE),
    )

    id: Mapped[PrimaryKey]
    series: Mapped[str]
    year: Mapped[int]
    serial: Mapped[int]
    number: Mapped[str] = mapped_column(unique=True)
    donation_id: Mapped[int] = mapped_column(Key, ForeignKey("donation.id"), index=True)
    language: Mapped[str]
    currency: Mapped[CurrencyCode]
    amount_minor: Mapped[Minor]
    issued_at: Mapped[datetime] = mapped_column(index=True)
    verify_code: Mapped[str]
    document: Mapped[LongText]
    """receipts.ReceiptDocument as canonical JSON: every printed fact, copied at issue."""
    document_sha256: Mapped[str]
    state: Mapped[str] = mapped_column(default=ReceiptState.ISSUED)
    replaces_id: Mapped[int | None] = mapped_column(Key, ForeignKey("receipt.id"), unique=True)
    ended_at: Mapped[datetime | None]
    """When it was voided or replaced."""
    end_reason: Mapped[str | None]


class ReceiptPicture(Model):
    """A logo or signature that receipts print, copied when the first of them is issued; it stays as long as they do."""

    __tablename__ = "receipt_picture"

    sha256: Mapped[str] = mapped_column(CHAR(64), primary_key=True)
    media_type: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    width: Mapped[int]
    height: Mapped[int]


class ReceiptFile(Model):
    """The PDF as first made: these bytes are the receipt, a new rendering is a copy."""

    __tablename__ = "receipt_file"

    receipt_id: Mapped[int] = mapped_column(Key, ForeignKey("receipt.id"), primary_key=True)
    pdf: Mapped[bytes] = mapped_column(LargeBinary)
    sha256: Mapped[str]
    made_at: Mapped[datetime]
    substituted: Mapped[str | None]
    """Code points that no font has, such as "U+16A0 U+16C5": a substitute is printed for each."""
