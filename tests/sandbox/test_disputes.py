"""Somebody asks her bank for the money back: what moves, when, and what still can be done."""

from typing import Any

import pytest
import stripe

from tests.sandbox.gifts import full_session, open_gift
from tests.sandbox.running import Listener, RunningSandbox
from tests.support.stripe_contract import Json

A_WEEK = 7 * 24 * 3600


def paid_with(running: RunningSandbox, method: str = "pm_card_visa", **gift: Any) -> Json:  # Any: a gift's parameters
    """A paid session, some seconds later."""
    session = open_gift(running.client(), **gift)
    running.pay(session["id"], method=method)
    running.advance(5)
    return full_session(running.client(), session["id"])


def dispute_of(client: stripe.StripeClient, session: Json) -> Json:
    dispute: Json = client.v1.disputes.list({"payment_intent": session["payment_intent"]["id"]}).data[0].to_dict()
    return dispute


def answer(client: stripe.StripeClient, dispute: Json, text: str, *, submit: bool = True) -> Json:
    evidence: Any = {"evidence": {"uncategorized_text": text}, "submit": submit}
    answered: Json = client.v1.disputes.update(dispute["id"], evidence).to_dict()
    return answered


def nets(dispute: Json) -> list[int]:
    return [movement["net"] for movement in dispute["balance_transactions"]]


def new_events(running: RunningSandbox, listener: Listener) -> list[str]:
    """What was told of disputes since the last look."""
    running.deliver()
    kinds = [kind.removeprefix("charge.dispute.") for kind in listener.types() if "dispute" in kind]
    listener.received.clear()
    return kinds


def test_a_disputed_payment_takes_money_and_a_fee(
    running: RunningSandbox, client: stripe.StripeClient, listener: Listener
) -> None:
    session = paid_with(running, "pm_card_createDispute")
    dispute = dispute_of(client, session)
    assert (dispute["status"], dispute["reason"], dispute["amount"]) == ("needs_response", "fraudulent", 2500)
    [movement] = dispute["balance_transactions"]
    assert (movement["type"], movement["reporting_category"]) == ("adjustment", "dispute")
    assert (movement["amount"], movement["fee"]) == (-2500, 1500)
    assert session["payment_intent"]["latest_charge"]["disputed"]
    assert new_events(running, listener) == ["created", "funds_withdrawn"]
    [truth] = running.truth()
    assert (truth["net"], truth["disputes"][0]["withdrawn"]) == (2397 - 4000, 2500)


def test_winning_evidence_brings_the_money_back_but_not_the_fee(
    running: RunningSandbox, client: stripe.StripeClient, listener: Listener
) -> None:
    dispute = dispute_of(client, paid_with(running, "pm_card_createDisputeProductNotReceived"))
    assert dispute["reason"] == "product_not_received"
    new_events(running, listener)
    submitted = answer(client, dispute, "winning_evidence")
    assert (submitted["status"], submitted["evidence_details"]["submission_count"]) == ("under_review", 1)
    running.advance(5)
    won = client.v1.disputes.retrieve(dispute["id"]).to_dict()
    assert (won["status"], nets(won), won["is_charge_refundable"]) == ("won", [-4000, 2500], True)
    assert new_events(running, listener) == ["updated", "closed", "funds_reinstated"]


def test_losing_evidence_loses(running: RunningSandbox, client: stripe.StripeClient, listener: Listener) -> None:
    dispute = dispute_of(client, paid_with(running, "pm_card_createDispute"))
    new_events(running, listener)
    answer(client, dispute, "losing_evidence")
    running.advance(5)
    lost = client.v1.disputes.retrieve(dispute["id"]).to_dict()
    assert (lost["status"], nets(lost)) == ("lost", [-4000])
    assert new_events(running, listener) == ["updated", "closed"]
    with pytest.raises(stripe.InvalidRequestError, match="takes no evidence"):
        answer(client, dispute, "winning_evidence")


def test_evidence_can_be_kept_without_being_submitted(running: RunningSandbox, client: stripe.StripeClient) -> None:
    dispute = dispute_of(client, paid_with(running, "pm_card_createDispute"))
    saved = answer(client, dispute, "winning_evidence", submit=False)
    assert (saved["status"], saved["evidence_details"]["has_evidence"]) == ("needs_response", True)
    running.advance(5)
    assert client.v1.disputes.retrieve(dispute["id"]).status == "needs_response"


def test_an_inquiry_takes_no_money_and_can_become_a_dispute(
    running: RunningSandbox, client: stripe.StripeClient, listener: Listener
) -> None:
    inquiry = dispute_of(client, paid_with(running, "pm_card_createDisputeInquiry"))
    assert (inquiry["status"], inquiry["is_charge_refundable"], nets(inquiry)) == ("warning_needs_response", True, [])
    assert new_events(running, listener) == ["created"]
    answer(client, inquiry, "escalate_inquiry_evidence")
    running.advance(5)
    dispute = client.v1.disputes.retrieve(inquiry["id"]).to_dict()
    assert (dispute["status"], nets(dispute)) == ("needs_response", [-4000])
    assert new_events(running, listener) == ["updated", "updated", "funds_withdrawn"]


