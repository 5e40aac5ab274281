"""Another integration of the same account, whose payments do not concern the product."""

from campaign.sandbox.catalogue import payment_methods
from campaign.sandbox.catalogue.cards import CARDS
from campaign.sandbox.checkout import paying, sessions
from campaign.sandbox.core.box import Box


def pay(box: Box, _account: str = "") -> None:
    """Pay for something of another integration on the same account."""
    product = {"currency": box.settings.settlement_currency, "unit_amount": 1_999, "product_data": {"name": "A mug"}}
    params = {
        "mode": "payment",
        "success_url": "https://shop.example.org/thanks",
        "line_items": [{"price_data": product, "quantity": 1}],
        "metadata": {"order": "1017"},
    }
    card = CARDS["4242424242424242"]
    method = payment_methods.record(box, card, email="buyer@example.org")
    paying.pay(box, sessions.create(box, params), method, card)
