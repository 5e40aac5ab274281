"""Receipts as files: the current PDF of one, and a period's PDFs in one archive with a list of them.

The stored bytes are the receipt and never change. A receipt that was voided or replaced is downloaded as a marked copy.
"""

import csv
import io
import zipfile
from dataclasses import dataclass, replace
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from campaign.database import reading
from campaign.days import local_day, local_time
from campaign.domain.csv_text import escape_formula
from campaign.domain.erasure import ReceiptErased
from campaign.domain.errors import DomainError, NotFound
from campaign.domain.receipt import ReceiptState
from campaign.models.donation import Donation
from campaign.models.erasure import ReceiptErasure
from campaign.models.receipt import Receipt, ReceiptFile
from campaign.services.receipts.hold_reasons import explain
from campaign.services.receipts.issuing import reasons_to_hold
from campaign.services.receipts.listing import ReceiptFilter, ReceiptView, receipts
from receipts import EndedState, ReceiptDocument, mark_ended

MAX_ZIP = 2000
"""How many receipts one download may hold."""
LIST_NAME = "receipts.csv"


class ReceiptNotReady(DomainError):
    """A worker is rendering the PDF; it will be ready in a moment."""


class TooManyReceipts(DomainError):
    """The period has more receipts than one download may."""


class NothingInPeriod(DomainError):
    """No receipt matches the period and the filters, so there is nothing to put into an archive."""


@dataclass(frozen=True, slots=True)
class _Stored:
    """A receipt's bytes and facts, and those of the receipt that replaces it."""

    state: str
    ended_at: datetime | None
    document: str
    pdf: bytes | None
    successor: str | None
    is_erased: bool


def receipt_pdf(number: str, *, campaign_id: int | None = None) -> bytes:
    """Return the stored bytes of a valid receipt, or a marked copy of one that is void or replaced.

    Raises:
        NotFound: there is no such receipt, or it is of another campaign than the one given.
        ReceiptNotReady: it is not rendered yet, or it is on hold.
        ReceiptErased: its donor's personal data were erased.
    """
    with reading() as session:
        query = _STORED.where(Receipt.number == number)
        if campaign_id is not None:
            query = query.where(Receipt.donation_id.in_(select(Donation.id).where(Donation.campaign_id == campaign_id)))
        row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound(number)
    stored = _Stored(*row)
    if stored.is_erased:
        raise ReceiptErased(number)
    pdf = _as_it_stands(stored)
    if pdf is None:
        raise ReceiptNotReady(number)
    return pdf


def receipts_zip(filters: ReceiptFilter) -> bytes:
    """Return the PDFs of a period in one archive, with a list that names each receipt's file or says why it has none.

    Raises:
        TooManyReceipts: the period has more than MAX_ZIP.
        NothingInPeriod: it has none.
    """
    views = receipts(replace(filters, text="", before_id=None, limit=MAX_ZIP + 1))
    if len(views) > MAX_ZIP:
        raise TooManyReceipts
    if not views:
        raise NothingInPeriod
    archive = io.BytesIO()
    listed: list[tuple[str, ...]] = []
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as packed:
        for receipt in views:
            stored = _stored(receipt.number)
            pdf = _as_it_stands(stored)
            if pdf is not None:
                packed.writestr(_entry(f"{receipt.number}.pdf", receipt.issued_at), pdf)
            listed.append(_line(receipt, stored, is_there=pdf is not None))
        newest = max((receipt.ended_at or receipt.issued_at for receipt in views), default=None)
        packed.writestr(_entry(LIST_NAME, newest), _list(listed))
    return archive.getvalue()


def _stored(number: str) -> _Stored:
    with reading() as session:
        return _Stored(*session.execute(_STORED.where(Receipt.number == number)).one())


def _as_it_stands(stored: _Stored) -> bytes | None:
    """Return the bytes of a valid receipt, a marked copy of an ended one, or None for one that is not rendered."""
    if stored.is_erased:
        return None
    if stored.pdf is None or stored.state == ReceiptState.ISSUED or stored.ended_at is None:
        return stored.pdf
    facts = ReceiptDocument.from_json(stored.document)
    successor = ReceiptDocument.from_json(stored.successor) if stored.successor else None
    state = EndedState(
        status="replaced" if successor else "void",
        language=facts.language,
        ended_on=local_day(stored.ended_at),
        replaced_by=successor.number if successor else None,
        address=(successor or facts).verify_url,
    )
    return mark_ended(stored.pdf, state)


def _line(receipt: ReceiptView, stored: _Stored, *, is_there: bool) -> tuple[str, ...]:
    states = {ReceiptState.ISSUED: _("valid"), ReceiptState.VOID: _("void"), ReceiptState.REPLACED: _("replaced")}
    successor = ReceiptDocument.from_json(stored.successor).number if stored.successor else ""
    file = f"{receipt.number}.pdf" if is_there else ""
    return (
        receipt.number,
        states[ReceiptState(receipt.state)],
        successor,
        file,
        "" if is_there else _why_missing(receipt, stored),
    )


def _why_missing(receipt: ReceiptView, stored: _Stored) -> str:
    if stored.is_erased:
        return str(_("The donor’s personal data were erased."))
    if receipt.state != ReceiptState.ISSUED:
        return str(_("It ended before it was printed and was never sent."))
    if reasons := reasons_to_hold(stored.document):
        return str(_("It is held. %(reasons)s.", reasons=". ".join(explain(reasons))))
    return str(_("It is still being printed. Download the archive again in a few minutes."))


def _list(lines: list[tuple[str, ...]]) -> bytes:
    """Return a table of comma-separated values with every cell quoted, which spreadsheets open as UTF-8."""
    text = io.StringIO()
    rows = csv.writer(text, quoting=csv.QUOTE_ALL)
    rows.writerow((_("Number"), _("State"), _("Replaced by"), _("File"), _("Why there is no file")))
    rows.writerows([escape_formula(cell) for cell in line] for line in lines)
    return ("\ufeff" + text.getvalue()).encode()


def _entry(name: str, at: datetime | None) -> zipfile.ZipInfo:
    """Return an entry with the time of its receipt, so that the same receipts make the same archive."""
    local = local_time(at) if at else None
    moment = (
        (local.year, local.month, local.day, local.hour, local.minute, local.second) if local else (1980, 1, 1, 0, 0, 0)
    )
    entry = zipfile.ZipInfo(name, moment)
    entry.external_attr = 0o600 << 16
    return entry


_SUCCESSOR = aliased(Receipt)
_STORED: Select[str, datetime | None, str, bytes | None, str | None, bool] = (
    select(
        *(Receipt.state, Receipt.ended_at, Receipt.document, ReceiptFile.pdf, _SUCCESSOR.document),
        ReceiptErasure.receipt_id.is_not(None),
    )
    .outerjoin(ReceiptErasure, ReceiptErasure.receipt_id == Receipt.id)
    .outerjoin(ReceiptFile, ReceiptFile.receipt_id == Receipt.id)
    .outerjoin(_SUCCESSOR, _SUCCESSOR.replaces_id == Receipt.id)
)
