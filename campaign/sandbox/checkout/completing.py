"""The completion of a session: paid at once, or complete while the money is on its way."""

from campaign.sandbox.billing import renewing, test_clocks
from campaign.sandbox.checkout.sessions import customer_details
from campaign.sandbox.core.box import Box
from campaign.sandbox.core.json_types import Json
from campaign.sandbox.payments import charges, customers


def ensure_customer(box: Box, session: Json, method: Json) -> None:
    """Make the customer of a session that requests one or creates something that outlives it."""
    needed = session["customer_creation"] == "always" or method["type"] == "customer_balance"
    if session["customer"] or not needed:
        return
    billing = method["billing_details"]
    known = {"email": session["customer_email"] or billing["email"], "name": billing["name"]}
    customer = customers.create(box, {name: value for name, value in known.items() if value})
    session["customer"] = customer["id"]
    box.save(session)


def paid(box: Box, session: Json, intent: Json, charge: Json) -> Json:
    """Complete a paid session."""
    close(box, session, payment_status="paid", billing=charge["billing_details"])
    if session["mode"] == "subscription":
        with test_clocks.time_of(box, session["customer"]):
            renewing.begin(box, session, intent, charge)
    else:
        charges.succeed(box, intent, charge)
    box.tell("checkout.session.completed", session)
    return session


def close(box: Box, session: Json, *, payment_status: str, billing: Json) -> None:
    """Mark a session complete; the caller sends the event, in Stripe's order."""
    email = session["customer_email"] or billing["email"]
    session.update(
        status="complete",
        payment_status=payment_status,
        url=None,
        customer_details=customer_details(email, billing["name"]),
    )
    box.save(session)
