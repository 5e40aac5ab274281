"""The fields of a new subscription."""

from campaign.sandbox.billing import periods, subscription_items
from campaign.sandbox.core.box import Box
from campaign.sandbox.core.json_types import Json

_NULL_AT_FIRST = (
    *("application", "application_fee_percent", "billing_cycle_anchor_config", "billing_thresholds"),
    *("cancel_at", "canceled_at", "customer_account", "days_until_due"),
    *("default_source", "description", "ended_at", "latest_invoice"),
    *("next_pending_invoice_item_invoice", "on_behalf_of", "pause_collection", "pending_invoice_item_interval"),
    *("pending_setup_intent", "pending_update", "schedule", "transfer_data"),
    *("trial_end", "trial_start"),
)
"""Fields that are null when the object is made."""


def blank(box: Box, *, customer_id: str, method_id: str | None, items: list[tuple[Json, int]]) -> Json:
    """Return a subscription of prices and quantities that begins now, neither saved nor reported yet."""
    at, subscription_id, price = box.now(), box.new_id("sub_1"), items[0][0]
    end = periods.next_end(at, at, price["recurring"])
    return {
        **dict.fromkeys(_NULL_AT_FIRST),
        "id": subscription_id,
        "object": "subscription",
        "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None},
        "billing_cycle_anchor": at,
        "billing_mode": {"flexible": {"proration_discounts": "included"}, "type": "flexible"},
        "billing_schedules": [],
        "cancel_at_period_end": False,
        "cancellation_details": {"comment": None, "feedback": None, "reason": None},
        "collection_method": "charge_automatically",
        "created": at,
        "currency": price["currency"],
        "customer": customer_id,
        "default_payment_method": method_id,
        "default_tax_rates": [],
        "discounts": [],
        "invoice_settings": {"account_tax_ids": None, "issuer": {"type": "self"}},
        "items": subscription_items.blank(box, subscription_id, items, start=at, end=end),
        "livemode": False,
        "metadata": {},
        "payment_settings": {
            "payment_method_options": None,
            "payment_method_types": None,
            "save_default_payment_method": "off",
        },
        "start_date": at,
        "status": "active",
        "test_clock": box.test_clock,
        "trial_settings": {"end_behavior": {"missing_payment_method": "create_invoice"}},
    }
