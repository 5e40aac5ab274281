"""Monthly gifts: by the hosted page, or by calls on a test clock."""

from typing import Any

import stripe

from tests.sandbox.gifts import gift_params
from tests.sandbox.running import Listener, RunningSandbox
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


AN_HOUR, A_DAY = 3600, 24 * 3600
A_MONTH = 31 * A_DAY + AN_HOUR


def invoices(client: stripe.StripeClient, subscription: str) -> list[Json]:
    """Oldest first."""
    own = client.v1.invoices.list({"subscription": subscription, "expand": ["data.payments"]})
    return [one.to_dict() for one in own.data][::-1]


def new_events(running: RunningSandbox, listener: Listener) -> list[str]:
    running.deliver()
    kinds = listener.types()
    listener.received.clear()
    return kinds


def another_card(client: stripe.StripeClient, subscription: Json, method: str) -> str:
    """The donor has another card from now on."""
    attached = client.v1.payment_methods.attach(method, {"customer": subscription["customer"]})
    client.v1.subscriptions.update(subscription["id"], {"default_payment_method": attached.id})
    return attached.id


def advance_past_renewal(running: RunningSandbox, subscription: Json) -> None:
    """Just past the next charge, however long the month is: a refused one is not yet tried a second time."""
    end = subscription["items"]["data"][0]["current_period_end"]
    running.advance(end - running.sandbox.box.now() + 2 * AN_HOUR)
