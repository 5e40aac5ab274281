"""Subscriptions: who pays how much how often, and what they have changed since."""

from typing import Final

from campaign.sandbox.billing import cancellation, periods, subscription_items
from campaign.sandbox.core.box import Box
from campaign.sandbox.core.errors import Refused
from campaign.sandbox.core.json_types import Json
from campaign.sandbox.protocol.lists import page_of
from campaign.sandbox.protocol.params import (
    EXPAND,
    Choice,
    EmptyOr,
    Flag,
    Group,
    Metadata,
    Text,
    Whole,
    list_params,
    merged_metadata,
)

_REASON: Final = (
    *("customer_service", "low_quality", "missing_features", "other", "switched_service", "too_complex"),
    *("too_expensive", "unused"),
)
_DETAILS: Final = Group({"comment": Text(), "feedback": Choice(_REASON)})
_PAUSE: Final = EmptyOr(
    Group({"behavior": Choice(("keep_as_draft", "mark_uncollectible", "void")), "resumes_at": Whole()}, ("behavior",))
)
UPDATE = Group(
    {
        **EXPAND,
        "cancel_at": EmptyOr(Whole()),
        "cancel_at_period_end": Flag(),
        "cancellation_details": _DETAILS,
        "default_payment_method": Text(),
        "description": Text(500, may_be_empty=True),
        "items": subscription_items.CHANGED,
        "metadata": Metadata(),
        "pause_collection": _PAUSE,
        "payment_behavior": Choice(("allow_incomplete",)),
        "proration_behavior": subscription_items.PRORATION,
    }
)
CREATE = Group(
    {
        **EXPAND,
        "billing_cycle_anchor_config": periods.DAY,
        "cancel_at": Whole(),
        "cancel_at_period_end": Flag(),
        "customer": Text(),
        "default_payment_method": Text(),
        "description": Text(500),
        "items": subscription_items.NEW,
        "metadata": Metadata(),
        "off_session": Flag(),
        "proration_behavior": subscription_items.PRORATION,
    },
    required=("customer", "items"),
)
CANCEL = Group({**EXPAND, "cancellation_details": _DETAILS, "invoice_now": Flag(), "prorate": Flag()})
LIST = list_params(
    customer=Text(),
    price=Text(),
    status=Choice(
        ("active", "all", "canceled", "ended", "incomplete", "incomplete_expired", "past_due", "paused", "unpaid")
    ),
    test_clock=Text(),
)


def is_over(subscription: Json) -> bool:
    """Return whether it will never be charged again."""
    return subscription["status"] in {"canceled", "incomplete_expired"}


def change(box: Box, subscription: Json, **fields: object) -> None:
    """Save changed fields and report which they were."""
    before = {name: subscription[name] for name, value in fields.items() if subscription[name] != value}
    subscription.update(fields)
    box.save(subscription)
    if before:
        box.tell("customer.subscription.updated", subscription, before)


def update(box: Box, params: Json, subscription_id: str) -> Json:
    """Apply a change by the payer or the merchant."""
    subscription = retrieve(box, subscription_id)
    if is_over(subscription):
        raise Refused("A canceled subscription can only update its cancellation_details and metadata.")
    fields: Json = {name: params[name] for name in ("description",) if name in params}
    fields.update(cancellation.ending_fields(box, subscription, params))
    if "cancellation_details" in params:
        known: Json = fields.get("cancellation_details") or subscription["cancellation_details"]
        fields["cancellation_details"] = {**known, **params["cancellation_details"]}
    if "default_payment_method" in params:
        fields["default_payment_method"] = _method(box, subscription, params["default_payment_method"])
    if "items" in params:
        fields["items"] = subscription_items.updated(box, subscription, params)
    if "metadata" in params:
        fields["metadata"] = merged_metadata(subscription["metadata"], params["metadata"])
    if "pause_collection" in params:
        fields["pause_collection"] = _pause(box, subscription, params["pause_collection"])
    change(box, subscription, **fields)
    return subscription


def _method(box: Box, subscription: Json, method_id: str) -> str:
    method = box.get("payment_method", method_id, param="default_payment_method")
    if method["customer"] != subscription["customer"]:
        raise Refused("The payment method must be attached to the customer.", param="default_payment_method")
    return method_id


def _pause(box: Box, subscription: Json, pause: Json | None) -> Json | None:
    if pause is None:
        return None
    if "resumes_at" in pause:
        box.later_in_its_time("resume_collection", subscription["id"], due=pause["resumes_at"])
    return {"resumes_at": None, **pause}


def resume(box: Box, subscription_id: str) -> None:
    """End a pause that has an end."""
    subscription = box.store.find(subscription_id)
    pause = (subscription or {}).get("pause_collection")
    if subscription and pause and (pause["resumes_at"] or 0) <= box.now() and not is_over(subscription):
        change(box, subscription, pause_collection=None)


def cancel(box: Box, params: Json, subscription_id: str) -> Json:
    """End the subscription at once; open invoices stay open."""
    subscription = retrieve(box, subscription_id)
    if is_over(subscription):
        raise Refused(f"No such subscription: '{subscription_id}'", status=404, code="resource_missing", param="id")
    return end(box, subscription, "cancellation_requested", **params.get("cancellation_details", {}))


def end(box: Box, subscription: Json, reason: str, **details: str) -> Json:
    """End the subscription for this reason."""
    subscription.update(
        status="canceled",
        canceled_at=subscription["canceled_at"] or box.now(),
        ended_at=box.now(),
        cancellation_details={**subscription["cancellation_details"], "reason": reason, **details},
    )
    box.save(subscription)
    box.tell("customer.subscription.deleted", subscription)
    return subscription


def retrieve(box: Box, subscription_id: str) -> Json:
    """Return the subscription."""
    return box.get("subscription", subscription_id)


def list_all(box: Box, params: Json) -> Json:
    """List subscriptions, newest first; canceled ones only on request."""
    status = params.pop("status", None)
    where: list[tuple[str, tuple[object, ...]]] = []
    if status in {None, "ended"}:
        sign = "NOT IN" if status is None else "IN"
        where.append((f"json_extract(body, '$.status') {sign} ('canceled', 'incomplete_expired')", ()))
    elif status != "all":
        where.append(("json_extract(body, '$.status') = ?", (status,)))
    if "price" in params:
        of_items = "SELECT json_extract(value, '$.price.id') FROM json_each(body, '$.items.data')"
        where.append((f"? IN ({of_items})", (params["price"],)))
    filters = ("customer", "test_clock")
    return page_of(box, "subscription", params, url="/v1/subscriptions", filters=filters, where=where)
