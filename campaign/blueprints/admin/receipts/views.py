"""The register of receipts: one PDF, a period's PDFs in one archive, the register as a file. All of it is audited."""

import io
from collections.abc import Mapping

from flask import Response, current_app, render_template, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.blueprints.admin import bp, words
from campaign.blueprints.admin.form_values import Asked, asked_in_address, asked_in_form
from campaign.blueprints.admin.frame import campaign, done, file_answer, refused
from campaign.blueprints.admin.guard import person, typed
from campaign.config import Config
from campaign.days import local_day
from campaign.domain.errors import DomainError
from campaign.domain.typed_text import one_line
from campaign.gateway_registry import gateways
from campaign.jobs import wake
from campaign.services import audit
from campaign.services.exports.ledger import period_of
from campaign.services.exports.registers import receipt_file
from campaign.services.gifts import held_receipts
from campaign.services.gifts.held_receipts import HeldRow
from campaign.services.receipts import files, listing
from campaign.services.receipts.listing import ReceiptFilter
from campaign.services.spreadsheets import FileFormat

PAGE_ROWS = 50


@bp.get("/receipts")
def receipts() -> ResponseReturnValue:
    asked = asked_in_address()
    wanted = _wanted(asked)
    rows = listing.receipts(wanted) if not asked.mistakes else []
    page = render_template(
        "admin/receipts/list.html",
        asked=asked,
        rows=rows,
        held=held_receipts.held_receipts(campaign_id=campaign().id),
        substituted=held_receipts.substituted_receipts(campaign_id=campaign().id),
        older_url=asked.with_(before=str(rows[-1].id)) if len(rows) == PAGE_ROWS else None,
    )
    return page, asked.status


@bp.get("/receipts/<number>.pdf")
def receipt_pdf(number: str) -> ResponseReturnValue:
    """The bytes that the donor has."""
    try:
        pdf = files.receipt_pdf(number, campaign_id=campaign().id)
    except files.ReceiptNotReady as error:
        return refused(error, "admin.receipts")
    _note("receipt:download", f"receipt:{number}", {})
    return send_file(io.BytesIO(pdf), mimetype="application/pdf", as_attachment=True, download_name=f"{number}.pdf")


@bp.get("/receipts/period.zip")
def receipts_zip() -> ResponseReturnValue:
    """Every PDF of the days asked for."""
    asked = asked_in_address()
    wanted = _wanted(asked)
    asked.refuse_mistakes()
    try:
        archive = files.receipts_zip(wanted)
    except DomainError as error:
        return refused(error, "admin.receipts", **asked.values)
    _note("receipts:download", f"campaign:{campaign().slug}", _period(wanted))
    name = f"{campaign().slug}-receipts-{wanted.since or 'all'}-{wanted.until or local_day(gateways().clock.now())}.zip"
    return send_file(io.BytesIO(archive), mimetype="application/zip", as_attachment=True, download_name=name)


@bp.get("/receipts/register.<any(csv,xlsx):file_format>", endpoint="receipt_register")
def register_file(file_format: FileFormat) -> Response:
    """The same rows as on screen, all of them."""
    asked = asked_in_address()
    wanted = _wanted(asked)
    asked.refuse_mistakes()
    about = period_of(wanted.since, wanted.until, made_at=gateways().clock.now())
    file = receipt_file(wanted, about=about, file_format=file_format)
    _note("receipt_register:download", f"campaign:{campaign().slug}", {"format": file_format, **_period(wanted)})
    return file_answer(file, "receipts", file_format)


@bp.get("/receipts/<number>/held")
def held_receipt(number: str) -> ResponseReturnValue:
    """Why a receipt is held, and the name on it to be corrected."""
    row = held_receipts.held_receipt(number, campaign_id=campaign().id)
    return _correction(row, Asked({"donor_name": row.donor_name or "", **typed()}))


@bp.post("/receipts/<number>/held")
def correct_receipt(number: str) -> ResponseReturnValue:
    """Replace it by one with the corrected name; its mail leaves with the new one."""
    asked = asked_in_form()
    config: Config = current_app.config["KURAK"]
    try:
        new_number = held_receipts.correct(
            number,
            campaign_id=campaign().id,
            donor_name=one_line(asked.text("donor_name")) or None,
            actor_id=person().id,
            clock=gateways().clock,
            public_url=config.public_url,
        )
    except held_receipts.StillHeld as error:
        asked.refuse("donor_name", error, words.sentence_of(error))
        return _correction(held_receipts.held_receipt(number, campaign_id=campaign().id), asked, why=str(error)), 422
    except DomainError as error:
        return refused(error, "admin.receipts")
    wake("outbox")
    wake("papers")
    return done(_("Corrected. Receipt %(number)s is printed and sent now.", number=new_number), "admin.receipts")


def _correction(row: HeldRow, asked: Asked, *, why: str = "") -> str:
    return render_template("admin/receipts/held_receipt.html", row=row, asked=asked, why=why)


def _wanted(asked: Asked) -> ReceiptFilter:
    since, until = asked.period()
    return ReceiptFilter(
        campaign_id=campaign().id,
        since=since,
        until=until,
        state=asked.filter_choice("state", words.RECEIPT) or None,
        text=asked.text("text") or asked.text("number"),
        before_id=asked.number("before"),
        limit=PAGE_ROWS,
    )


def _period(wanted: ReceiptFilter) -> dict[str, object]:
    return {"since": str(wanted.since or ""), "until": str(wanted.until or "")}


def _note(action: str, subject: str, detail: Mapping[str, object]) -> None:
    audit.record_access(
        actor_id=person().id, action=action, subject=subject, detail=dict(detail), clock=gateways().clock
    )
