"""Subscriptions over time: started by a paid session or a call, renewed at the end of each period."""

from datetime import UTC, datetime

from campaign.sandbox.billing import (
    collecting,
    invoice_payments,
    invoices,
    periods,
    subscription_fields,
    subscription_items,
    subscriptions,
    test_clocks,
)
from campaign.sandbox.catalogue import payment_methods
from campaign.sandbox.core.box import Box
from campaign.sandbox.core.errors import CardDeclined, Refused
from campaign.sandbox.core.json_types import Json
from campaign.sandbox.payments import customers
from campaign.sandbox.protocol.params import merged_metadata

_DRAFT_SECONDS = 3_600


def begin(box: Box, session: Json, intent: Json, charge: Json) -> None:
    """Start the subscription of a paid session: card, first invoice, and the events in Stripe's order."""
    method = box.get("payment_method", intent["payment_method"])
    customer = customers.retrieve(box, session["customer"])
    payment_methods.attach(box, method, customer)
    hidden = box.store.hidden(session["id"])
    items = [(line["price"], line["quantity"]) for line in hidden["line_items"]]
    subscription = subscription_fields.blank(box, customer_id=customer["id"], method_id=method["id"], items=items)
    data = hidden["subscription"]
    subscription["metadata"] = merged_metadata({}, data.get("metadata", {}))
    subscription["description"] = data.get("description")
    invoice = _first_invoice(box, subscription)
    payment = invoice_payments.open_for(box, invoice, intent["id"])
    invoice["attempt_count"] = 1
    session.update(subscription=subscription["id"], invoice=invoice["id"])
    box.save(session)
    collecting.settle(box, invoice, payment=payment, intent=intent, charge=charge)


def create(box: Box, params: Json) -> Json:
    """Start a subscription by a call; it is `incomplete` when the bank refuses the first charge."""
    customer = box.get("customer", params["customer"], param="customer")
    with test_clocks.time_of(box, customer["id"]):
        subscription = subscription_fields.blank(
            box,
            customer_id=customer["id"],
            method_id=params.get("default_payment_method"),
            items=subscription_items.requested_prices(box, params["items"]),
        )
        subscription["metadata"] = merged_metadata({}, params.get("metadata", {}))
        subscription["description"] = params.get("description")
        if "billing_cycle_anchor_config" in params:
            _begin_later(box, subscription, params)
        else:
            _begin_now(box, subscription)
        ending: Json = {name: params[name] for name in ("cancel_at", "cancel_at_period_end") if name in params}
        if ending:
            subscriptions.update(box, ending, subscription["id"])
        return subscriptions.retrieve(box, subscription["id"])


def _begin_now(box: Box, subscription: Json) -> None:
    """Charge the first invoice; without a payment the subscription stays incomplete for a day."""
    method = collecting.method_of(box, subscription)
    subscription["status"] = "incomplete"
    invoice = _first_invoice(box, subscription)
    try:
        collecting.collect(box, invoice, method)
    except CardDeclined:
        box.later_in_its_time("expire_incomplete", subscription["id"], due=box.now() + 23 * 3_600)


def _begin_later(box: Box, subscription: Json, params: Json) -> None:
    """Nothing is charged until the anchor, and without proration no invoice is made until then."""
    if params.get("proration_behavior") != "none":
        raise Refused("This sandbox does not prorate: send proration_behavior=none.", param="proration_behavior")
    config = params["billing_cycle_anchor_config"]
    anchor = periods.next_occurrence(box.now(), config)
    moment = datetime.fromtimestamp(anchor, UTC)
    given = {name: config.get(name, getattr(moment, name)) for name in ("hour", "minute", "second")}
    subscription["billing_cycle_anchor"] = anchor
    subscription["billing_cycle_anchor_config"] = {"day_of_month": config["day_of_month"], "month": None, **given}
    for item in subscription["items"]["data"]:
        item["current_period_end"] = anchor
    box.save(subscription)
    box.tell("customer.subscription.created", subscription)
    box.later_in_its_time("renew_subscription", subscription["id"], due=anchor)


def _first_invoice(box: Box, subscription: Json) -> Json:
    box.save(subscription)
    invoice = invoices.draft(box, subscription, reason="subscription_create")
    subscription["latest_invoice"] = invoice["id"]
    box.save(subscription)
    box.tell("customer.subscription.created", subscription)
    box.later_in_its_time("renew_subscription", subscription["id"], due=subscription_items.period_end(subscription))
    return invoices.finalize(box, invoice)


def expire_incomplete(box: Box, subscription_id: str) -> None:
    """Expire a subscription whose first invoice was not paid within 23 hours."""
    subscription = box.store.find(subscription_id)
    if subscription and subscription["status"] == "incomplete":
        invoices.close(box, invoices.retrieve(box, subscription["latest_invoice"]), "void")
        subscriptions.change(box, subscription, status="incomplete_expired", ended_at=box.now())


def renew(box: Box, subscription_id: str) -> None:
    """End a period: start the next one with a draft, or end the subscription as requested."""
    subscription = box.store.find(subscription_id)
    if subscription is None or subscriptions.is_over(subscription) or subscription["status"] == "incomplete":
        return
    start = subscription_items.period_end(subscription)
    if subscription["cancel_at"] is not None and subscription["cancel_at"] <= start:
        subscriptions.end(box, subscription, "cancellation_requested")
        return
    items = subscription_items.renewed(subscription)
    invoice = invoices.draft(box, {**subscription, "items": items}, reason="subscription_cycle")
    pause = subscription["pause_collection"]
    if subscription["status"] == "unpaid" or (pause and pause["behavior"] == "keep_as_draft"):
        invoice["auto_advance"] = False
    else:
        invoice["automatically_finalizes_at"] = box.now() + _DRAFT_SECONDS
        box.later_in_its_time("finalize_invoice", invoice["id"], due=box.now() + _DRAFT_SECONDS)
    box.save(invoice)
    subscriptions.change(box, subscription, items=items, latest_invoice=invoice["id"])
    box.later_in_its_time("renew_subscription", subscription_id, due=subscription_items.period_end(subscription))
