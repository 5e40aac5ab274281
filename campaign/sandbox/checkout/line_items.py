"""What is bought on a payment page: lines with their prices."""

from campaign.sandbox.catalogue import prices, products
from campaign.sandbox.core.box import Box
from campaign.sandbox.core.json_types import Json


def new_line_item(box: Box, line: Json, *, is_recurring: bool) -> Json:
    """Return a line of a payment page, priced."""
    price, name = _price(box, line, is_recurring=is_recurring)
    total = price["unit_amount"] * line["quantity"]
    return {
        "id": box.new_id("li_1"),
        "object": "item",
        "adjustable_quantity": None,
        "amount_discount": 0,
        "amount_subtotal": total,
        "amount_tax": 0,
        "amount_total": total,
        "currency": price["currency"],
        "description": name,
        "metadata": {},
        "price": price,
        "quantity": line["quantity"],
    }


def details_of(line: Json) -> str:
    """Return the second line of an item on the page, below its name."""
    return str(line.get("price_data", {}).get("product_data", {}).get("description", ""))


def _price(box: Box, line: Json, *, is_recurring: bool) -> tuple[Json, str]:
    """Return the price of a line and the name of what it pays for; `is_recurring` for a subscription."""
    if "price" in line:
        price = prices.retrieve(box, line["price"])
        return price, products.retrieve(box, price["product"])["name"]
    data = line["price_data"]
    if is_recurring or "product" in data:
        price = prices.create(box, data)
        return price, products.retrieve(box, price["product"])["name"]
    product_id = box.new_id("prod_", 14)
    price = prices.blank(box, product_id, currency=data["currency"], unit_amount=data["unit_amount"])
    return price, data["product_data"]["name"]
