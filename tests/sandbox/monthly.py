"""Monthly gifts: by the hosted page, or by calls on a test clock."""

from typing import Any

import stripe

from tests.sandbox.gifts import gift_params
from tests.sandbox.running import RunningSandbox
from tests.support.stripe_contract import Json


def monthly_params(amount_minor: int = 10_00, currency: str = "usd", **changes: Any) -> Any:  # Any: library's params
    """The parameters of a session for a monthly gift; ``changes`` replace top-level ones."""
    params = gift_params(amount_minor, currency)
    for name in ("payment_intent_data", "customer_creation"):
        del params[name]
    params["line_items"][0]["price_data"]["recurring"] = {"interval": "month"}
    params |= {"mode": "subscription", "subscription_data": {"metadata": {"pledge": "p-1"}}, **changes}
    return params


def subscribe(running: RunningSandbox, method: str = "pm_card_visa", **changes: Any) -> Json:  # Any: as above
    """A paid session for a monthly gift, with its subscription inside."""
    client = running.client()
    session = client.v1.checkout.sessions.create(monthly_params(**changes))
    running.pay(session.id, method=method)
    paid: Json = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["subscription", "invoice"]}).to_dict()
    return paid


def a_customer_on_a_clock(client: stripe.StripeClient, moment: int, method: str = "pm_card_visa") -> tuple[str, str]:
    """A test clock and a customer whose time it is, with a card to be charged: their ids."""
    clock = client.v1.test_helpers.test_clocks.create({"frozen_time": moment, "name": "a donor"})
    customer = client.v1.customers.create({"email": "donor@example.org", "test_clock": clock.id})
    attached = client.v1.payment_methods.attach(method, {"customer": customer.id})
    client.v1.customers.update(customer.id, {"invoice_settings": {"default_payment_method": attached.id}})
    return clock.id, customer.id


def subscribe_by_call(client: stripe.StripeClient, customer_id: str, amount_minor: int = 10_00) -> Json:
    """A monthly subscription without a page."""
    price = client.v1.prices.create(
        {
            "currency": "usd",
            "unit_amount": amount_minor,
            "recurring": {"interval": "month"},
            "product_data": {"name": "A monthly gift"},
        }
    )
    made: Json = client.v1.subscriptions.create({"customer": customer_id, "items": [{"price": price.id}]}).to_dict()
    return made
