"""What a donor changes about a monthly gift: skipped, paused, another amount, stopped; charged as Stripe charges it."""

from typing import Any
from urllib.parse import urlsplit

import pytest

from campaign.domain.pledge import Act
from campaign.domain.pledge_dates import end_of_skip, months_later
from campaign.models.pledge import Pledge
from tests.gateways.joined import PUBLIC_URL
from tests.gateways.monthly_gifts import Monthly
from tests.sandbox.test_billing_pages import send


@pytest.mark.database("sqlite")
def test_a_skipped_gift_is_left_out_and_the_next_one_comes(monthly: Monthly) -> None:
    pledge = monthly.begin()
    assert pledge.next_at is not None
    monthly.ask(pledge, Act.SKIP, until=end_of_skip(pledge.next_at).isoformat())
    assert (monthly.again(pledge).state, monthly.again(pledge).next_at) == ("paused", months_later(pledge.next_at, 1))
    monthly.pass_a_month()
    monthly.pass_days(2)
    assert (monthly.again(pledge).state, len(monthly.gifts())) == ("active", 1)
    monthly.pass_a_month()
    assert len(monthly.gifts()) == 2


@pytest.mark.database("sqlite")
def test_a_pause_without_an_end_charges_nothing_until_it_goes_on(monthly: Monthly) -> None:
    pledge = monthly.begin()
    monthly.ask(pledge, Act.PAUSE)
    assert (monthly.again(pledge).state, monthly.again(pledge).next_at) == ("paused", None)
    monthly.pass_a_month()
    monthly.pass_a_month()
    assert len(monthly.gifts()) == 1
    monthly.ask(pledge, Act.RESUME)
    monthly.pass_a_month()
    assert (monthly.again(pledge).state, len(monthly.gifts())) == ("active", 2)


def test_another_amount_is_charged_from_the_next_gift_on(monthly: Monthly) -> None:
    pledge = monthly.begin(covers_fee=True)
    assert monthly.ask(pledge, Act.CHANGE, gift_minor=40_00, cover_minor=1_51) == "done"
    assert (monthly.again(pledge).gift_minor, monthly.again(pledge).cover_minor) == (40_00, 1_51)
    monthly.pass_a_month()
    last = monthly.gifts()[-1]
    assert (last.gift_minor, last.cover_minor) == (40_00, 1_51)
    assert "amount" in monthly.history(pledge)
    assert monthly.balance_in_books() == monthly.balance_in_truth()


def charged(monthly: Monthly, pledge: Pledge) -> list[list[int]]:
    """The lines of each month's invoice, oldest first."""
    newest_first = monthly.sandbox.client().v1.invoices.list({"subscription": pledge.subscription_id}).data
    return [[line.amount for line in invoice.lines.data] for invoice in reversed(newest_first)]


@pytest.mark.database("sqlite")
def test_the_fee_is_an_item_of_its_own_while_it_is_covered(monthly: Monthly) -> None:
    pledge = monthly.begin(covers_fee=True)
    both = [25_00, pledge.cover_minor]
    for gift, cover in ((30_00, 0), (40_00, 1_51)):
        assert monthly.ask(pledge, Act.CHANGE, gift_minor=gift, cover_minor=cover) == "done"
        after = monthly.again(pledge)
        assert (after.gift_minor, after.cover_minor, after.item_id) == (gift, cover, pledge.item_id)
        monthly.pass_a_month()
    assert charged(monthly, pledge) == [both, [30_00], [40_00, 1_51]]
    assert [(gift.gift_minor, gift.cover_minor) for gift in monthly.gifts()[1:]] == [(30_00, 0), (40_00, 1_51)]


@pytest.mark.database("sqlite")
def test_a_monthly_gift_that_began_as_one_item_goes_on_and_becomes_two(monthly: Monthly) -> None:
    pledge = monthly.begin(covers_fee=True)
    client = monthly.sandbox.client()
    gift, fee = client.v1.subscriptions.retrieve(pledge.subscription_id).to_dict()["items"]["data"]
    whole = {
        "currency": "usd",
        "product": gift["price"]["product"],
        "recurring": {"interval": "month"},
        "unit_amount": 25_00 + pledge.cover_minor,
    }
    one: Any = [{"id": gift["id"], "price_data": whole}, {"id": fee["id"], "deleted": True}]
    client.v1.subscriptions.update(pledge.subscription_id, {"items": one, "proration_behavior": "none"})
    monthly.pass_a_month()
    before = monthly.again(pledge)
    assert (before.gift_minor, before.cover_minor) == (25_00, pledge.cover_minor)
    assert (monthly.gifts()[-1].gift_minor, monthly.gifts()[-1].cover_minor) == (25_00, pledge.cover_minor)

    assert monthly.ask(pledge, Act.CHANGE, gift_minor=10_00, cover_minor=62) == "done"
    monthly.pass_a_month()
    assert charged(monthly, pledge)[1:] == [[25_00 + pledge.cover_minor], [10_00, 62]]
    assert (monthly.gifts()[-1].gift_minor, monthly.gifts()[-1].cover_minor) == (10_00, 62)


def test_stopped_at_once_it_is_charged_no_more_and_what_was_due_is_void(monthly: Monthly) -> None:
    pledge = monthly.begin(method="pm_card_chargeCustomerFail")
    monthly.pass_a_month()
    assert monthly.ask(pledge, Act.STOP) == "done"
    assert (monthly.again(pledge).state, monthly.again(pledge).end_reason) == ("stopped", "asked")
    invoices = monthly.sandbox.client().v1.invoices.list({"subscription": pledge.subscription_id}).data
    assert [invoice.status for invoice in invoices] == ["void", "paid"]
    monthly.pass_a_month()
    assert len(monthly.gifts()) == 1
    assert len(monthly.mails("Your monthly gift has ended")) == 1


@pytest.mark.database("sqlite")
def test_what_stops_later_can_be_taken_back_or_ends_by_itself(monthly: Monthly) -> None:
    pledge = monthly.begin()
    monthly.ask(pledge, Act.STOP_LATER)
    assert monthly.again(pledge).state == "stopping"
    assert monthly.again(pledge).stops_at == pledge.next_at
    monthly.ask(pledge, Act.KEEP)
    assert monthly.again(pledge).next_at == pledge.next_at
    monthly.sandbox.advance(60)
    monthly.ask(pledge, Act.STOP_LATER)
    monthly.pass_a_month()
    assert (monthly.again(pledge).state, monthly.again(pledge).end_reason) == ("stopped", "asked")
    assert len(monthly.gifts()) == 1
    assert len(monthly.mails("Your monthly gift ends on ")) == 2  # each time that it was decided


@pytest.mark.database("sqlite")
def test_stopped_in_the_provider_s_portal_it_is_stopped_here(monthly: Monthly) -> None:
    pledge = monthly.begin()
    path = urlsplit(
        monthly.payments.pledges.card_page(pledge.customer_id, return_url=f"{PUBLIC_URL}/en/p/x", language="en")
    ).path
    send(monthly.sandbox, path, subscription=pledge.subscription_id, act="stop")
    monthly.hear()
    assert monthly.again(pledge).state == "stopping"
    monthly.pass_a_month()
    assert (monthly.again(pledge).state, monthly.again(pledge).end_reason) == ("stopped", "provider")
