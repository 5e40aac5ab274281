"""The fields of a new invoice and of its lines."""

from campaign.sandbox.core.box import Box
from campaign.sandbox.core.json_types import Json


def blank(box: Box) -> Json:
    """Return the fields of a draft invoice that do not depend on its subscription."""
    nothing = (
        *("account_tax_ids", "application", "automatically_finalizes_at", "custom_fields", "customer_account"),
        *("customer_address", "customer_phone", "customer_shipping", "default_payment_method", "default_source"),
        *("description", "due_date", "effective_at", "ending_balance", "footer", "from_invoice"),
        *("hosted_invoice_url", "invoice_pdf", "last_finalization_error", "latest_revision", "next_payment_attempt"),
        *("number", "on_behalf_of", "receipt_number", "rendering", "shipping_cost", "shipping_details"),
        *("statement_descriptor", "webhooks_delivered_at"),
    )
    amounts = (
        *("amount_overpaid", "amount_paid", "amount_paid_off_stripe", "amount_shipping", "attempt_count"),
        *("post_payment_credit_notes_amount", "pre_payment_credit_notes_amount", "starting_balance"),
    )
    empty = ("default_tax_rates", "discounts", "total_discount_amounts", "total_pretax_credit_amounts", "total_taxes")
    return {
        **dict.fromkeys(nothing),
        **dict.fromkeys(amounts, 0),
        **{name: [] for name in (*empty, "customer_tax_ids")},
        "account_country": box.settings.account_country,
        "account_name": box.settings.merchant,
        "attempted": False,
        "auto_advance": True,
        "automatic_tax": {
            "disabled_reason": None,
            "enabled": False,
            "liability": None,
            "provider": None,
            "status": None,
        },
        "collection_method": "charge_automatically",
        "customer_tax_exempt": "none",
        "issuer": {"type": "self"},
        "livemode": False,
        "metadata": {},
        "payment_settings": {
            "default_mandate": None,
            "payment_method_options": None,
            "payment_method_types": None,
        },
        "status": "draft",
        "status_transitions": dict.fromkeys(("finalized_at", "marked_uncollectible_at", "paid_at", "voided_at")),
    }


def line_of(box: Box, subscription: Json, item: Json, invoice_id: str) -> Json:
    """Return the invoice's line of one item of a subscription."""
    price = item["price"]
    total = price["unit_amount"] * item["quantity"]
    return {
        "id": box.new_id("il_1"),
        "object": "line_item",
        "amount": total,
        "currency": price["currency"],
        "description": (box.store.find(price["product"]) or {}).get("name"),
        "discount_amounts": [],
        "discountable": True,
        "discounts": [],
        "invoice": invoice_id,
        "livemode": False,
        "metadata": subscription["metadata"],
        "parent": {
            "invoice_item_details": None,
            "subscription_item_details": {
                "invoice_item": None,
                "proration": False,
                "proration_details": {"credited_items": None},
                "subscription": subscription["id"],
                "subscription_item": item["id"],
            },
            "type": "subscription_item_details",
        },
        "period": {"end": item["current_period_end"], "start": item["current_period_start"]},
        "pretax_credit_amounts": [],
        "pricing": {
            "price_details": {"price": price["id"], "product": price["product"]},
            "type": "price_details",
            "unit_amount_decimal": str(price["unit_amount"]),
        },
        "quantity": item["quantity"],
        "subtotal": total,
        "taxes": [],
    }
