"""Issues receipts: numbered without a gap in the settling transaction, rendered from stored facts, checked in public."""

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from campaign.database import insert_once, reading, transaction
from campaign.days import local_day
from campaign.domain.erasure import ReceiptErased
from campaign.domain.errors import NotFound
from campaign.domain.identity import ALPHABET
from campaign.domain.money import Money, currency
from campaign.domain.receipt import ReceiptEndReason, ReceiptState
from campaign.gateways.clock import Clock
from campaign.models.erasure import erasure_of
from campaign.models.receipt import Receipt, ReceiptCounter, ReceiptFile
from campaign.services.receipts.conversion import with_conversion
from campaign.services.receipts.pictures import copy_pictures, pictures_of
from receipts import ReceiptDocument, render_pdf, substituted_characters
from receipts.checks import HoldReason, check_document
from receipts.document import WITH_BRAND, WITHOUT_BRAND

PRINT_DAYS = 30
"""How long a worker looks for a receipt without a PDF; an older one is printed when somebody downloads it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptFacts:
    """What a new receipt prints, besides its number, code and day of issue; its pictures are named by their SHA-256."""

    donation_id: int
    livemode: bool
    series: str
    language: str
    remaining: Money
    donor_name: str | None
    received_on: date
    settled: Money | None
    rate: str | None
    method: str
    method_brand: str | None
    method_last4: str | None
    purpose: str
    is_restricted: bool
    campaign_title: str
    issuer: dict[str, str]
    logo: str | None = None
    signature: str | None = None
    accent: str | None = None
    note: str | None
    public_url: str


def issue_receipt(
    session: Session, facts: ReceiptFacts, *, at: datetime, replaces: int | None = None
) -> tuple[int, str]:
    """Take the next number and copy the facts, in the transaction that settled the money.

    Returns:
        The receipt's id and its number.
    """
    series = facts.series if facts.livemode else f"TEST-{facts.series}"
    issued_on = local_day(at)
    serial = _take_number(session, series, issued_on.year)
    number = f"{series}-{issued_on.year}-{serial:06d}"
    code = "".join(secrets.choice(ALPHABET) for _ in range(10))
    replaced = session.execute(select(Receipt.number).where(Receipt.id == replaces)).scalar() if replaces else None
    pictures = copy_pictures(session, {digest for digest in (facts.logo, facts.signature) if digest})
    facts = replace(
        facts,
        logo=facts.logo if facts.logo in pictures else None,
        signature=facts.signature if facts.signature in pictures and facts.issuer.get("signatory") else None,
    )
    document = _document(facts, number=number, code=code, issued_on=issued_on, replaces=replaced).to_json()
    receipt_id: int = session.execute(
        _ISSUE,
        {
            "series": series,
            "year": issued_on.year,
            "serial": serial,
            "number": number,
            "donation_id": facts.donation_id,
            "language": facts.language,
            "currency": facts.remaining.currency,
            "amount_minor": facts.remaining.minor,
            "issued_at": at,
            "verify_code": code,
            "document": document,
            "document_sha256": hashlib.sha256(document.encode()).hexdigest(),
            "replaces_id": replaces,
        },
    ).scalar_one()
    return receipt_id, number


def live_receipt(session: Session, donation_id: int) -> tuple[int, str, int] | None:
    """Return (id, number, amount in minor units) of the gift's valid receipt."""
    row = session.execute(
        select(Receipt.id, Receipt.number, Receipt.amount_minor).where(
            Receipt.donation_id == donation_id, Receipt.state == ReceiptState.ISSUED
        )
    ).one_or_none()
    return (row[0], row[1], row[2]) if row else None


def newest_receipt(session: Session, donation_id: int) -> tuple[int, str] | None:
    """Return (id, number) of the gift's newest receipt, whatever its state."""
    row = session.execute(
        select(Receipt.id, Receipt.number)
        .where(Receipt.donation_id == donation_id)
        .order_by(Receipt.id.desc())
        .limit(1)
    ).one_or_none()
    return (row[0], row[1]) if row else None


def number_of(session: Session, receipt_id: int) -> str:
    """Return the number of a receipt."""
    return session.execute(select(Receipt.number).where(Receipt.id == receipt_id)).scalar_one()


def end_receipt(
    session: Session, receipt_id: int, state: ReceiptState, *, reason: ReceiptEndReason, at: datetime
) -> None:
    """Mark a receipt as replaced or void; its facts and its bytes stay."""
    session.execute(update(Receipt).where(Receipt.id == receipt_id).values(state=state, ended_at=at, end_reason=reason))


