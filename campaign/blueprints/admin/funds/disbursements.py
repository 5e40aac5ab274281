"""Spending: the list of what was paid out, and the record of one with its evidence."""

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.blueprints.admin import bp, words
from campaign.blueprints.admin.form_values import ASK_FOR_AMOUNT, Asked, asked_in_address, asked_in_form
from campaign.blueprints.admin.frame import campaign, done
from campaign.blueprints.admin.guard import person
from campaign.days import local_day
from campaign.domain.errors import DomainError
from campaign.domain.identity import new_public_id
from campaign.domain.money import CURRENCIES
from campaign.gateway_registry import gateways
from campaign.services.funds import disbursements as funds_disbursements
from campaign.services.funds.balances import FundRow, funds
from campaign.services.funds.disbursements import SPENDING_KINDS, NewDisbursement
from campaign.services.funds.disbursements import disbursements as disbursements_found
from campaign.services.funds.previews import preview_of_payment

FIELD_OF: dict[type[DomainError], str] = {
    funds_disbursements.PaidInTheFuture: "paid_on",
    funds_disbursements.PaidTooEarly: "paid_on",
    funds_disbursements.EvidenceMissing: "evidence",
}
"""Where a broken rule is mended; the amount where it is not named."""


@bp.get("/disbursements")
def disbursements() -> ResponseReturnValue:
    """What was paid, to whom, from which fund, shown by which paper."""
    asked = asked_in_address()
    rows = disbursements_found(campaign().id, before_id=asked.number("before"))
    older_url = asked.with_(before=str(rows[-1].id)) if len(rows) == funds_disbursements.PAGE_ROWS else None
    return render_template("admin/funds/disbursements.html", asked=asked, rows=rows, older_url=older_url)


@bp.get("/disbursements/new")
def disbursement_form() -> ResponseReturnValue:
    today = local_day(gateways().clock.now()).isoformat()
    return _form(Asked({"paid_on": today, **asked_in_address().values, "form_id": new_public_id()}))


@bp.post("/disbursements/new")
def record_disbursement() -> ResponseReturnValue:
    """First the preview with the fund's balance before and after, then, confirmed, the entry."""
    asked = asked_in_form(form_id=new_public_id())
    form_id = asked.form_id(told_at="amount")
    payment = _payment(asked)
    if asked.mistakes or payment is None or asked.text("step") == "change":
        return _form(asked), 422 if asked.mistakes else 200
    clock = gateways().clock
    try:
        seen = preview_of_payment(payment, clock=clock)
        if asked.text("step") == "confirm":
            funds_disbursements.record_disbursement(payment, public_id=form_id, actor_id=person().id, clock=clock)
            return done(_("The payment is recorded."), "admin.disbursements")
    except DomainError as error:
        asked.refuse(FIELD_OF.get(type(error), "amount"), error, words.sentence_of(error))
        return _form(asked), 422
    return render_template("admin/funds/disbursement_preview.html", seen=seen, asked=asked)


def _payment(asked: Asked) -> NewDisbursement | None:
    currency = asked.choice("currency", CURRENCIES) or campaign().currency
    amount, paid_on = asked.money("amount", currency), asked.day("paid_on")
    fund = asked.required("fund", _("Choose what was paid for."))
    if amount is None and not asked.error_of("amount"):
        asked.mistakes.append(("amount", str(ASK_FOR_AMOUNT)))
    if paid_on is None and not asked.error_of("paid_on"):
        asked.mistakes.append(("paid_on", _("Enter the day of the payment.")))
    payee = asked.required("payee", _("Enter who was paid."))
    evidence = asked.required("evidence", _("Enter the number of the invoice, act or statement."))
    if amount is None or paid_on is None:
        return None
    return NewDisbursement(
        campaign_id=campaign().id, fund=fund, amount=amount, paid_on=paid_on, payee=payee, evidence=evidence
    )


def _form(asked: Asked) -> str:
    own = campaign().currency
    return render_template("admin/funds/disbursement_form.html", asked=asked, funds=_with_money(), own_currency=own)


def _with_money() -> list[FundRow]:
    return [row for row in funds(campaign().id) if row.kind in SPENDING_KINDS and row.balances]
