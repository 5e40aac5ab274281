"""What the provider is asked for a payment page: one gift, priced as it is given, in the donor's language."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from campaign.domain.donation import DonationFrequency
from campaign.domain.email_address import ascii_email
from campaign.domain.language import in_language_of
from campaign.domain.money import Money
from campaign.gateways.payment_page_language import payment_page_language
from campaign.services.campaigns.form_options import same_gift
from campaign.services.campaigns.item_names import fee_name, purpose_line

KYRGYZ_SENTENCE = "Төлөм барагы кыргызча жок, ошондуктан орусча көрсөтүлөт. Сумманы текшерип, төлөңүз."
"""Stripe's page has no Kyrgyz; the Russian one carries this sentence above its button."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckoutOrder:
    """A gift as its payment page needs it."""

    public_id: str
    gift: Money
    cover: Money
    is_monthly: bool
    title: dict[str, str]  # the campaign's
    purpose: dict[str, str]
    language: str
    email: str | None
    public_url: str
    campaign_slug: str
    fund_code: str
    expires_at: datetime


def page_params(order: CheckoutOrder) -> dict[str, Any]:
    """The parameters of a Checkout Session, of any shape; the same page is always asked for in the same words."""
    return {
        **_what_is_bought(order),
        **(_whose_month_it_is(order) if order.is_monthly else _whose_it_is(order)),
        **_how_it_looks(order),
        "expires_at": int(order.expires_at.timestamp()),
    }


def _what_is_bought(order: CheckoutOrder) -> dict[str, object]:
    """The gift with its purpose, and the fee that the donor adds as an item of its own; each month both, if monthly."""
    lines = [_line(order, order.gift, purpose_line(order.purpose, order.language))]
    if order.cover.minor:
        lines.append(_line(order, order.cover, name=fee_name(order.language)))
    mode = "subscription" if order.is_monthly else "payment"
    return {"mode": mode, "line_items": lines, "submit_type": "donate"}


def _line(order: CheckoutOrder, amount: Money, description: str = "", *, name: str = "") -> dict[str, Any]:
    product = {"name": (name or in_language_of(order.title, order.language))[:250]}
    if description:
        product["description"] = description[:500]
    price: dict[str, Any] = {
        "currency": amount.currency.lower(),
        "unit_amount": amount.minor,
        "product_data": product,
    }
    if order.is_monthly:
        price["recurring"] = {"interval": "month"}
    return {"quantity": 1, "price_data": price}


def _whose_it_is(order: CheckoutOrder) -> dict[str, object]:
    """The gift's public id in all three places: Stripe does not hand metadata on. Nothing of the donor goes there."""
    metadata = {"donation": order.public_id}
    return {
        "client_reference_id": order.public_id,
        "metadata": metadata,
        "payment_intent_data": {"metadata": metadata},
    }


def _whose_month_it_is(order: CheckoutOrder) -> dict[str, object]:
    """The same for a monthly gift: the subscription carries the name of its first gift, and every invoice a copy."""
    metadata = {"donation": order.public_id}
    return {
        "client_reference_id": order.public_id,
        "metadata": metadata,
        "subscription_data": {"metadata": {**metadata, "cover": str(order.cover.minor)}},
    }


def _how_it_looks(order: CheckoutOrder) -> dict[str, object]:
    """The page's language, its ways back to us, and the donor's address so that she need not type it again.

    The way back to the form names the gift, which tells something only to the browser that gave, and what was chosen.

    The placeholder in success_url stays literal: quoting its braces breaks it.
    """
    base = f"{order.public_url}/{order.language}"
    chosen = same_gift(
        order.campaign_slug,
        order.gift,
        fund=order.fund_code,
        frequency=DonationFrequency.MONTHLY if order.is_monthly else DonationFrequency.ONCE,
        covers_fee=order.cover.minor > 0,
    )
    params: dict[str, object] = {
        "success_url": f"{base}/thanks?s={{CHECKOUT_SESSION_ID}}",
        "cancel_url": f"{base}/donate?{urlencode({**chosen, 'left': order.public_id})}",
        "locale": payment_page_language(order.language),
        "adaptive_pricing": {"enabled": False},
    }
    if order.language == "ky":
        params["custom_text"] = {"submit": {"message": KYRGYZ_SENTENCE}}
    if order.email:
        params["customer_email"] = ascii_email(order.email)
    return params
