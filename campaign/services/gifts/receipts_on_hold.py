"""Receipts that lack a text or contradict themselves: which and why, and a replacement with the facts corrected.

The held receipt keeps its facts and its number; it never left, and its replacement says that it replaces it.
"""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, select, true, update
from sqlalchemy.orm import Session

from campaign.database import reading, transaction
from campaign.domain.errors import Conflict, DomainError, NotFound
from campaign.domain.money import Money
from campaign.domain.receipt import ReceiptState
from campaign.gateways.context import Context
from campaign.models.donation import Donation
from campaign.models.erasure import erasure_of
from campaign.models.pledge import Pledge
from campaign.models.receipt import Receipt, ReceiptFile
from campaign.services import audit, search_index
from campaign.services.gifts import gift_receipts
from campaign.services.gifts.gift_lock import LockedGift, lock_gift
from campaign.services.receipts import issuing
from campaign.services.receipts.hold_reasons import HoldReason, explain

MAX_SHOWN = 100


class NotOnHold(Conflict):
    """The receipt can be printed, has been printed, or has ended: there is nothing to correct."""


class StillOnHold(DomainError):
    """With these facts the receipt could not be printed either; the message says why in the reader’s language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OnHoldRow:
    """A held receipt as the desk shows it."""

    number: str
    donation_public_id: str
    language: str
    amount: Money
    issued_at: datetime
    donor_name: str | None
    reasons: tuple[HoldReason, ...]

    @property
    def explanations(self) -> list[str]:
        """The reasons in the reader’s language."""
        return explain(self.reasons)


@dataclass(frozen=True, slots=True, kw_only=True)
class SubstitutedRow:
    """A receipt that left with a substitute; `characters` are code points, such as "U+16A0 U+16C5"."""

    number: str
    donation_public_id: str
    characters: str


def receipts_on_hold(*, campaign_id: int | None = None) -> list[OnHoldRow]:
    """The live receipts that must not leave as they are, of one campaign or of all, oldest first."""
    with reading() as session:
        rows = session.execute(_UNPRINTED.where(_is_of(campaign_id)).order_by(Receipt.id).limit(MAX_SHOWN)).all()
    all_rows = (_row(receipt, public_id) for receipt, public_id in rows)
    return [row for row in all_rows if row.reasons]


def substituted_receipts(*, campaign_id: int | None = None) -> list[SubstitutedRow]:
    """Return the live receipts that left with a substitute for a character, of one campaign or of all, newest first."""
    query = (
        select(Receipt.number, Donation.public_id, ReceiptFile.substituted)
        .join(Donation, Donation.id == Receipt.donation_id)
        .join(ReceiptFile, ReceiptFile.receipt_id == Receipt.id)
        .where(_is_of(campaign_id), Receipt.state == ReceiptState.ISSUED, ReceiptFile.substituted.is_not(None))
        .order_by(Receipt.id.desc())
        .limit(MAX_SHOWN)
    )
    with reading() as session:
        return [
            SubstitutedRow(number=number, donation_public_id=public_id, characters=characters or "")
            for number, public_id, characters in session.execute(query)
        ]


def receipt_on_hold(number: str, *, campaign_id: int | None = None) -> OnHoldRow:
    """One of them; NotFound."""
    with reading() as session:
        named = (_is_of(campaign_id), Receipt.number == number)
        match = session.execute(_UNPRINTED.where(*named)).one_or_none()
    row = _row(*match) if match else None
    if row is None or not row.reasons:
        raise NotFound(number)
    return row


def correct(
    number: str,
    *,
    donor_name: str | None,
    actor_id: int,
    context: Context,
    campaign_id: int | None = None,
) -> str:
    """Replace a held receipt by one with this name (None: an anonymous donor), and let its mail go; the new number.

    A monthly gift's later receipts take the corrected name too. Raises NotFound, NotHeld, and
    StillHeld, with nothing done, when something else keeps the receipt from being printed.
    """
    at = context.clock.now()
    with transaction() as session:
        receipt_id, gift = _locked(session, number, campaign_id)
        name_receipt(session, gift, donor_name or "")
        gift = lock_gift(session, gift.id)
        new_id = gift_receipts.issue_corrected(session, gift, receipt_id, at=at, public_url=context.public_url)
        new_number, document = session.execute(
            select(Receipt.number, Receipt.document).where(Receipt.id == new_id)
        ).one()
        if reasons := issuing.reasons_to_hold(document):
            raise StillOnHold("; ".join(explain(reasons)))
        detail: dict[str, object] = {"replaced_by": new_number}
        audit.record(
            session, actor_id=actor_id, action="receipt:correct", subject=f"receipt:{number}", at=at, detail=detail
        )
    return str(new_number)


def name_receipt(session: Session, gift: LockedGift, name: str) -> None:
    """Set the name for the receipts of a gift and of the monthly gift that it is a month of."""
    session.execute(update(Donation).where(Donation.id == gift.id).values(receipt_name=name))
    search_index.refresh(session, Donation.id == gift.id)
    if gift.pledge_id:
        session.execute(update(Pledge).where(Pledge.id == gift.pledge_id).values(receipt_name=name))


def _locked(session: Session, number: str, campaign_id: int | None) -> tuple[int, LockedGift]:
    """The held receipt's id and its gift, kept from others until the transaction ends."""
    query = select(Receipt.donation_id).join(Donation, Donation.id == Receipt.donation_id)
    named = (_is_of(campaign_id), Receipt.number == number)
    donation_id = session.execute(query.where(*named)).scalar()
    if donation_id is None:
        raise NotFound(number)
    gift = lock_gift(session, donation_id)
    match = session.execute(_UNPRINTED.where(Receipt.number == number)).one_or_none()
    if match is None or not _row(*match).reasons:
        raise NotOnHold(number)
    return int(match[0].id), gift


def _is_of(campaign_id: int | None) -> ColumnElement[bool]:
    return true() if campaign_id is None else Donation.campaign_id == campaign_id


def _row(receipt: Receipt, donation_public_id: str) -> OnHoldRow:
    return OnHoldRow(
        number=receipt.number,
        donation_public_id=donation_public_id,
        language=receipt.language,
        amount=Money(receipt.amount_minor, receipt.currency),
        issued_at=receipt.issued_at,
        donor_name=json.loads(receipt.document).get("donor_name"),
        reasons=tuple(issuing.reasons_to_hold(receipt.document)),
    )


_UNPRINTED: Select[Receipt, str] = (
    select(Receipt, Donation.public_id)
    .join(Donation, Donation.id == Receipt.donation_id)
    .outerjoin(ReceiptFile, ReceiptFile.receipt_id == Receipt.id)
    .where(Receipt.state == ReceiptState.ISSUED, ReceiptFile.receipt_id.is_(None), ~erasure_of(Receipt.id))
)
