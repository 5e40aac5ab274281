"""Changes to a subscription: another amount, a pause, an end, and what becomes of its open invoices."""

from datetime import UTC, datetime
from typing import Any

import pytest
import stripe

from campaign.sandbox.billing.periods import next_end
from tests.sandbox.monthly import (
    A_DAY,
    A_MONTH,
    advance_past_renewal,
    invoices,
    monthly_params,
    new_events,
    subscribe,
)
from tests.sandbox.running import Listener, RunningSandbox
from tests.support.stripe_contract import Json


def test_it_can_end_at_the_end_of_its_period(
    running: RunningSandbox, client: stripe.StripeClient, listener: Listener
) -> None:
    subscription = subscribe(running)["subscription"]
    fields: Any = {"cancel_at_period_end": True, "cancellation_details": {"feedback": "too_expensive"}}
    current = client.v1.subscriptions.update(subscription["id"], fields).to_dict()
    assert (current["status"], current["cancel_at"]) == ("active", current["items"]["data"][0]["current_period_end"])
    assert new_events(running, listener)[-1] == "customer.subscription.updated"
    running.advance(A_MONTH)
    assert new_events(running, listener)[-1] == "customer.subscription.deleted"
    ended = client.v1.subscriptions.retrieve(subscription["id"]).to_dict()
    assert (ended["status"], ended["cancellation_details"]["feedback"]) == ("canceled", "too_expensive")
    assert len(invoices(client, subscription["id"])) == 1


def test_the_wish_to_end_can_be_taken_back(running: RunningSandbox, client: stripe.StripeClient) -> None:
    subscription = subscribe(running)["subscription"]
    client.v1.subscriptions.update(subscription["id"], {"cancel_at_period_end": True})
    client.v1.subscriptions.update(subscription["id"], {"cancel_at_period_end": False})
    running.advance(A_MONTH)
    assert len(invoices(client, subscription["id"])) == 2


def test_it_can_end_at_once_and_only_once(
    running: RunningSandbox, client: stripe.StripeClient, listener: Listener
) -> None:
    subscription = subscribe(running)["subscription"]
    assert client.v1.subscriptions.cancel(subscription["id"]).status == "canceled"
    assert new_events(running, listener)[-1] == "customer.subscription.deleted"
    with pytest.raises(stripe.InvalidRequestError) as again:
        client.v1.subscriptions.cancel(subscription["id"])
    assert again.value.code == "resource_missing"
    running.advance(A_MONTH)
    assert len(invoices(client, subscription["id"])) == 1
    assert client.v1.subscriptions.list().data == []
    assert len(client.v1.subscriptions.list({"status": "all"}).data) == 1


@pytest.mark.parametrize(
    ("behavior", "status"), [("void", "void"), ("mark_uncollectible", "uncollectible"), ("keep_as_draft", "draft")]
)
def test_while_it_is_paused_nothing_is_charged(
    running: RunningSandbox, client: stripe.StripeClient, behavior: Any, status: str
) -> None:
    subscription = subscribe(running)["subscription"]
    client.v1.subscriptions.update(subscription["id"], {"pause_collection": {"behavior": behavior}})
    running.advance(A_MONTH)
    assert invoices(client, subscription["id"])[1]["status"] == status
    client.v1.subscriptions.update(subscription["id"], {"pause_collection": ""})
    running.advance(A_MONTH)
    assert invoices(client, subscription["id"])[2]["status"] == "paid"


def test_one_gift_is_skipped_by_a_pause_that_ends(running: RunningSandbox, client: stripe.StripeClient) -> None:
    subscription = subscribe(running)["subscription"]
    end = subscription["items"]["data"][0]["current_period_end"]
    pause: Any = {"pause_collection": {"behavior": "void", "resumes_at": end + 2 * A_DAY}}
    client.v1.subscriptions.update(subscription["id"], pause)
    running.advance(2 * A_MONTH)
    assert client.v1.subscriptions.retrieve(subscription["id"]).pause_collection is None
    assert [one["status"] for one in invoices(client, subscription["id"])] == ["paid", "void", "paid"]


def test_it_ends_in_place_of_a_later_charge(running: RunningSandbox, client: stripe.StripeClient) -> None:
    subscription = subscribe(running)["subscription"]
    first = datetime.fromtimestamp(subscription["items"]["data"][0]["current_period_end"], UTC)
    anchor = subscription["billing_cycle_anchor"]
    second = next_end(anchor, int(first.timestamp()), {"interval": "month", "interval_count": 1})
    for refused in (anchor, second - A_DAY):
        with pytest.raises(stripe.InvalidRequestError) as error:
            client.v1.subscriptions.update(subscription["id"], {"cancel_at": refused})
        assert error.value.param == "cancel_at"
    both: Any = {"cancel_at": second, "cancel_at_period_end": True}
    with pytest.raises(stripe.InvalidRequestError, match="only specify one"):
        client.v1.subscriptions.update(subscription["id"], both)
    ending = client.v1.subscriptions.update(subscription["id"], {"cancel_at": second, "proration_behavior": "none"})
    assert (ending.status, ending.cancel_at, ending.cancel_at_period_end) == ("active", second, False)
    running.advance(3 * A_MONTH)
    over = client.v1.subscriptions.retrieve(subscription["id"])
    assert (over.status, over.ended_at) == ("canceled", second)
    assert [one["status"] for one in invoices(client, subscription["id"])] == ["paid", "paid"]


