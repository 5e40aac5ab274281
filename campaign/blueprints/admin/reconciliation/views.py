"""Reconciliation: unexplained movements and what to do about them, payouts and their movements."""

from flask import Response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from campaign.blueprints.admin import bp
from campaign.blueprints.admin.filters import list_filters
from campaign.blueprints.admin.frame import campaign, done, file_answer, refused
from campaign.blueprints.admin.guard import person
from campaign.blueprints.admin.reconciliation import words
from campaign.domain.errors import DomainError
from campaign.gateway_registry import current_context
from campaign.jobs import wake
from campaign.services import audit
from campaign.services.exports.ledger import period_of
from campaign.services.exports.payouts import payout_file
from campaign.services.mail import on_hold
from campaign.services.reconciliation import case_repair, payouts, suspense
from campaign.services.reconciliation import listing as reconciliation_desk
from campaign.services.spreadsheets import FileFormat

PAGE_ROWS = 50


@bp.get("/reconciliation")
def reconciliation() -> ResponseReturnValue:
    """How much is unexplained per currency, its cases, and the payouts."""
    filters = list_filters()
    rows = reconciliation_desk.payouts(before=filters.text("before"), limit=PAGE_ROWS)
    return render_template(
        "admin/reconciliation/overview.html",
        filters=filters,
        desk=reconciliation_desk.reconciliation_page(),
        payouts=rows,
        pager=filters.pager(rows[-1].payout_id if len(rows) == PAGE_ROWS else None),
        mails_on_hold=on_hold.count_on_hold(),
        money_words=words,
    )


@bp.post("/reconciliation/compare")
def compare_now() -> ResponseReturnValue:
    """Have a worker compare with the provider and repair what it can, as it does each hour."""
    wake("reconcile")
    return done(_("A comparison is running. Check again in a minute."), "admin.reconciliation")


@bp.post("/reconciliation/mails")
def send_late_mails() -> ResponseReturnValue:
    """Send the emails to donors that are on hold because they report changes found late."""
    sent = on_hold.release(actor_id=person().id, clock=current_context().clock)
    wake("outbox")
    return done(
        ngettext("%(num)s email is being sent.", "%(num)s emails are being sent.", sent), "admin.reconciliation"
    )


@bp.get("/reconciliation/<transaction_id>")
def reconciliation_case(transaction_id: str) -> ResponseReturnValue:
    """One movement of the balance, why it is unexplained, and what can be done."""
    return render_template(
        "admin/reconciliation/case.html",
        case=reconciliation_desk.movement(transaction_id),
        money_words=words,
        own_campaign=campaign(),
    )


@bp.post("/reconciliation/<transaction_id>/fetch")
def fetch_case(transaction_id: str) -> ResponseReturnValue:
    """Fetch the payment behind it and settle that; nothing is done twice."""
    try:
        is_ours = case_repair.fetch(transaction_id, actor_id=person().id, context=current_context())
    except DomainError as error:
        return refused(error, "admin.reconciliation_case", transaction_id=transaction_id)
    if not is_ours:
        return done(
            _("The payment provider links it to no gift of ours."),
            "admin.reconciliation_case",
            transaction_id=transaction_id,
        )
    wake("outbox")
    return done(_("The payment provider’s latest information is shown here now."), "admin.reconciliation")


@bp.post("/reconciliation/<transaction_id>/fee")
def book_fee(transaction_id: str) -> ResponseReturnValue:
    """Book a stand-alone fee of the provider; the general fund bears it."""
    return _booked(transaction_id, "fee")


@bp.post("/reconciliation/<transaction_id>/unidentified")
def book_unidentified(transaction_id: str) -> ResponseReturnValue:
    """Book money that belongs to no gift on the suspense account until its gift is known."""
    return _booked(transaction_id, "unidentified")


@bp.get("/payouts/<payout_id>")
def payout(payout_id: str) -> ResponseReturnValue:
    """One payout, movement by movement."""
    row, movements = reconciliation_desk.payout(payout_id)
    return render_template(
        "admin/reconciliation/payout.html",
        payout=row,
        movements=movements,
        own_campaign=campaign(),
        money_words=words,
    )


@bp.post("/payouts/<payout_id>/book")
def book_payout(payout_id: str) -> ResponseReturnValue:
    """Book the whole of a manual payout in this campaign's ledger."""
    try:
        payouts.book_manual_payout(
            payout_id, campaign_id=campaign().id, actor_id=person().id, clock=current_context().clock
        )
    except DomainError as error:
        return refused(error, "admin.payout", payout_id=payout_id)
    return done(_("The payout is recorded."), "admin.payout", payout_id=payout_id)


@bp.get("/payouts/register.<any(csv,xlsx):file_format>", endpoint="payout_register")
def register_file(file_format: FileFormat) -> Response:
    """The payouts of a period with their movements, as a file."""
    filters, clock = list_filters(), current_context().clock
    since, until = filters.period()
    filters.refuse_mistakes()
    about = period_of(since, until, made_at=clock.now())
    file = payout_file(since=since, until=until, about=about, file_format=file_format)
    detail: dict[str, object] = {"format": file_format, "since": str(since or ""), "until": str(until or "")}
    audit.record_access(
        actor_id=person().id, action="payouts:download", subject="payouts:register", detail=detail, clock=clock
    )
    return file_answer(file, "payouts", file_format)


def _booked(transaction_id: str, word: str) -> ResponseReturnValue:
    book = {"fee": suspense.book_fee, "unidentified": suspense.book_as_unidentified}[word]
    try:
        book(transaction_id, campaign_id=campaign().id, actor_id=person().id, clock=current_context().clock)
    except DomainError as error:
        return refused(error, "admin.reconciliation_case", transaction_id=transaction_id)
    return done(_("It is recorded."), "admin.reconciliation")
