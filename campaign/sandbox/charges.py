"""Charges: what one card did for one intent, and the balance transaction that arrives later."""

from campaign.sandbox import balance
from campaign.sandbox.box import Box
from campaign.sandbox.cards import Card, message_of
from campaign.sandbox.json_types import Json
from campaign.sandbox.lists import page_of
from campaign.sandbox.params import Text, list_params

LIST = list_params(customer=Text(), payment_intent=Text())


def record(box: Box, intent: Json, card: Card) -> Json:
    """Keep the charge of an intent: succeeded and without its balance transaction yet, or failed."""
    method = box.get("payment_method", intent["payment_method"])
    declined = card.decline is not None
    details = method["card"]
    descriptor = " ".join(
        part
        for part in (
            box.settings.merchant.upper(),
            "*" if intent["statement_descriptor_suffix"] else "",
            intent["statement_descriptor_suffix"] or "",
        )
        if part
    )
    charge: Json = {
        "id": box.new_id("ch_3"),
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": 0 if declined else intent["amount"],
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": None,
        "billing_details": method["billing_details"],
        "calculated_statement_descriptor": descriptor[:22],
        "captured": not declined,
        "created": box.now(),
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": card.decline,
        "failure_message": message_of(card) if declined else None,
        "fraud_details": {},
        "livemode": False,
        "metadata": dict(intent["metadata"]),
        "on_behalf_of": None,
        "outcome": _outcome(card),
        "paid": not declined,
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": {
            "card": {
                "amount_authorized": None if declined else intent["amount"],
                "authorization_code": None,
                "brand": details["brand"],
                "checks": details["checks"],
                "country": details["country"],
                "exp_month": details["exp_month"],
                "exp_year": details["exp_year"],
                "fingerprint": details["fingerprint"],
                "funding": details["funding"],
                "installments": None,
                "last4": details["last4"],
                "mandate": None,
                "network": details["brand"],
                "network_token": {"used": False},
                "regulated_status": "unregulated",
                "three_d_secure": None,
                "wallet": None,
            },
            "type": "card",
        },
        "radar_options": {},
        "receipt_email": intent["receipt_email"],
        "receipt_number": None,
        "receipt_url": None,
        "refunded": False,
        "review": None,
        "shipping": None,
        "source_transfer": None,
        "statement_descriptor": intent["statement_descriptor"],
        "statement_descriptor_suffix": intent["statement_descriptor_suffix"],
        "status": "failed" if declined else "succeeded",
        "transfer_data": None,
        "transfer_group": None,
    }
    return box.save(charge, {"card": card.number})


def _outcome(card: Card) -> Json:
    if card.decline is None:
        return {
            "advice_code": None,
            "network_advice_code": None,
            "network_decline_code": None,
            "network_status": "approved_by_network",
            "reason": "elevated_risk_level" if card.risk == "elevated" else None,
            "risk_level": card.risk,
            "risk_score": {"normal": 20, "elevated": 70}.get(card.risk, 90),
            "seller_message": "Payment complete.",
            "type": "authorized",
        }
    blocked = card.decline_code == "fraudulent"
    return {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": "not_sent_to_network" if blocked else "declined_by_network",
        "reason": "highest_risk_level" if blocked else card.decline_code or card.decline,
        "risk_level": card.risk,
        "risk_score": 90 if blocked else 20,
        "seller_message": "The bank did not return any further details with this decline.",
        "type": "blocked" if blocked else "issuer_declined",
    }


def settle(box: Box, charge_id: str) -> Json:
    """Give a charge its balance transaction, some time after it succeeded; done once only."""
    charge = retrieve(box, charge_id)
    if charge["balance_transaction"] is None:
        transaction = balance.record_charge(box, charge, balance.card_of(box, charge))
        charge["balance_transaction"] = transaction["id"]
        box.save(charge)
        box.tell("charge.updated", charge, {"balance_transaction": None})
    return charge


def retrieve(box: Box, charge_id: str) -> Json:
    """The charge."""
    return box.get("charge", charge_id)


def list_all(box: Box, params: Json) -> Json:
    """Charges, newest first; failed ones too."""
    return page_of(box, "charge", params, url="/v1/charges", filters=("customer", "payment_intent"))
