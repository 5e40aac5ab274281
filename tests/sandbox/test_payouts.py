"""Once a day the money goes to the bank, and sometimes it comes back."""

import pytest
import stripe

from tests.sandbox.gifts import open_gift
from tests.sandbox.running import Listener, RunningSandbox
from tests.support.stripe_contract import Json

A_DAY = 24 * 3600


def a_gift(running: RunningSandbox, method: str = "pm_card_bypassPending") -> str:
    session = open_gift(running.client())
    running.pay(session["id"], method=method)
    running.advance(6)
    return str(session["id"])


def payouts(client: stripe.StripeClient) -> list[Json]:
    return [one.to_dict() for one in client.v1.payouts.list().data]


def movements(client: stripe.StripeClient, payout: Json) -> list[Json]:
    page = client.v1.balance_transactions.list({"payout": payout["id"], "limit": 2})
    return [one.to_dict() for one in page.auto_paging_iter()]


def test_what_is_available_leaves_on_the_next_day(
    running: RunningSandbox, client: stripe.StripeClient, listener: Listener
) -> None:
    a_gift(running)
    a_gift(running, "pm_card_visa")
    running.advance(A_DAY)
    [payout] = payouts(client)
    assert (payout["amount"], payout["status"], payout["automatic"]) == (2397, "in_transit", True)
    assert payout["reconciliation_status"] == "in_progress"
    running.advance(A_DAY)
    assert client.v1.payouts.retrieve(payout["id"]).status == "paid"
    running.advance(3600)
    running.deliver()
    assert client.v1.payouts.retrieve(payout["id"]).reconciliation_status == "completed"
    kinds = [kind for kind in listener.types() if kind.startswith("payout.") and kind != "payout.created"]
    assert kinds == ["payout.paid", "payout.reconciliation_completed"]


def test_the_movements_of_a_payout_add_up_to_it(running: RunningSandbox, client: stripe.StripeClient) -> None:
    session = a_gift(running)
    a_gift(running, "pm_card_createDispute")
    a_gift(running)
    a_gift(running)
    intent = client.v1.checkout.sessions.retrieve(session).payment_intent
    client.v1.refunds.create({"payment_intent": str(intent), "amount": 500})
    running.advance(A_DAY)
    [payout] = payouts(client)
    rows = movements(client, payout)
    own = [row for row in rows if row["type"] == "payout"]
    assert [(row["id"], row["net"]) for row in own] == [(payout["balance_transaction"], -payout["amount"])]
    assert {row["type"] for row in rows} == {"charge", "refund", "adjustment", "payout"}
    assert sum(row["net"] for row in rows) == 0
    assert client.v1.balance.retrieve().available[0].amount == 0


def test_every_movement_is_paid_out_once(running: RunningSandbox, client: stripe.StripeClient) -> None:
    for _ in range(3):
        a_gift(running)
        running.advance(A_DAY)
    movement_ids = [row["id"] for payout in payouts(client) for row in movements(client, payout)]
    assert len(movement_ids) == len(set(movement_ids)) == 6


def test_a_debt_waits_for_the_next_money(running: RunningSandbox, client: stripe.StripeClient) -> None:
    session = a_gift(running)
    running.advance(A_DAY)
    intent = client.v1.checkout.sessions.retrieve(session).payment_intent
    client.v1.refunds.create({"payment_intent": str(intent)})
    running.advance(A_DAY)
    assert len(payouts(client)) == 1
    a_gift(running)
    a_gift(running)
    running.advance(A_DAY)
    assert payouts(client)[0]["amount"] == 2 * 2397 - 2500


def test_a_payout_can_come_back_and_goes_out_with_the_next_one(
    running: RunningSandbox, client: stripe.StripeClient, listener: Listener
) -> None:
    running.fail_next_payout()
    a_gift(running)
    running.advance(3 * A_DAY)
    running.deliver()
    first = payouts(client)[-1]
    assert (first["status"], first["failure_code"]) == ("failed", "account_closed")
    assert first["failure_balance_transaction"] is not None
    assert [kind for kind in listener.types() if kind.startswith("payout.")][-1] == "payout.failed"
    running.advance(2 * A_DAY)
    second = payouts(client)[0]
    assert (second["amount"], second["status"]) == (2397, "paid")
    assert [row["type"] for row in movements(client, second)] == ["payout", "payout_failure"]


def test_payouts_are_found_by_state_and_day(running: RunningSandbox, client: stripe.StripeClient) -> None:
    a_gift(running)
    running.advance(A_DAY)
    [payout] = payouts(client)
    assert client.v1.payouts.list({"status": "paid"}).data == []
    assert len(client.v1.payouts.list({"arrival_date": {"gte": payout["arrival_date"]}}).data) == 1
    assert client.v1.payouts.list({"arrival_date": {"gt": payout["arrival_date"]}}).data == []
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.balance_transactions.list({"payout": "po_nobody"})


def test_a_fee_of_the_providers_own_leaves_with_the_next_payout(
    running: RunningSandbox, client: stripe.StripeClient
) -> None:
    a_gift(running)
    taken = running.take_fee(300)
    assert (taken["type"], taken["reporting_category"], taken["net"], taken["source"]) == (
        "stripe_fee",
        "fee",
        -300,
        None,
    )
    running.advance(A_DAY)
    [payout] = payouts(client)
    assert payout["amount"] == 2397 - 300
    assert taken["id"] in {row["id"] for row in movements(client, payout)}
