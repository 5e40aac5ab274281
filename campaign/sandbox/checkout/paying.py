"""The payment of a session: by card at once or after authentication, by bank some days later."""

from campaign.sandbox.catalogue import means
from campaign.sandbox.catalogue.banks import BankAccount
from campaign.sandbox.catalogue.cards import MESSAGES, Card
from campaign.sandbox.catalogue.means import Means
from campaign.sandbox.checkout import completing, delayed
from campaign.sandbox.core.box import Box
from campaign.sandbox.core.errors import CardDeclined, Refused
from campaign.sandbox.core.json_types import Json
from campaign.sandbox.payments import charges, intents


def pay(box: Box, session: Json, method: Json, given: Means) -> Json:
    """Try to pay an open session.

    Returns:
        The session: complete, or still open with an intent that `requires_action`.

    Raises:
        CardDeclined: the card is declined; what was recorded until then stays.
    """
    if session["status"] != "open":
        raise Refused(
            f"This Checkout Session is {session['status']} and cannot be paid.",
            code="payment_intent_unexpected_state",
        )
    if method["type"] not in session["payment_method_types"]:
        raise Refused(f"This session cannot be paid by {method['type']}.", param="payment_method")
    completing.ensure_customer(box, session, method)
    intent = _intent_for(box, session, method)
    if isinstance(given, BankAccount):
        return delayed.start(box, session, intent, given)
    if given.three_d_secure:
        intent.update(status="requires_action", next_action=_next_action(box, session))
        box.save(intent, {"means": given.number, "session": session["id"]})
        box.tell("payment_intent.requires_action", intent)
        return session
    return _charge(box, session, intent, given)


def authenticate(box: Box, session: Json, *, passed: bool) -> Json:
    """Finish the 3-D Secure step of a session: charge the card, or fail as the bank would."""
    intent = intent_of(box, session)
    if intent is None or intent["status"] != "requires_action" or session["status"] != "open":
        raise Refused("This payment does not wait for authentication.", code="payment_intent_unexpected_state")
    card = means.of_object(box, intent)
    intent["next_action"] = None
    if passed and isinstance(card, Card):
        return _charge(box, session, intent, card)
    code = "payment_intent_authentication_failure"
    why = intents.error(box, intent, code=code, message=MESSAGES[code])
    intents.fail(box, intent, why, kind="invalid_request_error")
    raise CardDeclined({**why, "payment_intent": intent})


def intent_of(box: Box, session: Json) -> Json | None:
    """Return the intent that pays a session; a subscription's is not shown on the session."""
    intent_id = session["payment_intent"] or box.store.hidden(session["id"]).get("first_intent")
    return box.store.find(intent_id) if intent_id else None


def _intent_for(box: Box, session: Json, method: Json) -> Json:
    intent = intent_of(box, session)
    if intent is not None:
        intent.update(
            customer=session["customer"],
            payment_method=method["id"],
            payment_method_types=[method["type"]],
            last_payment_error=None,
            next_action=None,
        )
        return intent
    subscribes = session["mode"] == "subscription"
    fields = {
        "amount": session["amount_total"],
        "currency": session["currency"],
        "customer": session["customer"],
        "setup_future_usage": "off_session" if subscribes else None,
    }
    data = {"description": "Subscription creation"} if subscribes else box.store.hidden(session["id"])["intent"]
    intent = intents.create(box, fields, method=method, data=data)
    if subscribes:
        box.remember(session["id"], first_intent=intent["id"])
    else:
        session["payment_intent"] = intent["id"]
        box.save(session)
    return intent


def _next_action(box: Box, session: Json) -> Json:
    url = f"{box.settings.public_url}/sandbox/c/{session['id']}/3ds"
    return {
        "type": "redirect_to_url",
        "redirect_to_url": {"return_url": session["success_url"], "url": url},
    }


def _charge(box: Box, session: Json, intent: Json, card: Card) -> Json:
    charge = charges.take(box, intent, card, begins=session["mode"] == "subscription")
    return completing.paid(box, session, intent, charge)
