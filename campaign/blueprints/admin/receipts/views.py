"""Receipts: the list, one PDF, the PDFs of a period in one archive, the list as a file. All access is audited."""

import io
from collections.abc import Mapping, Sequence

from flask import Response, render_template, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.blueprints.admin import bp, words
from campaign.blueprints.admin.filters import ListFilters, list_filters
from campaign.blueprints.admin.frame import campaign, done, file_answer, refused
from campaign.blueprints.admin.guard import draft_fields, person
from campaign.blueprints.admin.receipts.forms import ReceiptNameForm
from campaign.days import local_day
from campaign.domain.erasure import ReceiptErased
from campaign.domain.errors import DomainError
from campaign.gateway_registry import current_context
from campaign.jobs import wake
from campaign.services import audit
from campaign.services.exports.ledger import period_of
from campaign.services.exports.registers import receipt_file
from campaign.services.gifts import receipts_on_hold
from campaign.services.gifts.receipts_on_hold import OnHoldRow
from campaign.services.receipts import files, listing
from campaign.services.receipts.listing import ReceiptFilter
from campaign.services.spreadsheets import FileFormat

PAGE_ROWS = 50


@bp.get("/receipts")
def receipts() -> ResponseReturnValue:
    """Show the list of receipts, those on hold and those printed with substitutes."""
    filters = list_filters()
    criteria = _criteria(filters)
    rows = listing.receipts(criteria) if not filters.mistakes else []
    page = render_template(
        "admin/receipts/list.html",
        filters=filters,
        rows=rows,
        on_hold=receipts_on_hold.receipts_on_hold(campaign_id=campaign().id),
        substituted=receipts_on_hold.substituted_receipts(campaign_id=campaign().id),
        pager=filters.pager(rows[-1].id if len(rows) == PAGE_ROWS else None),
    )
    return page, filters.status


@bp.get("/receipts/<number>.pdf")
def receipt_pdf(number: str) -> ResponseReturnValue:
    """The PDF of a receipt, byte for byte as the donor has it."""
    try:
        pdf = files.receipt_pdf(number, campaign_id=campaign().id)
    except (files.ReceiptNotReady, ReceiptErased) as error:
        return refused(error, "admin.receipts")
    _note("receipt:download", f"receipt:{number}", {})
    return send_file(io.BytesIO(pdf), mimetype="application/pdf", as_attachment=True, download_name=f"{number}.pdf")


@bp.get("/receipts/period.zip")
def receipts_zip() -> ResponseReturnValue:
    """The PDFs of a period in one archive."""
    filters = list_filters()
    criteria = _criteria(filters)
    filters.refuse_mistakes()
    try:
        archive = files.receipts_zip(criteria)
    except DomainError as error:
        return refused(error, "admin.receipts", **filters.values)
    _note("receipts:download", f"campaign:{campaign().slug}", _period(criteria))
    until = criteria.until or local_day(current_context().clock.now())
    name = f"{campaign().slug}-receipts-{criteria.since or 'all'}-{until}.zip"
    return send_file(io.BytesIO(archive), mimetype="application/zip", as_attachment=True, download_name=name)


@bp.get("/receipts/register.<any(csv,xlsx):file_format>", endpoint="receipt_register")
def register_file(file_format: FileFormat) -> Response:
    """The same rows as on screen, all of them."""
    filters = list_filters()
    criteria = _criteria(filters)
    filters.refuse_mistakes()
    about = period_of(criteria.since, criteria.until, made_at=current_context().clock.now())
    file = receipt_file(criteria, about=about, file_format=file_format)
    _note("receipt_register:download", f"campaign:{campaign().slug}", {"format": file_format, **_period(criteria)})
    return file_answer(file, "receipts", file_format)


@bp.get("/receipts/<number>/held", endpoint="held_receipt")
def receipt_on_hold(number: str) -> ResponseReturnValue:
    """Why a receipt is on hold, with the form that corrects its name."""
    row = receipts_on_hold.receipt_on_hold(number, campaign_id=campaign().id)
    return _name_page(row, ReceiptNameForm(data={"donor_name": row.donor_name, **draft_fields()}), row.explanations)


@bp.post("/receipts/<number>/held")
def correct_receipt(number: str) -> ResponseReturnValue:
    """Replace it by one with the corrected name; its email leaves with the new one."""
    form = ReceiptNameForm()
    if not form.validate():
        row = receipts_on_hold.receipt_on_hold(number, campaign_id=campaign().id)
        return _name_page(row, form, row.explanations), form.status
    try:
        new_number = _correct(number, form)
    except receipts_on_hold.StillOnHold as error:
        form.refuse("donor_name", words.sentence_of(error))
        row = receipts_on_hold.receipt_on_hold(number, campaign_id=campaign().id)
        return _name_page(row, form, str(error).split("; ")), form.status
    except DomainError as error:
        return refused(error, "admin.receipts")
    wake("outbox")
    wake("receipts")
    return done(_("Corrected. Receipt %(number)s is printed and sent now.", number=new_number), "admin.receipts")


def _correct(number: str, form: ReceiptNameForm) -> str:
    return receipts_on_hold.correct(
        number,
        campaign_id=campaign().id,
        donor_name=form.donor_name.data or None,
        actor_id=person().id,
        context=current_context(),
    )


def _name_page(row: OnHoldRow, form: ReceiptNameForm, explanations: Sequence[str]) -> str:
    return render_template("admin/receipts/held_receipt.html", row=row, form=form, explanations=explanations)


def _criteria(filters: ListFilters) -> ReceiptFilter:
    since, until = filters.period()
    return ReceiptFilter(
        campaign_id=campaign().id,
        since=since,
        until=until,
        state=filters.choice("state", words.RECEIPT) or None,
        text=filters.text("text") or filters.text("number"),
        before_id=filters.number("before"),
        limit=PAGE_ROWS,
    )


def _period(criteria: ReceiptFilter) -> dict[str, object]:
    return {"since": str(criteria.since or ""), "until": str(criteria.until or "")}


def _note(action: str, subject: str, detail: Mapping[str, object]) -> None:
    audit.record_access(
        actor_id=person().id, action=action, subject=subject, detail=dict(detail), clock=current_context().clock
    )
