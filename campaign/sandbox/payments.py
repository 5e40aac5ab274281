"""A session being paid: payment intent, authentication, charge, and the money that arrives later."""

from campaign.sandbox import charges, customers
from campaign.sandbox.box import Box
from campaign.sandbox.cards import CARDS, MESSAGES, Card, message_of
from campaign.sandbox.errors import CardDeclined, Refused
from campaign.sandbox.json_types import Json
from campaign.sandbox.lists import page_of
from campaign.sandbox.params import EXPAND, Group, Metadata, Text, list_params, merged_metadata
from campaign.sandbox.sessions import customer_details

LIST = list_params(customer=Text())
UPDATE = Group({**EXPAND, "description": Text(1000), "metadata": Metadata()})


def pay(box: Box, session: Json, method: Json, card: Card) -> Json:
    """Try to pay an open session with a card.

    Returns the session: complete, or still open with an intent that ``requires_action``.
    A decline raises CardDeclined; what was recorded up to then stays.
    """
    if session["status"] != "open":
        raise Refused(
            f"This Checkout Session is {session['status']} and cannot be paid.",
            code="payment_intent_unexpected_state",
        )
    intent = _intent_of(box, session, method)
    if card.three_d_secure:
        intent.update(status="requires_action", next_action=_next_action(box, session))
        box.save(intent, {"card": card.number, "session": session["id"]})
        box.tell("payment_intent.requires_action", intent)
        return session
    return _charge(box, session, intent, card)


def authenticate(box: Box, session: Json, *, passed: bool) -> Json:
    """Finish the 3-D Secure step of a session: charge the card, or fail as the bank would."""
    intent = box.store.find(session["payment_intent"] or "")
    if intent is None or intent["status"] != "requires_action" or session["status"] != "open":
        raise Refused("This payment does not wait for authentication.", code="payment_intent_unexpected_state")
    card = CARDS[box.store.hidden(intent["id"])["card"]]
    intent["next_action"] = None
    if passed:
        return _charge(box, session, intent, card)
    code = "payment_intent_authentication_failure"
    error = _card_error(box, intent, code=code, message=MESSAGES[code])
    _fail_intent(box, intent, error, kind="invalid_request_error")
    raise CardDeclined({**error, "payment_intent": intent})


def _intent_of(box: Box, session: Json, method: Json) -> Json:
    if session["payment_intent"]:
        intent = retrieve(box, session["payment_intent"])
        intent.update(payment_method=method["id"], last_payment_error=None, next_action=None)
        return intent
    wanted = box.store.hidden(session["id"])["intent"]
    intent_id = box.new_id("pi_3")
    intent = {
        **_blank_intent(),
        "id": intent_id,
        "object": "payment_intent",
        "amount": session["amount_total"],
        "client_secret": f"{intent_id}_secret_{box.new_id('', 25)}",
        "created": box.now(),
        "currency": session["currency"],
        "customer": session["customer"],
        "description": wanted.get("description"),
        "metadata": merged_metadata({}, wanted.get("metadata", {})),
        "payment_method": method["id"],
        "receipt_email": wanted.get("receipt_email"),
        "statement_descriptor": wanted.get("statement_descriptor"),
        "statement_descriptor_suffix": wanted.get("statement_descriptor_suffix"),
    }
    box.save(intent)
    session["payment_intent"] = intent_id
    box.save(session)
    box.tell("payment_intent.created", intent)
    return intent


def _blank_intent() -> Json:
    return {
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": None,
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": "automatic_async",
        "confirmation_method": "automatic",
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "next_action": None,
        "on_behalf_of": None,
        "payment_method_configuration_details": None,
        "payment_method_options": {
            "card": {
                "installments": None,
                "mandate_options": None,
                "network": None,
                "request_three_d_secure": "automatic",
            }
        },
        "payment_method_types": ["card"],
        "processing": None,
        "review": None,
        "setup_future_usage": None,
        "shipping": None,
        "status": "requires_payment_method",
        "transfer_data": None,
        "transfer_group": None,
    }


def _next_action(box: Box, session: Json) -> Json:
    url = f"{box.settings.public_url}/sandbox/c/{session['id']}/3ds"
    return {
        "type": "redirect_to_url",
        "redirect_to_url": {"return_url": session["success_url"], "url": url},
    }


def _charge(box: Box, session: Json, intent: Json, card: Card) -> Json:
    charge = charges.record(box, intent, card)
    intent["latest_charge"] = charge["id"]
    if card.decline:
        _decline(box, intent, charge, card)
    intent.update(status="succeeded", amount_received=intent["amount"])
    return _complete(box, session, intent, charge)


def _decline(box: Box, intent: Json, charge: Json, card: Card) -> None:
    error = _card_error(box, intent, code=card.decline or "card_declined", message=message_of(card))
    error["charge"] = charge["id"]
    if card.decline_code:
        error["decline_code"] = card.decline_code
    if card.decline in {"expired_card", "incorrect_cvc"}:
        error["param"] = {"expired_card": "exp_month", "incorrect_cvc": "cvc"}[card.decline]
    box.tell("charge.failed", charge)
    _fail_intent(box, intent, error, kind="card_error")
    raise CardDeclined({**error, "payment_intent": intent})


def _card_error(box: Box, intent: Json, *, code: str, message: str) -> Json:
    return {
        "code": code,
        "doc_url": f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}",
        "message": message,
        "payment_method": box.get("payment_method", intent["payment_method"]),
        "type": "card_error",
    }


def _fail_intent(box: Box, intent: Json, error: Json, *, kind: str) -> None:
    intent.update(
        status="requires_payment_method",
        payment_method=None,
        last_payment_error={**error, "type": kind},
    )
    box.save(intent)
    box.tell("payment_intent.payment_failed", intent)


def _complete(box: Box, session: Json, intent: Json, charge: Json) -> Json:
    billing = charge["billing_details"]
    email = session["customer_email"] or billing["email"]
    if session["customer_creation"] == "always":
        customer = customers.create(
            box, {key: value for key, value in (("email", email), ("name", billing["name"])) if value}
        )
        session["customer"] = intent["customer"] = charge["customer"] = customer["id"]
        box.save(charge)
    session.update(
        status="complete",
        payment_status="paid",
        url=None,
        customer_details=customer_details(email, billing["name"]),
    )
    box.save(intent)
    box.save(session)
    box.tell("charge.succeeded", charge)
    box.tell("payment_intent.succeeded", intent)
    box.tell("checkout.session.completed", session)
    due = box.clock.precise() + box.settings.balance_delay_seconds
    box.later("settle_charge", charge["id"], due=due)
    return session


def retrieve(box: Box, intent_id: str) -> Json:
    """The payment intent."""
    return box.get("payment_intent", intent_id)


def update(box: Box, params: Json, intent_id: str) -> Json:
    """Change description and metadata of an intent."""
    intent = retrieve(box, intent_id)
    intent["description"] = params.get("description", intent["description"])
    intent["metadata"] = merged_metadata(intent["metadata"], params.get("metadata", {}))
    return box.save(intent)


def list_all(box: Box, params: Json) -> Json:
    """Payment intents, newest first."""
    return page_of(box, "payment_intent", params, url="/v1/payment_intents", filters=("customer",))
