"""Spending: the list of what was paid out, and the record of one payment with its evidence."""

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.blueprints.admin import bp, choices
from campaign.blueprints.admin.filters import list_filters
from campaign.blueprints.admin.frame import campaign, done
from campaign.blueprints.admin.funds.forms import DisbursementForm
from campaign.blueprints.admin.guard import person
from campaign.days import local_day
from campaign.domain.allocation import SPENDING_KINDS
from campaign.domain.errors import DomainError
from campaign.gateway_registry import current_context
from campaign.services.funds import disbursements as funds_disbursements
from campaign.services.funds.balances import FundRow, funds
from campaign.services.funds.previews import preview_of_payment

FIELD_OF: dict[type[DomainError], str] = {
    funds_disbursements.PaidInTheFuture: "paid_on",
    funds_disbursements.PaidTooEarly: "paid_on",
    funds_disbursements.EvidenceMissing: "evidence",
}
"""The field that is shown with a broken rule; the amount for all others."""
PREFILLED = ("fund", "currency", "amount", "payee", "evidence")


@bp.get("/disbursements")
def disbursements() -> ResponseReturnValue:
    """What was paid, to whom, from which fund, and the document that shows it."""
    filters = list_filters()
    rows = funds_disbursements.disbursements(campaign().id, before_id=filters.number("before"))
    pager = filters.pager(rows[-1].id if len(rows) == funds_disbursements.PAGE_ROWS else None)
    return render_template("admin/funds/disbursements.html", rows=rows, pager=pager)


@bp.get("/disbursements/new")
def disbursement_form() -> ResponseReturnValue:
    """The form for a payment of today."""
    data = {name: request.args.get(name) for name in PREFILLED}
    return _form_page(
        DisbursementForm(campaign().currency, data={**data, "paid_on": local_day(current_context().clock.now())})
    )


@bp.post("/disbursements/new")
def record_disbursement() -> ResponseReturnValue:
    """First show the preview with the fund's balance before and after, then, confirmed, record the payment."""
    form = DisbursementForm(campaign().currency)
    if not form.is_ready:
        return _form_page(form), form.status
    payment, clock = form.payment(campaign().id), current_context().clock
    try:
        preview = preview_of_payment(payment, clock=clock)
        if form.is_confirmed:
            funds_disbursements.record_disbursement(
                payment, public_id=form.form_id.data, actor_id=person().id, clock=clock
            )
            return done(_("The payment is recorded."), "admin.disbursements")
    except DomainError as error:
        form.refuse_rule(error, FIELD_OF.get(type(error)))
        return _form_page(form), form.status
    return render_template("admin/funds/disbursement_preview.html", preview=preview, form=form)


def _form_page(form: DisbursementForm) -> str:
    rows = _funds_to_spend()
    form.fund.choices = choices.funds(rows, _("Choose"), with_balance=True)
    form.currency.choices = choices.currencies_of(rows, form.own_currency)
    return render_template("admin/funds/disbursement_form.html", form=form, has_funds=bool(rows))


def _funds_to_spend() -> list[FundRow]:
    return [row for row in funds(campaign().id) if row.kind in SPENDING_KINDS and row.balances]
