"""Money goes back: whole, in parts, slowly, or not after all."""

from typing import Any

import pytest
import stripe

from tests.sandbox.gifts import open_gift
from tests.sandbox.running import Listener, RunningSandbox
from tests.support.stripe_contract import Json


def paid_intent(running: RunningSandbox, client: stripe.StripeClient, method: str = "pm_card_visa") -> str:
    session = open_gift(client)
    running.pay(session["id"], method=method)
    intent = client.v1.checkout.sessions.retrieve(session["id"]).payment_intent
    running.advance(2)
    running.deliver()
    assert isinstance(intent, str)
    return intent


def refund(client: stripe.StripeClient, intent: str, **params: Any) -> Json:  # Any: the library's params
    fields: Any = {"payment_intent": intent, **params}
    made: Json = client.v1.refunds.create(fields).to_dict()
    return made


def charge_of(client: stripe.StripeClient, intent: str) -> Json:
    charge: Json = client.v1.charges.list({"payment_intent": intent}).data[0].to_dict()
    return charge


def test_a_whole_refund_undoes_the_charge_but_not_the_fee(
    running: RunningSandbox, client: stripe.StripeClient, listener: Listener
) -> None:
    intent = paid_intent(running, client)
    listener.received.clear()
    made = refund(client, intent, metadata={"refund_request": "r-1"}, reason="requested_by_customer")
    assert (made["status"], made["amount"], made["metadata"]) == ("succeeded", 2500, {"refund_request": "r-1"})
    charge = charge_of(client, intent)
    assert (charge["amount_refunded"], charge["refunded"]) == (2500, True)
    assert running.truth()[0]["net"] == -103
    running.deliver()
    assert listener.types() == ["refund.created", "charge.refunded"]


def test_refunds_in_parts_add_up_and_never_exceed_the_charge(
    running: RunningSandbox, client: stripe.StripeClient
) -> None:
    intent = paid_intent(running, client)
    refund(client, intent, amount=1000)
    refund(client, intent, amount=500)
    charge = charge_of(client, intent)
    assert (charge["amount_refunded"], charge["refunded"]) == (1500, False)
    assert [one.amount for one in client.v1.refunds.list({"payment_intent": intent}).data] == [500, 1000]
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded amount") as too_much:
        refund(client, intent, amount=1001)
    assert too_much.value.param == "amount"
    refund(client, intent)
    with pytest.raises(stripe.InvalidRequestError) as again:
        refund(client, intent)
    assert again.value.code == "charge_already_refunded"


def test_a_pending_refund_succeeds_later(
    running: RunningSandbox, client: stripe.StripeClient, listener: Listener
) -> None:
    intent = paid_intent(running, client, "pm_card_pendingRefund")
    listener.received.clear()
    made = refund(client, intent)
    assert made["status"] == "pending"
    running.advance(5)
    running.deliver()
    assert client.v1.refunds.retrieve(made["id"]).status == "succeeded"
    assert listener.types() == ["refund.created", "charge.refunded", "refund.updated"]


def test_a_refund_that_had_succeeded_can_still_fail(
    running: RunningSandbox, client: stripe.StripeClient, listener: Listener
) -> None:
    intent = paid_intent(running, client, "pm_card_refundFail")
    made = refund(client, intent)
    assert made["status"] == "succeeded"
    running.advance(5)
    running.deliver()
    failed = client.v1.refunds.retrieve(made["id"], {"expand": ["failure_balance_transaction"]}).to_dict()
    assert (failed["status"], failed["failure_reason"]) == ("failed", "expired_or_canceled_card")
    assert failed["failure_balance_transaction"]["type"] == "refund_failure"
    assert failed["failure_balance_transaction"]["amount"] == 2500
    assert "refund.failed" in listener.types()
    assert charge_of(client, intent)["amount_refunded"] == 0
    assert running.truth()[0]["net"] == 2397


def test_a_refund_converts_at_the_rate_of_its_own_day(running: RunningSandbox, client: stripe.StripeClient) -> None:
    session = open_gift(client, 5_000_00, "kgs")
    running.pay(session["id"])
    running.advance(3 * 24 * 3600)
    intent = client.v1.checkout.sessions.retrieve(session["id"]).payment_intent
    made = refund(client, str(intent), expand=["balance_transaction"])
    assert made["balance_transaction"]["amount"] == -57_32
    assert running.truth()[0]["settled"] == 57_15 - 57_32


def test_an_unpaid_intent_cannot_be_refunded(running: RunningSandbox, client: stripe.StripeClient) -> None:
    session = open_gift(client)
    running.pay(session["id"], method="pm_card_visa_chargeDeclined")
    intent = client.v1.checkout.sessions.retrieve(session["id"]).payment_intent
    with pytest.raises(stripe.InvalidRequestError, match="does not have a successful charge"):
        refund(client, str(intent))
    with pytest.raises(stripe.InvalidRequestError) as unknown:
        refund(client, "pi_nobody")
    assert (unknown.value.code, unknown.value.http_status) == ("resource_missing", 400)