def test_another_amount_is_asked_from_the_next_gift_on(running: RunningSandbox, client: stripe.StripeClient) -> None:
    subscription = subscribe(running)["subscription"]
    item = subscription["items"]["data"][0]
    data = {
        "currency": "usd",
        "product": item["price"]["product"],
        "recurring": {"interval": "month"},
        "unit_amount": 2500,
    }
    change: Any = {"items": [{"id": item["id"], "price_data": data}], "proration_behavior": "none"}
    client.v1.subscriptions.update(subscription["id"], change)
    running.advance(A_MONTH)
    assert [one["amount_paid"] for one in invoices(client, subscription["id"])] == [1000, 2500]
    with pytest.raises(stripe.InvalidRequestError, match="does not prorate"):
        client.v1.subscriptions.update(subscription["id"], {"items": change["items"]})


def test_items_are_changed_added_and_deleted_together(running: RunningSandbox, client: stripe.StripeClient) -> None:
    lines = monthly_params()["line_items"] + monthly_params(44)["line_items"]
    session = subscribe(running, line_items=lines)
    subscription = session["subscription"]
    gift, fee = subscription["items"]["data"]
    assert [line["amount"] for line in session["invoice"]["lines"]["data"]] == [1000, 44]

    def price(minor: int) -> Json:
        product = gift["price"]["product"]
        return {"currency": "usd", "product": product, "recurring": {"interval": "month"}, "unit_amount": minor}

    def changed(*items: Json) -> list[Json]:
        fields: Any = {"items": items, "proration_behavior": "none"}
        data = client.v1.subscriptions.update(subscription["id"], fields).to_dict()["items"]["data"]
        assert len({one["current_period_end"] for one in data}) == 1
        return list(data)

    [left] = changed({"id": gift["id"], "price_data": price(2500)}, {"id": fee["id"], "deleted": True})
    assert left["id"] == gift["id"]
    running.advance(A_MONTH)
    assert [one["price"]["unit_amount"] for one in changed({"price_data": price(90)})] == [2500, 90]
    running.advance(A_MONTH)
    own = invoices(client, subscription["id"])
    assert [[line["amount"] for line in one["lines"]["data"]] for one in own] == [[1000, 44], [2500], [2500, 90]]
    assert [one["amount_paid"] for one in own] == [1044, 2500, 2590]
    with pytest.raises(stripe.InvalidRequestError, match="No such subscription item"):
        changed({"id": fee["id"], "deleted": True})
    with pytest.raises(stripe.InvalidRequestError, match="same interval"):
        changed({"price_data": {**price(90), "recurring": {"interval": "year"}}})


def test_an_open_invoice_can_be_voided(running: RunningSandbox, client: stripe.StripeClient) -> None:
    subscription = subscribe(running, "pm_card_chargeCustomerFail")["subscription"]
    advance_past_renewal(running, subscription)
    invoice = client.v1.invoices.list({"status": "open"}).data[0]
    assert client.v1.invoices.void_invoice(str(invoice.id)).status == "void"
    running.advance(4 * A_DAY)
    assert client.v1.invoices.retrieve(str(invoice.id)).attempt_count == 1
    assert client.v1.subscriptions.retrieve(subscription["id"]).status == "past_due"


def test_an_open_invoice_of_a_stopped_gift_is_left_alone(running: RunningSandbox, client: stripe.StripeClient) -> None:
    subscription = subscribe(running, "pm_card_chargeCustomerFail")["subscription"]
    advance_past_renewal(running, subscription)
    client.v1.subscriptions.cancel(subscription["id"])
    running.advance(30 * A_DAY)
    [invoice] = client.v1.invoices.list({"status": "open"}).data
    assert invoice.attempt_count == 1


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"payment_intent_data": {"description": "x"}}, "payment_intent_data"),
        ({"customer_creation": "always"}, "customer_creation"),
        ({"mode": "payment", "subscription_data": {}}, None),
    ],
)
def test_what_belongs_to_the_other_mode_is_refused(running: RunningSandbox, changes: Any, param: str | None) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        running.client().v1.checkout.sessions.create(monthly_params(**changes))
    assert param is None or refused.value.param == param
