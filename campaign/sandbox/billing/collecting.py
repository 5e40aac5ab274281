"""The payment of invoices: at once, with the payer's help, or on the third, fifth and seventh day after a refusal."""

from campaign.sandbox.billing import invoice_payments, invoices, subscriptions
from campaign.sandbox.catalogue import means
from campaign.sandbox.catalogue.cards import MESSAGES, Card
from campaign.sandbox.core.box import Box
from campaign.sandbox.core.errors import CardDeclined, Refused
from campaign.sandbox.core.json_types import Json
from campaign.sandbox.payments import charges, intents

_DAY_SECONDS = 86_400


def finalize_due(box: Box, invoice_id: str) -> None:
    """Finalize a draft that has waited its hour."""
    invoice = box.store.find(invoice_id)
    if invoice is None or invoice["status"] != "draft" or not invoice["auto_advance"]:
        return
    subscription = invoices.subscription_of(box, invoice)
    if subscriptions.is_over(subscription):
        return
    invoices.finalize(box, invoice)
    pause = subscription["pause_collection"]
    if pause:
        invoices.close(box, invoice, "void" if pause["behavior"] == "void" else "uncollectible")
    else:
        _collect_quietly(box, invoice)


def retry_due(box: Box, invoice_id: str) -> None:
    """Try the payment again on the day of the next attempt."""
    invoice = box.store.find(invoice_id)
    if invoice is None or invoice["status"] != "open" or invoice["next_payment_attempt"] is None:
        return
    is_due = invoice["next_payment_attempt"] <= box.now()
    if is_due and not subscriptions.is_over(invoices.subscription_of(box, invoice)):
        _collect_quietly(box, invoice)


def _collect_quietly(box: Box, invoice: Json) -> None:
    try:
        collect(box, invoice)
    except CardDeclined:
        return  # reported by events; nobody waits for an answer


def pay(box: Box, params: Json, invoice_id: str) -> Json:
    """Pay an invoice now.

    Raises:
        CardDeclined: the bank refuses the card.
    """
    invoice = invoices.retrieve(box, invoice_id)
    if invoice["status"] == "draft":
        invoices.finalize(box, invoice)
    if invoice["status"] not in {"open", "uncollectible"}:
        raise Refused("Invoice is already paid" if invoice["status"] == "paid" else "Invoice is void")
    if params.get("paid_out_of_band"):
        raise Refused("This sandbox sees no money that goes elsewhere.", param="paid_out_of_band")
    method = None
    if "payment_method" in params:
        method = box.get("payment_method", params["payment_method"], param="payment_method")
    collect(box, invoice, method)
    return invoice


def collect(box: Box, invoice: Json, method: Json | None = None) -> None:
    """Charge the card of the subscription, or the given one.

    Raises:
        CardDeclined: the bank refuses.
    """
    subscription = invoices.subscription_of(box, invoice)
    method = method or method_of(box, subscription)
    card = means.of_object(box, method)
    payment, intent = _payment(box, invoice, method)
    invoice.update(attempted=True, attempt_count=invoice["attempt_count"] + 1)
    if isinstance(card, Card) and card.always_secure:
        _ask_the_payer(box, invoice, intent, card)
        _put_off(box, invoice, subscription)
        return
    if not isinstance(card, Card):
        raise Refused("This sandbox renews by card only.")
    try:
        charge = charges.take(box, intent, card)
    except CardDeclined:
        _put_off(box, invoice, subscription)
        raise
    settle(box, invoice, payment=payment, intent=intent, charge=charge)


def method_of(box: Box, subscription: Json) -> Json:
    """Return the payment method of the subscription."""
    customer = box.get("customer", subscription["customer"])
    method_id = subscription["default_payment_method"] or customer["invoice_settings"]["default_payment_method"]
    if method_id is None:
        raise Refused(
            "This customer has no attached payment source or default payment method.", code="resource_missing"
        )
    return box.get("payment_method", method_id)


def _payment(box: Box, invoice: Json, method: Json) -> tuple[Json, Json]:
    waiting = [one for one in invoice_payments.of_invoice(box, invoice) if one["status"] == "open"]
    if waiting:
        intent = intents.retrieve(box, waiting[0]["payment"]["payment_intent"])
        intent.update(payment_method=method["id"], last_payment_error=None, next_action=None)
        return waiting[0], intent
    fields = {name: invoice[name] for name in ("currency", "customer")}
    fields |= {"amount": invoice["amount_due"], "description": "Subscription update"}
    intent = intents.create(box, fields, method=method, data={})
    return invoice_payments.open_for(box, invoice, intent["id"]), intent


def settle(box: Box, invoice: Json, *, payment: Json, intent: Json, charge: Json) -> None:
    """Record the payment: update the charge, the invoice and the subscription, and report each by an event."""
    charges.succeed(box, intent, charge)
    invoice_payments.settle(box, payment)
    invoices.mark_paid(box, invoice)
    subscription = invoices.subscription_of(box, invoice)
    if subscription["status"] in {"past_due", "unpaid", "incomplete"}:
        subscriptions.change(box, subscription, status="active")


def _ask_the_payer(box: Box, invoice: Json, intent: Json, card: Card) -> None:
    intent.update(
        status="requires_action",
        next_action={
            "type": "redirect_to_url",
            "redirect_to_url": {"return_url": None, "url": invoice["hosted_invoice_url"]},
        },
    )
    box.save(intent, {"means": card.number, "invoice": invoice["id"]})
    box.save(invoice)
    box.tell("payment_intent.requires_action", intent)
    box.tell("invoice.payment_action_required", invoice)


def authenticate(box: Box, invoice: Json, *, passed: bool) -> None:
    """Record that the payer passed or failed the 3-D Secure step of an invoice.

    Raises:
        CardDeclined: they failed it.
    """
    [payment] = [one for one in invoice_payments.of_invoice(box, invoice) if one["status"] == "open"]
    intent = intents.retrieve(box, payment["payment"]["payment_intent"])
    card = means.of_object(box, intent)
    if intent["status"] != "requires_action" or not isinstance(card, Card):
        raise Refused("This payment does not wait for authentication.", code="payment_intent_unexpected_state")
    if passed:
        settle(box, invoice, payment=payment, intent=intent, charge=charges.take(box, intent, card))
        return
    code = "payment_intent_authentication_failure"
    why = intents.error(box, intent, code=code, message=MESSAGES[code])
    intents.fail(box, intent, why, kind="invalid_request_error")
    raise CardDeclined({**why, "payment_intent": intent})


def _put_off(box: Box, invoice: Json, subscription: Json) -> None:
    """Plan the next attempt, or end the subscription after the last one."""
    pauses = box.settings.invoice_retry_days
    tries = invoice["attempt_count"]
    first = invoice["billing_reason"] == "subscription_create"
    again = box.now() + pauses[tries - 1] * _DAY_SECONDS if tries <= len(pauses) and not first else None
    invoice["next_payment_attempt"] = again
    box.save(invoice)
    box.tell("invoice.payment_failed", invoice)
    if first or subscriptions.is_over(subscription):
        return
    if again is not None:
        box.later_in_its_time("retry_invoice", invoice["id"], due=again)
        subscriptions.change(box, subscription, status="past_due")
    elif box.settings.after_last_retry == "canceled":
        subscriptions.end(box, subscription, "payment_failed")
    else:
        subscriptions.change(box, subscription, status=box.settings.after_last_retry)
