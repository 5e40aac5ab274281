"""The items of a subscription: one or several prices of the same interval, charged together by one invoice."""

from typing import Final

from campaign.sandbox.billing import periods
from campaign.sandbox.catalogue import prices
from campaign.sandbox.core.box import Box
from campaign.sandbox.core.errors import Refused
from campaign.sandbox.core.json_types import Json
from campaign.sandbox.protocol.lists import as_list
from campaign.sandbox.protocol.params import Choice, Flag, Group, ListOf, Text, Whole

MOST: Final = 20
NEW = ListOf(Group({"price": Text(), "price_data": prices.ITEM_DATA, "quantity": Whole(1)}), max_items=MOST)
CHANGED = ListOf(
    Group(
        {
            "deleted": Flag(),
            "id": Text(),
            "price": Text(),
            "price_data": prices.ITEM_DATA,
            "quantity": Whole(1),
        }
    ),
    max_items=2 * MOST,
)
PRORATION: Final = Choice(("always_invoice", "create_prorations", "none"))


def blank(box: Box, subscription_id: str, prices: list[tuple[Json, int]], *, start: int, end: int) -> Json:
    """Return the list of items for these prices and quantities, in this period."""
    data = [_item(box, subscription_id, price, quantity=quantity, start=start, end=end) for price, quantity in prices]
    return as_list(data, f"/v1/subscription_items?subscription={subscription_id}")


def _item(box: Box, subscription_id: str, price: Json, *, quantity: int, start: int, end: int) -> Json:
    return {
        "id": box.new_id("si_", 14),
        "object": "subscription_item",
        "billing_thresholds": None,
        "created": box.now(),
        "current_period_end": end,
        "current_period_start": start,
        "discounts": [],
        "metadata": {},
        "price": price,
        "quantity": quantity,
        "subscription": subscription_id,
        "tax_rates": [],
    }


def require_one_interval(prices: list[Json]) -> None:
    """Refuse prices that cannot be charged together; each is a price or the data of one."""
    intervals = {(one["recurring"]["interval"], one["recurring"].get("interval_count", 1)) for one in prices}
    if len(intervals) > 1:
        raise Refused("This sandbox bills all items of a subscription by the same interval.", param="items")
    if len({one["currency"] for one in prices}) > 1:
        raise Refused("All prices of a subscription must have the same currency.", param="items")


def period_end(subscription: Json) -> int:
    """Return the end of the paid period of all items."""
    return int(subscription["items"]["data"][0]["current_period_end"])


def recurring(subscription: Json) -> Json:
    """Return how often it is charged."""
    interval: Json = subscription["items"]["data"][0]["price"]["recurring"]
    return interval


def total(subscription: Json) -> int:
    """Return the cost of one period."""
    return sum(int(one["price"]["unit_amount"] * one["quantity"]) for one in subscription["items"]["data"])


def renewed(subscription: Json) -> Json:
    """Return the items in their next period."""
    start = period_end(subscription)
    end = periods.next_end(periods.anchor_of(subscription), start, recurring(subscription))
    moved = [{**one, "current_period_start": start, "current_period_end": end} for one in subscription["items"]["data"]]
    return {**subscription["items"], "data": moved}


def requested_prices(box: Box, given: list[Json]) -> list[tuple[Json, int]]:
    """Return the prices and quantities of a new subscription."""
    prices = [(_price(box, one, f"items[{at}]"), int(one.get("quantity", 1))) for at, one in enumerate(given)]
    require_one_interval([price for price, _ in prices])
    return prices


def updated(box: Box, subscription: Json, params: Json) -> Json:
    """Return the items after a change: those with an id are changed or deleted, others are added."""
    if params.get("proration_behavior") != "none":
        raise Refused("This sandbox does not prorate: send proration_behavior=none.", param="proration_behavior")
    known = {one["id"]: one for one in subscription["items"]["data"]}
    added = []
    for at, given in enumerate(params["items"]):
        if "id" not in given:
            added.append((_price(box, given, f"items[{at}]"), int(given.get("quantity", 1))))
        elif given["id"] not in known:
            message = f"No such subscription item: '{given['id']}'"
            raise Refused(message, code="resource_missing", param=f"items[{at}][id]")
        elif given.get("deleted"):
            del known[given["id"]]
        else:
            known[given["id"]] = _changed(box, known[given["id"]], given, f"items[{at}]")
    new = blank(box, subscription["id"], added, start=box.now(), end=period_end(subscription))["data"]
    data = [*known.values(), *new]
    if not 0 < len(data) <= MOST:
        raise Refused(f"A subscription must have at least one item and at most {MOST}.", param="items")
    require_one_interval([subscription["items"]["data"][0]["price"], *(one["price"] for one in data)])
    return {**subscription["items"], "data": data}


def _changed(box: Box, item: Json, given: Json, at: str) -> Json:
    price = _price(box, given, at) if {"price", "price_data"} & given.keys() else item["price"]
    return {**item, "price": price, "quantity": given.get("quantity", item["quantity"])}


def _price(box: Box, given: Json, at: str) -> Json:
    """Return the recurring price of an item: an existing one, or one made from its data."""
    if "price_data" in given:
        return prices.create(box, given["price_data"])
    if "price" not in given:
        raise Refused(f"Missing required param: {at}[price].", code="parameter_missing", param=f"{at}[price]")
    price = box.get("price", given["price"], param=f"{at}[price]")
    if price["recurring"] is None:
        raise Refused("The price specified is set to `type=one_time`: it must be recurring.", param=f"{at}[price]")
    return price