def test_a_refund_answers_an_inquiry(running: RunningSandbox, client: stripe.StripeClient) -> None:
    session = paid_with(running, "pm_card_createDisputeInquiry")
    client.v1.refunds.create({"payment_intent": session["payment_intent"]["id"]})
    assert dispute_of(client, session)["status"] == "warning_closed"


def test_a_disputed_charge_cannot_be_refunded(running: RunningSandbox, client: stripe.StripeClient) -> None:
    session = paid_with(running, "pm_card_createDispute")
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.refunds.create({"payment_intent": session["payment_intent"]["id"]})
    assert refused.value.code == "charge_disputed"


def test_closing_gives_in(running: RunningSandbox, client: stripe.StripeClient) -> None:
    dispute = dispute_of(client, paid_with(running, "pm_card_createDispute"))
    assert client.v1.disputes.close(dispute["id"]).status == "lost"
    with pytest.raises(stripe.InvalidRequestError, match="cannot be closed"):
        client.v1.disputes.close(dispute["id"])


@pytest.mark.parametrize(
    ("method", "status"),
    [("pm_card_createDispute", "lost"), ("pm_card_createDisputeInquiry", "warning_closed")],
)
def test_silence_ends_a_dispute(running: RunningSandbox, client: stripe.StripeClient, method: str, status: str) -> None:
    session = paid_with(running, method)
    running.advance(A_WEEK)
    dispute = dispute_of(client, session)
    assert (dispute["status"], dispute["evidence_details"]["past_due"]) == (status, True)


def test_one_payment_can_be_disputed_in_parts(running: RunningSandbox, client: stripe.StripeClient) -> None:
    session = paid_with(running)
    first = running.dispute(session["id"], amount=1000)
    second = running.dispute(session["payment_intent"]["id"], amount=700, reason="duplicate")
    assert [nets(one) for one in (first, second)] == [[-2500], [-2200]]
    assert len(client.v1.disputes.list({"charge": first["charge"]}).data) == 2
    too_much = running.http.post(
        f"{running.api_base}/sandbox/api/disputes", json={"payment": session["id"], "amount": 801}, timeout=5
    )
    assert (too_much.status_code, running.truth()[0]["net"]) == (400, 2397 - 2500 - 2200)


def test_a_bank_claims_what_was_not_given_back(running: RunningSandbox, client: stripe.StripeClient) -> None:
    session = paid_with(running)
    client.v1.refunds.create({"payment_intent": session["payment_intent"]["id"], "amount": 1000})
    assert running.dispute(session["id"])["amount"] == 1500


@pytest.mark.parametrize("status", ["prevented", "appeal_needs_response", "appeal_under_review", "under_review"])
def test_a_dispute_can_be_in_any_state_that_stripe_has(
    running: RunningSandbox, client: stripe.StripeClient, status: str
) -> None:
    dispute = running.dispute(paid_with(running)["id"])
    address = f"{running.api_base}/sandbox/api/disputes/{dispute['id']}"
    assert running.http.post(address, json={"status": status}, timeout=5).status_code == 200
    assert client.v1.disputes.retrieve(dispute["id"]).status == status


def test_a_disputed_gift_in_soms_leaves_at_the_rate_of_its_day(
    running: RunningSandbox, client: stripe.StripeClient
) -> None:
    session = paid_with(running, amount_minor=5_000_00, currency="kgs")
    running.advance(3 * 24 * 3600)
    dispute = running.dispute(session["id"])
    assert dispute["balance_transactions"][0]["amount"] == -57_32
    client.v1.disputes.update(dispute["id"], {"evidence": {"uncategorized_text": "winning_evidence"}})
    running.advance(24 * 3600)
    assert [one.amount for one in client.v1.disputes.retrieve(dispute["id"]).balance_transactions] == [-57_32, 57_32]


def test_a_bank_warns_of_fraud_until_the_money_is_given_back(
    running: RunningSandbox, client: stripe.StripeClient, listener: Listener
) -> None:
    session = paid_with(running, "pm_card_createIssuerFraudRecord")
    intent = session["payment_intent"]["id"]
    [warning] = client.v1.radar.early_fraud_warnings.list({"payment_intent": intent}).data
    assert warning.actionable
    running.deliver()
    assert "radar.early_fraud_warning.created" in listener.types()
    client.v1.refunds.create({"payment_intent": intent})
    assert not client.v1.radar.early_fraud_warnings.retrieve(warning.id).actionable


def test_a_debit_can_be_disputed(running: RunningSandbox, client: stripe.StripeClient) -> None:
    session = paid_with(running, "pm_sepaDebit_disputed_at")
    running.advance(5)
    assert dispute_of(client, session)["reason"] == "debit_not_authorized"


def test_a_card_that_disputes_by_itself_does_so_only_for_what_is_left(
    running: RunningSandbox, client: stripe.StripeClient
) -> None:
    session = open_gift(client)
    running.pay(session["id"], method="pm_card_createDispute")
    running.dispute(full_session(client, session["id"])["payment_intent"]["id"])
    running.advance(60)
    assert len(client.v1.disputes.list().data) == 1
