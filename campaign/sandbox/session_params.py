"""What a checkout session may be asked for, and what Stripe refuses beyond the shape of the parameters."""

import re
from typing import Final

from campaign.sandbox import money
from campaign.sandbox.box import Box
from campaign.sandbox.errors import Refused
from campaign.sandbox.json_types import Json
from campaign.sandbox.params import (
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

LOCALES: Final = (
    *("auto", "bg", "cs", "da", "de", "el", "en", "en-GB", "es", "es-419", "et", "fi", "fil", "fr", "fr-CA", "hr"),
    *("hu", "id", "it", "ja", "ko", "lt", "lv", "ms", "mt", "nb", "nl", "pl", "pt", "pt-BR", "ro", "ru", "sk", "sl"),
    *("sv", "th", "tr", "vi", "zh", "zh-HK", "zh-TW"),
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
    {"currency": Text(3), "unit_amount": Whole(), "product_data": _PRODUCT},
    required=("currency", "product_data", "unit_amount"),
)
_LINE = Group({"price_data": _PRICE, "quantity": Whole(1, 999_999)})
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
        "submit_type": Choice(("auto", "book", "donate", "pay", "subscribe")),
        "success_url": Address(),
        "ui_mode": Choice(("elements", "embedded_page", "form", "hosted_page")),
    }
)
LIST = list_params(customer=Text(), payment_intent=Text(), status=Choice(("complete", "expired", "open")))
UPDATE = Group({**EXPAND, "metadata": Metadata()})


def check(box: Box, params: Json) -> None:
    """Refuse a session that Stripe would not open: modes, addresses, currencies, times, descriptors."""
    require(params, "mode")
    if params["mode"] != "payment":
        raise Refused(f"This sandbox does not do mode {params['mode']} yet.", param="mode")
    if params.get("ui_mode", "hosted_page") != "hosted_page":
        raise Refused("This sandbox has hosted pages only.", param="ui_mode")
    require(params, "line_items", "success_url")
    if not params["line_items"]:
        raise Refused("You must specify at least one line item.", param="line_items")
    _check_lines(box, params["line_items"])
    _check_expiry(box, params.get("expires_at"))
    _check_descriptors(params.get("payment_intent_data", {}))
    if "customer" in params:
        box.get("customer", params["customer"], param="customer")
        if "customer_email" in params:
            raise Refused("You may only specify one of these parameters: customer, customer_email.")


def _check_lines(box: Box, lines: list[Json]) -> None:
    for number, line in enumerate(lines):
        at = f"line_items[{number}]"
        for name in ("price_data", "quantity"):
            if name not in line:
                raise Refused(
                    f"Missing required param: {at}[{name}].",
                    code="parameter_missing",
                    param=f"{at}[{name}]",
                )
        price = line["price_data"]
        param = f"{at}[price_data][currency]"
        price["currency"] = money.require_currency(price["currency"], param=param, settings=box.settings)
        if price["currency"] != lines[0]["price_data"]["currency"]:
            raise Refused("All line items must have the same currency.", param=param)


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
