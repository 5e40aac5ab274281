"""Sessions for gifts, as the product opens them."""

from typing import Any

import stripe

from tests.support.stripe_contract import Json


def gift_params(amount_minor: int = 25_00, currency: str = "usd", **changes: Any) -> Any:  # Any: the library's params
    """The parameters of a session for one gift; ``changes`` replace top-level ones."""
    return {
        "mode": "payment",
        "line_items": [
            {
                "price_data": {
                    "currency": currency,
                    "unit_amount": amount_minor,
                    "product_data": {"name": "Women Creative Lab", "description": "A gift"},
                },
                "quantity": 1,
            }
        ],
        "success_url": "http://127.0.0.1:8310/en/thanks?session_id={CHECKOUT_SESSION_ID}",
        "cancel_url": "http://127.0.0.1:8310/en/donate?cancelled=1",
        "client_reference_id": "d-1",
        "metadata": {"donation": "d-1"},
        "payment_intent_data": {
            "metadata": {"donation": "d-1"},
            "description": "A gift",
            "statement_descriptor_suffix": "GIFT",
            "receipt_email": "donor@example.org",
        },
        "customer_email": "donor@example.org",
        "customer_creation": "if_required",
        "locale": "en",
        "submit_type": "donate",
        "custom_text": {"submit": {"message": "Thank you!"}},
        "adaptive_pricing": {"enabled": False},
        **changes,
    }


def open_gift(client: stripe.StripeClient, amount_minor: int = 25_00, currency: str = "usd", **changes: Any) -> Json:
    """An open session, as a plain dictionary."""
    session: Json = client.v1.checkout.sessions.create(gift_params(amount_minor, currency, **changes)).to_dict()
    return session


def full_session(client: stripe.StripeClient, session_id: str) -> Json:
    """A session with its intent, charge and balance transaction inside."""
    expanded: Any = {"expand": ["payment_intent.latest_charge.balance_transaction"]}  # Any: the library's params
    session: Json = client.v1.checkout.sessions.retrieve(session_id, expanded).to_dict()
    return session
