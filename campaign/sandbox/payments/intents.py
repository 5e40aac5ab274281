"""Payment intents: created when a payer confirms, updated with the state of the payment."""

from campaign.sandbox.core.box import Box
from campaign.sandbox.core.json_types import Json
from campaign.sandbox.protocol.lists import page_of
from campaign.sandbox.protocol.params import EXPAND, Group, Metadata, Text, list_params, merged_metadata

LIST = list_params(customer=Text())
UPDATE = Group({**EXPAND, "description": Text(1000), "metadata": Metadata()})


def create(box: Box, fields: Json, *, method: Json, data: Json) -> Json:
    """Create an intent with `fields` (amount, currency, customer …); `data` is the caller's payment_intent_data."""
    intent_id = box.new_id("pi_3")
    intent: Json = {
        **_blank(method["type"]),
        "id": intent_id,
        "object": "payment_intent",
        "client_secret": f"{intent_id}_secret_{box.new_id('', 25)}",
        "created": box.now(),
        "description": data.get("description"),
        "metadata": merged_metadata({}, data.get("metadata", {})),
        "payment_method": method["id"],
        "receipt_email": data.get("receipt_email"),
        "statement_descriptor": data.get("statement_descriptor"),
        "statement_descriptor_suffix": data.get("statement_descriptor_suffix"),
        **fields,
    }
    box.save(intent)
    box.tell("payment_intent.created", intent)
    return intent


_NULL_AT_FIRST = (
    *("application", "application_fee_amount", "automatic_payment_methods", "canceled_at"),
    *("cancellation_reason", "customer", "last_payment_error", "latest_charge"),
    *("next_action", "on_behalf_of", "payment_method_configuration_details", "processing"),
    *("review", "setup_future_usage", "shipping", "transfer_data"),
    *("transfer_group",),
)
"""Fields that are null when the object is made."""


def _blank(method_type: str) -> Json:
    return {
        **dict.fromkeys(_NULL_AT_FIRST),
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "capture_method": "automatic_async",
        "confirmation_method": "automatic",
        "livemode": False,
        "payment_method_options": {
            "card": {
                "installments": None,
                "mandate_options": None,
                "network": None,
                "request_three_d_secure": "automatic",
            }
        },
        "payment_method_types": [method_type],
        "status": "requires_payment_method",
    }


def error(box: Box, intent: Json, *, code: str, message: str) -> Json:
    """Return why a payment failed, as the intent and a refused call say it."""
    return {
        "code": code,
        "doc_url": f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}",
        "message": message,
        "payment_method": box.get("payment_method", intent["payment_method"]),
        "type": "card_error",
    }


def fail(box: Box, intent: Json, why: Json, *, kind: str = "card_error") -> None:
    """Reset the intent to the choice of a payment method, with the reason."""
    intent.update(
        status="requires_payment_method",
        payment_method=None,
        next_action=None,
        last_payment_error={**why, "type": kind},
    )
    box.save(intent)
    box.tell("payment_intent.payment_failed", intent)


def retrieve(box: Box, intent_id: str) -> Json:
    """Return the payment intent."""
    return box.get("payment_intent", intent_id)


def update(box: Box, params: Json, intent_id: str) -> Json:
    """Change the description and the metadata of an intent."""
    intent = retrieve(box, intent_id)
    intent["description"] = params.get("description", intent["description"])
    intent["metadata"] = merged_metadata(intent["metadata"], params.get("metadata", {}))
    return box.save(intent)


def list_all(box: Box, params: Json) -> Json:
    """List payment intents, newest first."""
    return page_of(box, "payment_intent", params, url="/v1/payment_intents", filters=("customer",))
