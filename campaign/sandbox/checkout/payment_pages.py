"""The two calls with which Stripe's command line pays a hosted session without a browser."""

from campaign.sandbox.catalogue import payment_methods
from campaign.sandbox.checkout import paying, sessions
from campaign.sandbox.core.box import Box
from campaign.sandbox.core.errors import Refused
from campaign.sandbox.core.json_types import Json
from campaign.sandbox.protocol.params import EXPAND, Address, Group, Text, Whole

CONFIRM = Group(
    {
        **EXPAND,
        "payment_method": Text(),
        "expected_amount": Whole(),
        "email": Address(email=True),
        "name": Text(),
    },
    required=("payment_method",),
)


def retrieve(box: Box, session_id: str) -> Json:
    """Return what the hosted page knows of its session."""
    session = sessions.retrieve(box, session_id)
    copied = (
        "amount_total",
        "currency",
        "locale",
        "mode",
        "payment_intent",
        "payment_status",
        "payment_method_types",
        "status",
        "submit_type",
        "success_url",
        "cancel_url",
        "customer_email",
        "expires_at",
        "livemode",
    )
    return {
        "id": session["id"],
        "object": "payment_page",
        "session_id": session["id"],
        **{name: session[name] for name in copied},
    }


def confirm(box: Box, params: Json, session_id: str) -> Json:
    """Pay the session with a payment method or a ready-made ``pm_card_…``."""
    session = sessions.retrieve(box, session_id)
    expected = params.get("expected_amount", session["amount_total"])
    if expected != session["amount_total"]:
        raise Refused(f"The amount is {session['amount_total']}, not {expected}.", param="expected_amount")
    method, given = payment_methods.of_token_or_id(
        box, params["payment_method"], email=params.get("email"), name=params.get("name")
    )
    paying.pay(box, session, method, given)
    return retrieve(box, session_id)
