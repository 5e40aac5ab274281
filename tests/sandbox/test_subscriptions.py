"""Monthly gifts: begun, renewed, refused and tried again, paused, changed, stopped."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import stripe

from tests.sandbox.monthly import (
    A_DAY,
    A_MONTH,
    AN_HOUR,
    a_customer_on_a_clock,
    advance_past_renewal,
    another_card,
    invoices,
    monthly_params,
    new_events,
    subscribe,
    subscribe_by_call,
)
from tests.sandbox.running import Listener, RunningSandbox, running_sandbox
from tests.sandbox.test_pages import Visitor


def test_a_paid_session_makes_customer_subscription_and_invoice(
    running: RunningSandbox, client: stripe.StripeClient, listener: Listener
) -> None:
    session = subscribe(running)
    assert (session["status"], session["payment_status"], session["payment_intent"]) == ("complete", "paid", None)
    subscription, invoice = session["subscription"], session["invoice"]
    assert (subscription["status"], subscription["metadata"]) == ("active", {"pledge": "p-1"})
    assert (invoice["status"], invoice["billing_reason"], invoice["amount_paid"]) == (
        "paid",
        "subscription_create",
        1000,
    )
    assert invoice["parent"]["subscription_details"]["metadata"] == {"pledge": "p-1"}
    assert client.v1.customers.retrieve(session["customer"]).email == "donor@example.org"
    kinds = new_events(running, listener)
    assert {"customer.subscription.created", "invoice.paid"} < set(kinds)
    assert kinds[-1] == "checkout.session.completed"
    assert [kind for kind in kinds if kind == "invoice.paid"] == ["invoice.paid"]


def test_the_payment_of_an_invoice_is_found_in_both_directions(
    running: RunningSandbox, client: stripe.StripeClient
) -> None:
    subscription = subscribe(running)["subscription"]
    [invoice] = invoices(client, subscription["id"])
    [payment] = invoice["payments"]["data"]
    intent = payment["payment"]["payment_intent"]
    assert (payment["status"], payment["amount_paid"]) == ("paid", 1000)
    fields: Any = {"payment": {"type": "payment_intent", "payment_intent": intent}}
    assert [one.invoice for one in client.v1.invoice_payments.list(fields).data] == [invoice["id"]]
    fields["expand"] = ["data.payment.payment_intent.latest_charge"]
    [expanded] = client.v1.invoice_payments.list(fields).data
    charge = expanded.to_dict()["payment"]["payment_intent"]["latest_charge"]
    assert (charge["amount"], charge["metadata"]) == (1000, {})


def test_a_refused_first_payment_leaves_no_subscription(running: RunningSandbox, client: stripe.StripeClient) -> None:
    session = client.v1.checkout.sessions.create(monthly_params())
    running.pay(session.id, method="pm_card_chargeDeclined")
    current = client.v1.checkout.sessions.retrieve(session.id)
    assert (current.status, current.subscription) == ("open", None)
    assert client.v1.subscriptions.list().data == []
    running.pay(session.id)
    assert len(client.v1.subscriptions.list().data) == 1


def test_a_month_later_it_is_renewed(running: RunningSandbox, client: stripe.StripeClient, listener: Listener) -> None:
    subscription = subscribe(running)["subscription"]
    new_events(running, listener)
    end = subscription["items"]["data"][0]["current_period_end"]
    running.advance(end - subscription["created"] + 1)
    draft = invoices(client, subscription["id"])[1]
    assert (draft["status"], draft["auto_advance"], draft["billing_reason"]) == ("draft", True, "subscription_cycle")
    running.advance(AN_HOUR)
    paid = invoices(client, subscription["id"])[1]
    assert (paid["status"], paid["attempt_count"], paid["amount_paid"]) == ("paid", 1, 1000)
    assert paid["lines"]["data"][0]["period"]["start"] == end
    kinds = new_events(running, listener)
    assert "invoice.paid" in kinds
    assert "customer.subscription.updated" in kinds
    assert "invoice.created" not in kinds


def test_a_refused_renewal_is_tried_again_and_then_given_up(
    running: RunningSandbox, client: stripe.StripeClient, listener: Listener
) -> None:
    subscription = subscribe(running, "pm_card_chargeCustomerFail")["subscription"]
    new_events(running, listener)
    advance_past_renewal(running, subscription)
    refused = invoices(client, subscription["id"])[1]
    assert (refused["status"], refused["attempt_count"]) == ("open", 1)
    first = refused["next_payment_attempt"] - refused["effective_at"]
    assert first == 3 * A_DAY
    assert client.v1.subscriptions.retrieve(subscription["id"]).status == "past_due"
    assert "invoice.payment_failed" in new_events(running, listener)
    for tries, days in enumerate((3, 5, 7), start=2):
        running.advance(days * A_DAY)
        assert invoices(client, subscription["id"])[1]["attempt_count"] == tries
    running.advance(7 * A_DAY)
    last = invoices(client, subscription["id"])[1]
    assert (last["attempt_count"], last["next_payment_attempt"]) == (5, None)
    ended = client.v1.subscriptions.retrieve(subscription["id"])
    assert (ended.status, ended.cancellation_details.reason) == ("canceled", "payment_failed")  # type: ignore[union-attr]
    kinds = new_events(running, listener)
    assert kinds.count("invoice.payment_failed") == 4
    assert kinds[-1] == "customer.subscription.deleted"


def test_another_card_mends_a_refused_renewal(running: RunningSandbox, client: stripe.StripeClient) -> None:
    subscription = subscribe(running, "pm_card_chargeCustomerFail")["subscription"]
    advance_past_renewal(running, subscription)
    another_card(client, subscription, "pm_card_mastercard")
    running.advance(3 * A_DAY)
    assert invoices(client, subscription["id"])[1]["status"] == "paid"
    assert client.v1.subscriptions.retrieve(subscription["id"]).status == "active"


def test_an_open_invoice_can_be_paid_by_a_call(running: RunningSandbox, client: stripe.StripeClient) -> None:
    subscription = subscribe(running, "pm_card_chargeCustomerFail")["subscription"]
    advance_past_renewal(running, subscription)
    invoice = invoices(client, subscription["id"])[1]["id"]
    with pytest.raises(stripe.CardError):
        client.v1.invoices.pay(invoice)
    assert client.v1.invoices.retrieve(invoice).attempt_count == 2
    another_card(client, subscription, "pm_card_visa")
    assert client.v1.invoices.pay(invoice).status == "paid"
    with pytest.raises(stripe.InvalidRequestError, match="already paid"):
        client.v1.invoices.pay(invoice)


def test_a_card_that_always_asks_needs_the_donor_at_renewal(
    running: RunningSandbox, client: stripe.StripeClient, listener: Listener
) -> None:
    subscription = subscribe(running)["subscription"]
    another_card(client, subscription, "pm_card_authenticationRequired")
    advance_past_renewal(running, subscription)
    invoice = client.v1.invoices.list({"subscription": subscription["id"]}).data[0]
    assert (invoice.status, invoice.attempt_count) == ("open", 1)
    assert "invoice.payment_action_required" in new_events(running, listener)
    assert str(invoice.hosted_invoice_url).endswith(f"/sandbox/i/{invoice.id}")


def test_a_card_that_asks_once_is_renewed_without_asking(running: RunningSandbox, client: stripe.StripeClient) -> None:
    session = client.v1.checkout.sessions.create(monthly_params())
    visitor = Visitor(running, session.id)
    assert visitor.pay("4000002500003155").headers["Location"].endswith("/3ds")
    visitor.submit("/3ds", outcome="complete")
    running.advance(A_MONTH)
    assert [one.status for one in client.v1.invoices.list().data] == ["paid", "paid"]


@pytest.mark.parametrize(("after", "status"), [("unpaid", "unpaid"), ("past_due", "past_due")])
def test_what_becomes_of_it_in_the_end_is_a_setting(tmp_path: Path, after: str, status: str) -> None:
    with running_sandbox(tmp_path, after_last_retry=after, invoice_retry_days=()) as running:
        subscription = subscribe(running, "pm_card_chargeCustomerFail")["subscription"]
        running.advance(A_MONTH)
        assert running.client().v1.subscriptions.retrieve(subscription["id"]).status == status


def test_a_test_clock_renews_without_waiting(
    running: RunningSandbox, client: stripe.StripeClient, listener: Listener
) -> None:
    begin = int(datetime(2026, 1, 31, 12, tzinfo=UTC).timestamp())
    clock, customer = a_customer_on_a_clock(client, begin)
    subscription = subscribe_by_call(client, customer)
    assert (subscription["status"], subscription["created"]) == ("active", begin)
    new_events(running, listener)
    march = int(datetime(2026, 3, 5, tzinfo=UTC).timestamp())
    assert client.v1.test_helpers.test_clocks.advance(clock, {"frozen_time": march}).status == "advancing"
    current = client.v1.test_helpers.test_clocks.retrieve(clock)
    assert (current.status, current.frozen_time) == ("ready", march)
    days = [datetime.fromtimestamp(one["period_start"], UTC).day for one in invoices(client, subscription["id"])]
    assert days == [31, 28]
    assert "invoice.paid" in new_events(running, listener)
    [after] = client.v1.subscriptions.list({"test_clock": clock}).data
    assert datetime.fromtimestamp(after.items.data[0].current_period_end, UTC).day == 31


def test_a_test_clock_goes_forward_only_and_not_too_far(client: stripe.StripeClient, running: RunningSandbox) -> None:
    clock, customer = a_customer_on_a_clock(client, 1_780_000_000)
    subscribe_by_call(client, customer)
    for moment in (1_780_000_000, 1_780_000_000 + 70 * A_DAY):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            client.v1.test_helpers.test_clocks.advance(clock, {"frozen_time": moment})
        assert refused.value.param == "frozen_time"
    assert client.v1.test_helpers.test_clocks.delete(clock).deleted
    assert client.v1.subscriptions.list({"status": "all"}).data == []


def test_a_failing_card_on_a_test_clock(client: stripe.StripeClient) -> None:
    clock, customer = a_customer_on_a_clock(client, 1_780_000_000)
    subscription = subscribe_by_call(client, customer)
    another_card(client, subscription, "pm_card_chargeCustomerFail")
    client.v1.test_helpers.test_clocks.advance(clock, {"frozen_time": 1_780_000_000 + A_MONTH})
    [invoice] = client.v1.invoices.list({"status": "open"}).data
    assert (invoice.attempt_count, invoice.next_payment_attempt is not None) == (1, True)
    assert client.v1.subscriptions.retrieve(subscription["id"]).status == "past_due"


def test_a_refused_card_leaves_a_called_subscription_incomplete(
    running: RunningSandbox, client: stripe.StripeClient
) -> None:
    customer = client.v1.customers.create({"email": "donor@example.org"})
    with pytest.raises(stripe.CardError):
        client.v1.payment_methods.attach("pm_card_chargeDeclined", {"customer": customer.id})
    attached = client.v1.payment_methods.attach("pm_card_chargeCustomerFail", {"customer": customer.id})
    client.v1.customers.update(customer.id, {"invoice_settings": {"default_payment_method": attached.id}})
    subscription = subscribe_by_call(client, customer.id)
    assert subscription["status"] == "incomplete"
    running.advance(A_DAY)
    assert client.v1.subscriptions.retrieve(subscription["id"]).status == "incomplete_expired"
