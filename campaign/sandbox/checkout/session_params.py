"""The parameters of a checkout session, and what Stripe refuses beyond their shape."""

import re
from typing import Final

from campaign.sandbox.billing import subscription_items
from campaign.sandbox.catalogue import prices
from campaign.sandbox.core import currencies as core_currencies
from campaign.sandbox.core.box import Box
from campaign.sandbox.core.errors import Refused
from campaign.sandbox.core.json_types import Json
from campaign.sandbox.core.locales import LOCALES
from campaign.sandbox.protocol.params import (
    EXPAND,
    Address,
    Choice,
    Flag,
    Group,
    ListOf,
    Metadata,
    Text,
    Whole,
    list_params,
    require,
)

METHODS: Final = ("card", "sepa_debit", "customer_balance")
_THIRTY_MINUTES = 30 * 60
_A_DAY = 24 * 60 * 60
_DESCRIPTOR = re.compile(r"[ -~]{1,22}")

_PRODUCT = Group(
    {
        "name": Text(),
        "description": Text(),
        "metadata": Metadata(),
        "images": ListOf(Address(), max_items=8),
    },
    required=("name",),
)
_PRICE = Group(
    {
        "currency": Text(3),
        "product": Text(),
        "product_data": _PRODUCT,
        "recurring": prices.RECURRING,
        "unit_amount": Whole(),
    },
    required=("currency", "unit_amount"),
)
_LINE = Group({"price": Text(), "price_data": _PRICE, "quantity": Whole(1, 999_999)})
_MESSAGE = Group({"message": Text(1200)}, required=("message",))
_INTENT_DATA = Group(
    {
        "description": Text(1000),
        "metadata": Metadata(),
        "receipt_email": Address(email=True),
        "statement_descriptor": Text(22),
        "statement_descriptor_suffix": Text(22),
    }
)

CREATE = Group(
    {
        **EXPAND,
        "allowed_payment_method_types": ListOf(Text()),
        "adaptive_pricing": Group({"enabled": Flag()}),
        "cancel_url": Address(),
        "client_reference_id": Text(200),
        "custom_text": Group({"submit": _MESSAGE, "after_submit": _MESSAGE, "terms_of_service_acceptance": _MESSAGE}),
        "customer": Text(),
        "customer_creation": Choice(("always", "if_required")),
        "customer_email": Address(email=True),
        "excluded_payment_method_types": ListOf(Text()),
        "expires_at": Whole(),
        "line_items": ListOf(_LINE),
        "locale": Choice(LOCALES),
        "metadata": Metadata(),
        "mode": Choice(("payment", "setup", "subscription")),
        "payment_intent_data": _INTENT_DATA,
        "subscription_data": Group({"description": Text(500), "metadata": Metadata()}),
        "submit_type": Choice(("auto", "book", "donate", "pay", "subscribe")),
        "success_url": Address(),
        "ui_mode": Choice(("elements", "embedded_page", "form", "hosted_page")),
    }
)
LIST = list_params(
    customer=Text(), payment_intent=Text(), status=Choice(("complete", "expired", "open")), subscription=Text()
)
UPDATE = Group({**EXPAND, "metadata": Metadata()})


def check(box: Box, params: Json) -> None:
    """Refuse a session that Stripe would not open: modes, addresses, currencies, times, descriptors."""
    require(params, "mode")
    if params["mode"] == "setup":
        raise Refused("This sandbox does not do mode setup.", param="mode")
    _check_mode(params)
    if params.get("ui_mode", "hosted_page") != "hosted_page":
        raise Refused("This sandbox has hosted pages only.", param="ui_mode")
    require(params, "line_items", "success_url")
    if not params["line_items"]:
        raise Refused("You must specify at least one line item.", param="line_items")
    _check_lines(box, params)
    _check_expiry(box, params.get("expires_at"))
    _check_descriptors(params.get("payment_intent_data", {}))
    if "customer" in params:
        box.get("customer", params["customer"], param="customer")
        if "customer_email" in params:
            raise Refused("You may only specify one of these parameters: customer, customer_email.")


_OF_ONE_MODE: Final = {
    "customer_creation": "payment",
    "payment_intent_data": "payment",
    "subscription_data": "subscription",
}


def _check_mode(params: Json) -> None:
    for name, mode in _OF_ONE_MODE.items():
        if name in params and params["mode"] != mode:
            raise Refused(f"You can not pass `{name}` in `{params['mode']}` mode.", param=name)


def _check_lines(box: Box, params: Json) -> None:
    lines = params["line_items"]
    if params["mode"] == "subscription" and len(lines) > subscription_items.MOST:
        raise Refused(f"A subscription has at most {subscription_items.MOST} items.", param="line_items")
    currencies = [_checked_price(box, line, f"line_items[{number}]", params) for number, line in enumerate(lines)]
    for number, currency in enumerate(currencies):
        if currency != currencies[0]:
            param = f"line_items[{number}][price_data][currency]"
            raise Refused("All line items must have the same currency.", param=param)


def _checked_price(box: Box, line: Json, at: str, params: Json) -> str:
    """Return the currency of a line, or refuse a price that does not fit the session."""
    if "price" in line:
        price = box.get("price", line["price"], param=f"{at}[price]")
    else:
        _require(line, "price_data", at)
        price = line["price_data"]
        if ("product" in price) == ("product_data" in price):
            _require(price, "product_data", f"{at}[price_data]")
            raise Refused("You must specify either `product` or `product_data`.", param=f"{at}[price_data]")
        if "product" in price:
            box.get("product", price["product"], param=f"{at}[price_data][product]")
        param = f"{at}[price_data][currency]"
        price["currency"] = core_currencies.require_currency(price["currency"], param=param, settings=box.settings)
    _require(line, "quantity", at)
    recurs = bool(price.get("recurring"))
    if recurs != (params["mode"] == "subscription"):
        wrong = "a recurring price" if recurs else "only one-time prices"
        raise Refused(f"You specified `{params['mode']}` mode but passed {wrong}.", param=at)
    return str(price["currency"])


def _require(given: Json, name: str, at: str) -> None:
    if name not in given:
        param = f"{at}[{name}]"
        raise Refused(f"Missing required param: {param}.", code="parameter_missing", param=param)


def _check_expiry(box: Box, expires_at: int | None) -> None:
    if expires_at is None:
        return
    if expires_at < box.now() + _THIRTY_MINUTES:
        raise Refused(
            "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.",
            param="expires_at",
        )
    if expires_at > box.now() + _A_DAY:
        raise Refused(
            "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.",
            param="expires_at",
        )


def _check_descriptors(intent: Json) -> None:
    for name in ("statement_descriptor", "statement_descriptor_suffix"):
        text = intent.get(name)
        if text is None:
            continue
        allowed = _DESCRIPTOR.fullmatch(text) and not set(text) & set("<>\\'\"*")
        if not allowed or not re.search(r"[A-Za-z]", text):
            raise Refused(
                "The statement descriptor must contain at least one letter, only Latin characters"
                " and none of < > \\ ' \" *.",
                code="invalid_statement_descriptor",
                param=f"payment_intent_data[{name}]",
            )