def make_file(receipt_id: int, *, clock: Clock) -> bytes:
    """Return the PDF of a receipt, rendered now unless it is stored already. For workers: it loads the renderer.

    Raises:
        receipts.ReceiptOnHold: the document must not be issued.
        ReceiptErased: the donor's personal data were erased.
        ConversionNotKnown: the gift will be converted, and it is too early to print without the rate.
    """
    with reading() as session:
        stored = session.execute(select(ReceiptFile.pdf).where(ReceiptFile.receipt_id == receipt_id)).scalar()
        text = session.execute(select(Receipt.document).where(Receipt.id == receipt_id)).scalar()
    if stored == b"":
        raise ReceiptErased(f"receipt {receipt_id}")
    if stored is not None:
        return stored
    if text is None:
        raise NotFound(f"receipt {receipt_id}")
    document = with_conversion(ReceiptDocument.from_json(text), receipt_id, at=clock.now())
    pdf = render_pdf(document, pictures_of(document))
    row = {
        "receipt_id": receipt_id,
        "pdf": pdf,
        "sha256": hashlib.sha256(pdf).hexdigest(),
        "made_at": clock.now(),
        "substituted": " ".join(f"U+{ord(char):04X}" for char in substituted_characters(document)) or None,
    }
    with transaction() as session:
        insert_once(session, ReceiptFile, row)
        pdf_in_use: bytes = session.execute(
            select(ReceiptFile.pdf).where(ReceiptFile.receipt_id == receipt_id)
        ).scalar_one()
    return pdf_in_use


def reasons_to_hold(document: str) -> list[HoldReason]:
    """Return why a receipt with these stored facts must not be issued; none when it may."""
    try:
        facts = ReceiptDocument.from_json(document)
    except (TypeError, ValueError, KeyError):
        return [HoldReason.UNREADABLE_FACTS]
    return check_document(facts)


def unprinted(*, limit: int = 200) -> list[int]:
    """Return receipts without a PDF, oldest first, of the last PRINT_DAYS days before the newest one."""
    with reading() as session:
        newest = session.execute(select(func.max(Receipt.issued_at))).scalar()
        if newest is None:
            return []
        rows = session.execute(
            select(Receipt.id)
            .outerjoin(ReceiptFile, ReceiptFile.receipt_id == Receipt.id)
            .where(
                Receipt.issued_at >= newest - timedelta(days=PRINT_DAYS),
                ReceiptFile.receipt_id.is_(None),
                ~erasure_of(Receipt.id),
                Receipt.state == ReceiptState.ISSUED,
            )
            .order_by(Receipt.issued_at, Receipt.id)
            .limit(limit)
        )
        return list(rows.scalars())


def _take_number(session: Session, series: str, year: int) -> int:
    """Return the next serial; the counter's row is locked until the transaction ends, so that no number is lost."""
    counter = {"of_series": series, "of_year": year}
    serial: int | None = session.execute(_COUNT_UP, counter).scalar()
    if serial is None:
        insert_once(session, ReceiptCounter, {"series": series, "year": year, "last_number": 0})
        serial = int(session.execute(_COUNT_UP, counter).scalar_one())
    return serial


_COUNTER = ReceiptCounter.__table__
# Built once, of the tables alone: every gift needs it.
_ISSUE = insert(Receipt.__table__).returning(Receipt.__table__.c.id)
_COUNT_UP = (
    update(_COUNTER)
    .where(_COUNTER.c.series == bindparam("of_series"), _COUNTER.c.year == bindparam("of_year"))
    .values(last_number=_COUNTER.c.last_number + 1)
    .returning(_COUNTER.c.last_number)
)


def _document(facts: ReceiptFacts, *, number: str, code: str, issued_on: date, replaces: str | None) -> ReceiptDocument:
    return ReceiptDocument(
        number=number,
        status="original",
        replaces=replaces,
        replaced_by=None,
        voided_on=None,
        issued_on=issued_on,
        issued_at_place=facts.issuer.get("place", ""),
        issuer_name=facts.issuer.get("legal_name", ""),
        issuer_address=facts.issuer.get("address", ""),
        issuer_registration=facts.issuer.get("registration", ""),
        signatory=facts.issuer.get("signatory", ""),
        donor_name=facts.donor_name,
        received_on=facts.received_on,
        amount_minor=facts.remaining.minor,
        currency=facts.remaining.currency,
        exponent=currency(facts.remaining.currency).exponent,
        settled_minor=facts.settled.minor if facts.settled else None,
        settled_currency=facts.settled.currency if facts.settled else None,
        settled_exponent=currency(facts.settled.currency).exponent if facts.settled else None,
        rate=facts.rate,
        method="bank" if facts.method == "bank" else "cash" if facts.method == "cash" else "card",
        method_brand=facts.method_brand,
        method_last4=facts.method_last4,
        method_reference=None,
        purpose=facts.purpose,
        restricted=facts.is_restricted,
        given_in_return=None,
        language=facts.language,
        verify_url=f"{facts.public_url}/{facts.language}/verify/{number}?code={code}",
        verify_code=code,
        campaign_title=facts.campaign_title,
        is_test=not facts.livemode,
        template_version=WITH_BRAND if facts.logo or facts.signature or facts.accent else WITHOUT_BRAND,
        note=facts.note,
        logo_sha256=facts.logo,
        signature_sha256=facts.signature,
        accent=facts.accent,
    )
