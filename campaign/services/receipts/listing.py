"""Receipts in lists: those of a campaign, those of a gift, and the public check."""

import json
import secrets
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select

from campaign.database import reading
from campaign.days import local_day
from campaign.domain.money import Money
from campaign.domain.receipt import ReceiptEndReason, ReceiptState, initials
from campaign.models.donation import Donation
from campaign.models.erasure import ReceiptErasure
from campaign.models.receipt import Receipt, ReceiptFile
from campaign.services import search_index


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptView:
    """A receipt as lists and pages show it."""

    id: int
    number: str
    state: str
    language: str
    amount: Money
    issued_at: datetime
    ended_at: datetime | None
    end_reason: str | None
    donation_public_id: str
    paid_on: date | None
    is_ready: bool
    replaces: str | None = None  # the number of the previous one, in a list of one gift


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedReceipt:
    """What the public check shows: only number, day, amount, state and initials."""

    number: str
    state: str
    issued_on: date
    amount: Money
    initials: str  # empty: an anonymous donor
    ended_on: date | None
    replaced_by: str | None
    is_test: bool
    is_disputed: bool  # void because the donor's bank returned the payment


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptFilter:
    """A selection of a campaign's receipts; days are those on which the gifts were paid, both included."""

    campaign_id: int
    since: date | None = None
    until: date | None = None
    state: str | None = None
    text: str = ""  # of its gift: see search_index.about
    before_id: int | None = None
    limit: int = 50


def receipts(filters: ReceiptFilter) -> list[ReceiptView]:
    """List the receipts of a campaign, newest first."""
    query = (
        select(Receipt, Donation.public_id, Donation.paid_on, ReceiptFile.receipt_id)
        .join(Donation, Donation.id == Receipt.donation_id)
        .outerjoin(ReceiptFile, ReceiptFile.receipt_id == Receipt.id)
        .where(Donation.campaign_id == filters.campaign_id)
        .order_by(Receipt.id.desc())
        .limit(filters.limit)
    )
    if filters.before_id is not None:
        query = query.where(Receipt.id < filters.before_id)
    if filters.state:
        query = query.where(Receipt.state == filters.state)
    if filters.text:
        query = query.where(search_index.about(filters.text, sees_donors=True))
    if filters.since:
        query = query.where(Donation.paid_on >= filters.since)
    if filters.until:
        query = query.where(Donation.paid_on <= filters.until)
    with reading() as session:
        return [_view(row[0], row[1], paid_on=row[2], is_ready=row[3] is not None) for row in session.execute(query)]


def receipts_of(donation_public_id: str) -> list[ReceiptView]:
    """List all receipts of a gift, newest first."""
    query = (
        select(Receipt, Donation.paid_on, ReceiptFile.receipt_id)
        .join(Donation, Donation.id == Receipt.donation_id)
        .outerjoin(ReceiptFile, ReceiptFile.receipt_id == Receipt.id)
        .where(Donation.public_id == donation_public_id)
        .order_by(Receipt.id.desc())
    )
    with reading() as session:
        rows = session.execute(query).all()
        numbers = {row[0].id: row[0].number for row in rows}
        views = [_view(row[0], donation_public_id, paid_on=row[1], is_ready=row[2] is not None) for row in rows]
        return [
            replace(view, replaces=numbers.get(row[0].replaces_id or 0)) for view, row in zip(views, rows, strict=True)
        ]


def receipt_of(donation_public_id: str) -> ReceiptView | None:
    """Return the gift's valid receipt, else its newest one."""
    views = receipts_of(donation_public_id)
    return next((receipt for receipt in views if receipt.state == ReceiptState.ISSUED), views[0] if views else None)


def verify_receipt(number: str, code: str) -> VerifiedReceipt | None:
    """Return what the public check shows; None for a wrong code and an unknown number alike."""
    with reading() as session:
        receipt = session.execute(select(Receipt).where(Receipt.number == number)).scalar_one_or_none()
        expected = receipt.verify_code if receipt else "-" * 10
        if not secrets.compare_digest(expected.encode(), code.strip().lower().encode()) or receipt is None:
            return None
        newer = session.execute(select(Receipt.number).where(Receipt.replaces_id == receipt.id)).scalar()
        is_erased = session.get(ReceiptErasure, receipt.id) is not None
        printed = json.loads(receipt.document)
        return VerifiedReceipt(
            number=receipt.number,
            state=receipt.state,
            issued_on=date.fromisoformat(printed["issued_on"]),
            amount=Money(receipt.amount_minor, receipt.currency),
            initials="" if is_erased else initials(printed["donor_name"] or ""),
            ended_on=local_day(receipt.ended_at) if receipt.ended_at else None,
            replaced_by=newer if receipt.state == ReceiptState.REPLACED else None,
            is_test=receipt.series.startswith("TEST-"),
            is_disputed=receipt.state == ReceiptState.VOID and receipt.end_reason == ReceiptEndReason.DISPUTE,
        )


def _view(receipt: Receipt, donation_public_id: str, *, paid_on: date | None, is_ready: bool) -> ReceiptView:
    return ReceiptView(
        id=receipt.id,
        number=receipt.number,
        state=receipt.state,
        language=receipt.language,
        amount=Money(receipt.amount_minor, receipt.currency),
        issued_at=receipt.issued_at,
        ended_at=receipt.ended_at,
        end_reason=receipt.end_reason,
        donation_public_id=donation_public_id,
        paid_on=paid_on,
        is_ready=is_ready,
    )
