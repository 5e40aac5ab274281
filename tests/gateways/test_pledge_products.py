"""What Stripe’s documents call the items of a monthly gift, at first and after a change."""

import pytest

from campaign.domain.pledge import Act
from campaign.models.pledge import Pledge
from tests.gateways.monthly_gifts import Monthly


def products(monthly: Monthly, pledge: Pledge) -> list[tuple[str, str | None]]:
    """Name and description of what each item of the subscription is for."""
    client = monthly.sandbox.client()
    items = client.v1.subscriptions.retrieve(pledge.subscription_id).to_dict()["items"]["data"]
    named = [client.v1.products.retrieve(item["price"]["product"]) for item in items]
    return [(product.name, product.description) for product in named]


@pytest.mark.database("sqlite")
def test_a_changed_gift_is_named_at_the_provider_as_the_first_one(monthly: Monthly) -> None:
    pledge = monthly.begin(covers_fee=True)
    before = products(monthly, pledge)
    assert str(before[0][1]).startswith("For: ")
    assert monthly.ask(pledge, Act.CHANGE, gift_minor=40_00, cover_minor=1_51) == "done"
    assert products(monthly, pledge) == before
