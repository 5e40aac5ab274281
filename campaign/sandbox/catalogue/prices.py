"""Prices: an amount, charged once or at an interval."""

from typing import Final

from campaign.sandbox.catalogue import products
from campaign.sandbox.core import currencies
from campaign.sandbox.core.box import Box
from campaign.sandbox.core.errors import Refused
from campaign.sandbox.core.json_types import Json
from campaign.sandbox.protocol import params as shapes
from campaign.sandbox.protocol.lists import page_of

RECURRING: Final = shapes.Group(
    {"interval": shapes.Choice(("day", "month", "week", "year")), "interval_count": shapes.Whole(1, 36)},
    required=("interval",),
)
CREATE = shapes.Group(
    {
        **shapes.EXPAND,
        "active": shapes.Flag(),
        "currency": shapes.Text(3),
        "lookup_key": shapes.Text(200),
        "metadata": shapes.Metadata(),
        "nickname": shapes.Text(),
        "product": shapes.Text(),
        "product_data": shapes.Group({"name": shapes.Text(), "metadata": shapes.Metadata()}, required=("name",)),
        "recurring": RECURRING,
        "unit_amount": shapes.Whole(),
    },
    required=("currency", "unit_amount"),
)
UPDATE = shapes.Group(
    {**shapes.EXPAND, "active": shapes.Flag(), "metadata": shapes.Metadata(), "nickname": shapes.Text()}
)
LIST = shapes.list_params(
    active=shapes.Flag(), currency=shapes.Text(3), product=shapes.Text(), type=shapes.Choice(("one_time", "recurring"))
)
# The price of a subscription's item, made from its data for an existing product.
ITEM_DATA = shapes.Group(
    {"currency": shapes.Text(3), "product": shapes.Text(), "recurring": RECURRING, "unit_amount": shapes.Whole()},
    required=("currency", "product", "recurring", "unit_amount"),
)


def create(box: Box, params: Json) -> Json:
    """Make a price of a product, and the product too if its data are given."""
    currency = currencies.require_currency(params["currency"], param="currency", settings=box.settings)
    if ("product" in params) == ("product_data" in params):
        raise Refused("You must specify either `product` or `product_data` when creating a price.")
    if "product" in params:
        product = box.get("product", params["product"], param="product")
    else:
        product = products.create(box, params["product_data"])
    price = blank(box, product["id"], currency=currency, unit_amount=params["unit_amount"])
    price.update(active=params.get("active", True), recurring=_recurring(params.get("recurring")))
    price["type"] = "recurring" if price["recurring"] else "one_time"
    price["lookup_key"], price["nickname"] = params.get("lookup_key"), params.get("nickname")
    price["metadata"] = shapes.merged_metadata({}, params.get("metadata", {}))
    box.save(price)
    box.tell("price.created", price)
    return price


def blank(box: Box, product_id: str, *, currency: str, unit_amount: int) -> Json:
    """Return a one-time price, not saved yet."""
    return {
        "id": box.new_id("price_1"),
        "object": "price",
        "active": False,
        "billing_scheme": "per_unit",
        "created": box.now(),
        "currency": currency,
        "custom_unit_amount": None,
        "livemode": False,
        "lookup_key": None,
        "metadata": {},
        "nickname": None,
        "product": product_id,
        "recurring": None,
        "tax_behavior": "unspecified",
        "tiers_mode": None,
        "transform_quantity": None,
        "type": "one_time",
        "unit_amount": unit_amount,
        "unit_amount_decimal": str(unit_amount),
    }


def _recurring(given: Json | None) -> Json | None:
    if given is None:
        return None
    count = given.get("interval_count", 1)
    return {"interval": given["interval"], "interval_count": count, "meter": None, "usage_type": "licensed"}


def retrieve(box: Box, price_id: str) -> Json:
    """Return the price."""
    return box.get("price", price_id)


def update(box: Box, params: Json, price_id: str) -> Json:
    """Change the name, the metadata or the state; an amount never changes."""
    price = retrieve(box, price_id)
    price.update({name: params[name] for name in ("active", "nickname") if name in params})
    price["metadata"] = shapes.merged_metadata(price["metadata"], params.get("metadata", {}))
    box.save(price)
    box.tell("price.updated", price)
    return price


def list_all(box: Box, params: Json) -> Json:
    """List prices, newest first."""
    return page_of(box, "price", params, url="/v1/prices", filters=("active", "currency", "product", "type"))
