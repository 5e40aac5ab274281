"""One card for several monthly gifts, at the sandbox by the official library: entered once on the portal, charged for each."""

from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest

from campaign.domain.pledge import Act
from campaign.models.pledge import Pledge
from campaign.services.pledges import requests as pledge_requests
from campaign.services.pledges.card_for_all import CARD, OTHERS, card_text
from campaign.services.pledges.requests import PledgeOrder
from tests.gateways.joined import PUBLIC_URL
from tests.gateways.monthly_gifts import Monthly
from tests.sandbox.test_billing_pages import send


def enter_for_all(monthly: Monthly, target: Pledge, *others: Pledge, card: str = "5555555555554444") -> None:
    """On the provider's portal, for one of them; the request is executed."""
    before = card_text(target.card_brand, target.card_last4, target.card_expires_on)
    detail: dict[str, object] = {OTHERS: [other.public_id for other in others], CARD: before}
    order = PledgeOrder(pledge_public_id=target.public_id, act=Act.UPDATE_CARD, detail=detail)
    pledge_requests.ask(order, clock=monthly.clock)
    portal = monthly.payments.pledges.card_page(target.customer_id, return_url=f"{PUBLIC_URL}/en/p/x", language="en")
    send(monthly.sandbox, urlsplit(portal).path, subscription=target.subscription_id, act="card", card=card)
    assert pledge_requests.execute(order.public_id, context=monthly.context) == "done"
    monthly.hear()


@pytest.mark.database("sqlite")
def test_all_gifts_are_charged_to_the_card_that_was_entered_for_one(monthly: Monthly) -> None:
    first, second = monthly.begin(), monthly.begin(minor=40_00, covers_fee=True)
    enter_for_all(monthly, first, second)
    moved = monthly.again(second)
    assert (moved.state, moved.card_last4, moved.gift_minor, moved.cover_minor) == (
        ("active", "4444", second.gift_minor, second.cover_minor)
    )
    assert moved.next_at == second.next_at
    assert moved.customer_id == monthly.again(first).customer_id
    assert second.subscription_id != moved.subscription_id

    monthly.pass_a_month()

    assert [gift.pledge_id for gift in monthly.gifts()] == [first.id, second.id, first.id, second.id]
    assert [gift.state for gift in monthly.gifts()] == ["paid"] * 4
    assert monthly.balance_in_books() == monthly.balance_in_truth()
    assert len(monthly.mails("Your monthly gift has ended")) == 0


@pytest.mark.database("sqlite")
def test_a_paused_gift_stays_paused_on_the_other_card(monthly: Monthly) -> None:
    first, second = monthly.begin(), monthly.begin()
    assert monthly.ask(second, Act.PAUSE) == "done"
    enter_for_all(monthly, first, second)
    assert (monthly.again(second).state, monthly.again(second).card_last4) == ("paused", "4444")
    monthly.pass_a_month()
    assert [gift.pledge_id for gift in monthly.gifts()] == [first.id, second.id, first.id]


@pytest.mark.database("sqlite")
def test_a_moved_gift_can_be_stopped_and_moved_again(monthly: Monthly) -> None:
    first, second = monthly.begin(), monthly.begin()
    enter_for_all(monthly, first, second)
    enter_for_all(monthly, monthly.again(first), monthly.again(second), card="4242424242424242")
    assert monthly.again(second).card_last4 == "4242"
    assert monthly.ask(monthly.again(second), Act.STOP) == "done"
    monthly.hear()
    client = monthly.sandbox.client()
    running = [one.id for one in client.v1.subscriptions.list({"status": "active"}).data]
    assert running == [monthly.again(first).subscription_id]


@pytest.mark.database("sqlite")
def test_the_day_of_the_month_stays_through_short_months(monthly: Monthly) -> None:
    first, second = monthly.begin(), monthly.begin()
    enter_for_all(monthly, first, second)
    for _ in range(3):
        monthly.pass_a_month()
        assert monthly.again(second).next_at is not None
        planned = {monthly.again(one).next_at for one in (first, second)}
        at = [datetime.fromtimestamp(moment.timestamp(), UTC).date() for moment in planned if moment]
        assert len(set(at)) == 1
