"""Charges: one attempt to charge a card or account for an intent, and the balance transaction that follows later."""

from campaign.sandbox.balance import transactions
from campaign.sandbox.catalogue import means
from campaign.sandbox.catalogue.cards import Card, message_of
from campaign.sandbox.catalogue.means import Means
from campaign.sandbox.core.box import Box
from campaign.sandbox.core.errors import CardDeclined
from campaign.sandbox.core.json_types import Json
from campaign.sandbox.payments import charge_details, intents, reviews
from campaign.sandbox.protocol.lists import page_of
from campaign.sandbox.protocol.params import Text, list_params

LIST = list_params(customer=Text(), payment_intent=Text())


def take(box: Box, intent: Json, card: Card, *, begins: bool = False) -> Json:
    """Charge a card: return the succeeded charge, not reported yet.

    Args:
        begins: The charge starts a subscription.

    Raises:
        CardDeclined: the decline is recorded and reported.
    """
    declined = card.decline is not None and not (begins and card.fails_later)
    charge = record(box, intent, card, status="failed" if declined else "succeeded")
    intent["latest_charge"] = charge["id"]
    if declined:
        _decline(box, intent, charge, card)
    return charge


def _decline(box: Box, intent: Json, charge: Json, card: Card) -> None:
    why = intents.error(box, intent, code=card.decline or "card_declined", message=message_of(card))
    why["charge"] = charge["id"]
    if card.decline_code:
        why["decline_code"] = card.decline_code
    if card.decline in {"expired_card", "incorrect_cvc"}:
        why["param"] = {"expired_card": "exp_month", "incorrect_cvc": "cvc"}[card.decline]
    box.tell("charge.failed", charge)
    intents.fail(box, intent, why)
    raise CardDeclined({**why, "payment_intent": intent})


def succeed(box: Box, intent: Json, charge: Json) -> None:
    """Report a payment, and plan what this card or account does afterwards."""
    intent.update(status="succeeded", amount_received=intent["amount"], next_action=None)
    charge["customer"] = intent["customer"]
    box.save(intent)
    box.save(charge)
    box.tell("charge.succeeded", charge)
    box.tell("payment_intent.succeeded", intent)
    at, settings = box.clock.precise(), box.settings
    if charge["balance_transaction"] is None:
        box.later("settle_charge", charge["id"], due=at + settings.balance_delay_seconds)
    given = means.of_object(box, charge)
    if given.dispute:
        box.later("dispute_charge", charge["id"], due=at + settings.dispute_delay_seconds)
    if isinstance(given, Card) and given.risk == "elevated":
        reviews.open_on(box, charge)
    if given.warning:
        box.later("warn_of_fraud", charge["id"], due=at + settings.dispute_delay_seconds)


def _descriptor(box: Box, intent: Json) -> str:
    """Return the text on the statement of the donor's card, before it is cut."""
    suffix = intent["statement_descriptor_suffix"]
    return f"{box.settings.merchant.upper()} * {suffix}" if suffix else box.settings.merchant.upper()


_NULL_AT_FIRST = (
    *("application", "application_fee", "application_fee_amount", "balance_transaction"),
    *("failure_balance_transaction", "on_behalf_of", "receipt_number", "receipt_url"),
    *("review", "shipping", "source_transfer", "transfer_data"),
    *("transfer_group",),
)
"""Fields that are null when the object is made."""


def record(box: Box, intent: Json, given: Means, *, status: str) -> Json:
    """Save a charge of an intent: `succeeded`, `pending` or `failed`, without its balance transaction."""
    method = box.get("payment_method", intent["payment_method"])
    succeeded, failed = status == "succeeded", status == "failed"
    decline = given.decline if isinstance(given, Card) else None
    charge: Json = {
        **dict.fromkeys(_NULL_AT_FIRST),
        "id": box.new_id("ch_3" if isinstance(given, Card) else "py_3"),
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": intent["amount"] if succeeded else 0,
        "amount_refunded": 0,
        "billing_details": method["billing_details"],
        "calculated_statement_descriptor": _descriptor(box, intent)[:22],
        "captured": succeeded,
        "created": box.now(),
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": False,
        "failure_code": decline if failed else None,
        "failure_message": message_of(given) if failed and isinstance(given, Card) else None,
        "fraud_details": {},
        "livemode": False,
        "metadata": dict(intent["metadata"]),
        "outcome": charge_details.outcome(given, failed=failed),
        "paid": succeeded,
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": charge_details.of_method(
            method, charged_minor=0 if failed else intent["amount"], at=box.now()
        ),
        "radar_options": {},
        "receipt_email": intent["receipt_email"],
        "refunded": False,
        "statement_descriptor": intent["statement_descriptor"],
        "statement_descriptor_suffix": intent["statement_descriptor_suffix"],
        "status": status,
    }
    return box.save(charge, {"means": given.number})


def settle(box: Box, charge_id: str) -> Json:
    """Give a charge its balance transaction, some time after it was made; once only."""
    charge = retrieve(box, charge_id)
    if charge["balance_transaction"] is None and charge["status"] != "failed":
        transaction = transactions.record_charge(box, charge)
        charge["balance_transaction"] = transaction["id"]
        box.save(charge)
        box.tell("charge.updated", charge, {"balance_transaction": None})
    return charge


def retrieve(box: Box, charge_id: str) -> Json:
    """Return the charge."""
    return box.get("charge", charge_id)


def list_all(box: Box, params: Json) -> Json:
    """List charges, newest first, including failed ones."""
    return page_of(box, "charge", params, url="/v1/charges", filters=("customer", "payment_intent"))
