"""The planned end of a subscription: when the paid period is over, or at the end of a later one."""

from campaign.sandbox.billing import periods, subscription_items
from campaign.sandbox.core.box import Box
from campaign.sandbox.core.errors import Refused
from campaign.sandbox.core.json_types import Json


def ending_fields(box: Box, subscription: Json, params: Json) -> Json:
    """Return the fields that `cancel_at` or `cancel_at_period_end` change; none where neither is given."""
    if {"cancel_at", "cancel_at_period_end"} <= params.keys():
        raise Refused("You may only specify one of cancel_at and cancel_at_period_end.", param="cancel_at")
    if "cancel_at" in params:
        at = params["cancel_at"]
        _require_end_of_period(box, subscription, at)
        return _fields(box, subscription, at, is_period_end=False)
    if "cancel_at_period_end" in params:
        ends_with_period = params["cancel_at_period_end"]
        end = subscription_items.period_end(subscription) if ends_with_period else None
        return _fields(box, subscription, end, is_period_end=ends_with_period)
    return {}


def _require_end_of_period(box: Box, subscription: Json, at: int | None) -> None:
    """Refuse a day within a later period.

    Stripe would charge a part of the amount, which the sandbox does not support.
    """
    if at is None:
        return
    if at <= box.now():
        raise Refused("The cancel_at timestamp must be in the future.", param="cancel_at")
    anchor, recurring = periods.anchor_of(subscription), subscription_items.recurring(subscription)
    end = subscription_items.period_end(subscription)
    while end < at:
        end = periods.next_end(anchor, end, recurring)
    if at != end:
        raise Refused("This sandbox does not prorate: cancel_at must be the end of a period.", param="cancel_at")


def _fields(box: Box, subscription: Json, at: int | None, *, is_period_end: bool) -> Json:
    reason = None if at is None else "cancellation_requested"
    return {
        "cancel_at": at,
        "cancel_at_period_end": is_period_end,
        "canceled_at": None if at is None else box.now(),
        "cancellation_details": {**subscription["cancellation_details"], "reason": reason},
    }
