"""A session is paid, declined, authenticated or left alone; seen through the official library."""

from pathlib import Path

import pytest
import stripe

from tests.sandbox.gifts import full_session, open_gift
from tests.sandbox.running import Listener, RunningSandbox, running_sandbox


def test_a_good_card_completes_the_session(running: RunningSandbox, client: stripe.StripeClient) -> None:
    opened = open_gift(client)
    assert (opened["status"], opened["payment_status"], opened["payment_intent"]) == ("open", "unpaid", None)
    running.pay(opened["id"])
    paid = full_session(client, opened["id"])
    assert (paid["status"], paid["payment_status"], paid["amount_total"]) == ("complete", "paid", 2500)
    intent = paid["payment_intent"]
    assert (intent["status"], intent["amount_received"], intent["metadata"]) == ("succeeded", 2500, {"donation": "d-1"})
    assert intent["latest_charge"]["metadata"] == {"donation": "d-1"}
    assert intent["latest_charge"]["calculated_statement_descriptor"].startswith("WOMEN CREATIVE LAB")


def test_the_balance_transaction_comes_later_and_is_told(
    running: RunningSandbox, client: stripe.StripeClient, listener: Listener
) -> None:
    session = open_gift(client)
    running.pay(session["id"])
    running.deliver()
    assert full_session(client, session["id"])["payment_intent"]["latest_charge"]["balance_transaction"] is None
    assert "charge.updated" not in listener.types()
    running.advance(2)
    running.deliver()
    movement = full_session(client, session["id"])["payment_intent"]["latest_charge"]["balance_transaction"]
    assert (movement["amount"], movement["fee"], movement["net"]) == (2500, 103, 2397)
    event = next(event for event in listener.events() if event["type"] == "charge.updated")
    assert event["data"]["object"]["balance_transaction"] == movement["id"]
    assert event["data"]["previous_attributes"] == {"balance_transaction": None}


def test_soms_are_settled_in_dollars_less_conversion(running: RunningSandbox, client: stripe.StripeClient) -> None:
    session = open_gift(client, 5_000_00, "kgs")
    running.pay(session["id"])
    running.advance(2)
    charge = full_session(client, session["id"])["payment_intent"]["latest_charge"]
    movement = charge["balance_transaction"]
    assert (charge["amount"], charge["currency"]) == (500_000, "kgs")
    assert (movement["amount"], movement["currency"], movement["exchange_rate"]) == (57_15, "usd", 0.01143)
    assert [detail["amount"] for detail in movement["fee_details"]] == [196, 114]
    assert movement["net"] == 5715 - 196 - 114


@pytest.mark.parametrize(
    ("method", "code", "decline_code"),
    [
        ("pm_card_visa_chargeDeclined", "card_declined", "generic_decline"),
        ("pm_card_visa_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
        ("pm_card_visa_chargeDeclinedLostCard", "card_declined", "lost_card"),
        ("pm_card_visa_chargeDeclinedStolenCard", "card_declined", "stolen_card"),
        ("pm_card_chargeDeclinedVelocityLimitExceeded", "card_declined", "card_velocity_exceeded"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card", None),
        ("pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc", None),
        ("pm_card_chargeDeclinedProcessingError", "processing_error", None),
    ],
)
def test_a_declined_card_leaves_the_session_open(
    running: RunningSandbox, client: stripe.StripeClient, method: str, code: str, decline_code: str | None
) -> None:
    session = open_gift(client)
    error = running.pay(session["id"], method=method)["error"]
    assert (error["type"], error["code"], error.get("decline_code")) == ("card_error", code, decline_code)
    current = full_session(client, session["id"])
    assert (current["status"], current["payment_status"]) == ("open", "unpaid")
    assert current["payment_intent"]["status"] == "requires_payment_method"
    assert current["payment_intent"]["last_payment_error"]["code"] == code
    assert current["payment_intent"]["latest_charge"]["status"] == "failed"


def test_after_a_decline_another_card_pays_the_same_intent(
    running: RunningSandbox, client: stripe.StripeClient, listener: Listener
) -> None:
    session = open_gift(client)
    running.pay(session["id"], method="pm_card_visa_chargeDeclined")
    first = full_session(client, session["id"])["payment_intent"]["id"]
    running.pay(session["id"])
    assert full_session(client, session["id"])["payment_intent"]["id"] == first
    running.deliver()
    assert listener.types() == [
        "payment_intent.payment_failed",
        "payment_intent.succeeded",
        "checkout.session.completed",
    ]


def test_a_paid_session_cannot_be_paid_again(running: RunningSandbox, client: stripe.StripeClient) -> None:
    session = open_gift(client)
    running.pay(session["id"])
    assert running.pay(session["id"])["error"]["code"] == "payment_intent_unexpected_state"
    assert len(running.truth()) == 1


def test_a_session_expires_by_the_clock(
    running: RunningSandbox, client: stripe.StripeClient, listener: Listener
) -> None:
    session = open_gift(client)
    running.advance(24 * 3600 - 60)
    assert client.v1.checkout.sessions.retrieve(session["id"]).status == "open"
    running.advance(60)
    running.deliver()
    assert client.v1.checkout.sessions.retrieve(session["id"]).status == "expired"
    assert listener.types() == ["checkout.session.expired"]
    assert "error" in running.pay(session["id"])


def test_an_open_session_is_expired_on_request_and_only_once(client: stripe.StripeClient) -> None:
    session = open_gift(client)
    assert client.v1.checkout.sessions.expire(session["id"]).status == "expired"
    with pytest.raises(stripe.InvalidRequestError, match="status of `expired`"):
        client.v1.checkout.sessions.expire(session["id"])


def test_a_paid_session_never_expires(running: RunningSandbox, client: stripe.StripeClient) -> None:
    session = open_gift(client)
    running.pay(session["id"])
    running.advance(2 * 24 * 3600)
    assert client.v1.checkout.sessions.retrieve(session["id"]).status == "complete"


def test_a_customer_is_made_when_the_session_asks_for_one(running: RunningSandbox, client: stripe.StripeClient) -> None:
    session = open_gift(client, customer_creation="always")
    running.pay(session["id"])
    paid = client.v1.checkout.sessions.retrieve(session["id"])
    assert isinstance(paid.customer, str)
    assert client.v1.customers.retrieve(paid.customer).email == "donor@example.org"


def test_the_balance_is_the_sum_of_all_movements(tmp_path: Path) -> None:
    with running_sandbox(tmp_path, automatic_payouts=False) as running:
        client = running.client()
        for method in ("pm_card_visa", "pm_card_bypassPending"):
            running.pay(open_gift(client)["id"], method=method)
        running.advance(2)
        balance = client.v1.balance.retrieve()
        assert (balance.pending[0].amount, balance.available[0].amount) == (2397, 2397)
        running.advance(2 * 24 * 3600)
        balance = client.v1.balance.retrieve()
        assert (balance.pending[0].amount, balance.available[0].amount) == (0, 2 * 2397)
        assert sum(row["net"] for row in running.truth()) == 2 * 2397
