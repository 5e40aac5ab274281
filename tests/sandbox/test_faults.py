"""Everything that can go wrong between the product and its provider, on request."""

import json
from pathlib import Path
from typing import Any

import pytest
import stripe

from tests.sandbox.gifts import full_session, gift_params, open_gift
from tests.sandbox.monthly import subscribe
from tests.sandbox.running import Listener, RunningSandbox, running_sandbox
from tests.support.stripe_contract import Json

COMPLETED = "checkout.session.completed"


def pay_a_gift(running: RunningSandbox) -> str:
    session = open_gift(running.client())
    running.pay(session["id"])
    running.deliver()
    return str(session["id"])


def sent(listener: Listener, event_type: str = COMPLETED) -> list[Json]:
    return [event for event in listener.events() if event["type"] == event_type]


def is_signed(listener: Listener, running: RunningSandbox, number: int) -> bool:
    body, signature = listener.received[number]
    try:
        stripe.WebhookSignature.verify_header(body.decode(), signature, running.webhook_secret, 300)
    except stripe.SignatureVerificationError:
        return False
    return True


def test_a_gateway_before_the_api_answers_with_html(running: RunningSandbox) -> None:
    running.fault("bad_gateway", path="/v1/balance")
    with pytest.raises(stripe.APIError) as failed:
        running.client(retries=0).v1.balance.retrieve()
    assert (failed.value.http_status, "<h1>502" in str(failed.value.http_body)) == (502, True)
    running.fault("bad_gateway", path="/v1/balance")
    assert running.client().v1.balance.retrieve().object == "balance"


def test_an_answer_can_end_in_the_middle_although_all_is_done(running: RunningSandbox) -> None:
    running.fault("malformed", path="/v1/checkout/sessions")
    options: Any = {"idempotency_key": "don-1-1"}
    with pytest.raises(stripe.APIError, match="Invalid response body"):
        running.client(retries=0).v1.checkout.sessions.create(gift_params(), options)
    session = running.client().v1.checkout.sessions.create(gift_params(), options)
    assert [one["id"] for one in running.sandbox.box.store.all("checkout.session")] == [session.id]


def test_a_locked_object_asks_for_another_try(running: RunningSandbox) -> None:
    running.fault("lock_timeout", path="/v1/customers")
    assert running.client().v1.customers.create({}).object == "customer"
    running.fault("lock_timeout", path="/v1/customers")
    with pytest.raises(stripe.RateLimitError) as locked:
        running.client(retries=0).v1.customers.create({})
    assert '"code": "lock_timeout"' in str(locked.value.http_body)


def test_a_conflict_is_healed_by_another_try(running: RunningSandbox) -> None:
    running.fault("conflict", path="/v1/customers")
    with pytest.raises(stripe.APIError) as conflict:
        running.client(retries=0).v1.customers.create({})
    assert conflict.value.http_status == 409


def test_a_balance_transaction_can_keep_one_waiting(running: RunningSandbox, client: stripe.StripeClient) -> None:
    session_id = pay_a_gift(running)
    running.advance(2)
    running.fault("no_balance_transaction", times=2, path="/v1/checkout/sessions")
    results = [full_session(client, session_id) for _ in range(3)]
    movements = [one["payment_intent"]["latest_charge"]["balance_transaction"] for one in results]
    assert [movement is None for movement in movements] == [True, True, False]


def test_too_many_calls_are_told_why(tmp_path: Path) -> None:
    with running_sandbox(tmp_path, calls_per_second=3) as running:
        client = running.client(retries=0)
        with pytest.raises(stripe.RateLimitError) as limited:
            all(client.v1.balance.retrieve() for _ in range(1000))
        assert limited.value.headers is not None
        assert limited.value.headers["Stripe-Rate-Limited-Reason"] == "global-rate"


@pytest.mark.parametrize("kind", ["old_signature", "wrong_secret"])
def test_a_bad_signature_is_followed_by_a_good_one(running: RunningSandbox, listener: Listener, kind: str) -> None:
    running.fault(kind, type=COMPLETED)
    listener.answers = [200, 400]
    pay_a_gift(running)
    assert [is_signed(listener, running, number) for number in (0, 1)] == [True, False]
    running.advance(1)
    running.deliver()
    assert json.loads(listener.received[2][0])["id"] == json.loads(listener.received[1][0])["id"]
    assert is_signed(listener, running, 2)


@pytest.mark.parametrize(
    ("kind", "strange"),
    [
        ("livemode", lambda event: event["livemode"]),
        ("unknown_type", lambda event: event["type"] == "gift.imagined"),
        ("thin", lambda event: event["object"] == "v2.core.event"),
    ],
)
def test_a_strange_event_comes_beside_the_right_one(
    running: RunningSandbox, listener: Listener, kind: str, strange: Any
) -> None:
    running.fault(kind, type=COMPLETED)
    pay_a_gift(running)
    right, other = listener.events()[1:]
    assert (right["type"], right["livemode"]) == (COMPLETED, False)
    assert strange(other)
    assert right["id"] != other["id"]
    assert all(is_signed(listener, running, number) for number in range(3))


def test_an_event_can_have_names_and_values_that_nobody_knows(running: RunningSandbox, listener: Listener) -> None:
    running.fault("extra_fields", type=COMPLETED)
    pay_a_gift(running)
    assert sent(listener)[0]["data"]["object"]["imagined"]
    running.fault("unknown_value", type=COMPLETED)
    pay_a_gift(running)
    assert sent(listener)[1]["data"]["object"]["status"] == "imagined"


def test_an_event_can_be_of_an_older_version(running: RunningSandbox, listener: Listener) -> None:
    running.fault("other_version", type=COMPLETED)
    running.fault("other_version", type="invoice.paid")
    running.fault("other_version", type="customer.subscription.created")
    subscription = subscribe(running)["subscription"]
    running.deliver()
    assert sent(listener)[0]["data"]["object"]["ui_mode"] == "hosted"
    invoice = sent(listener, "invoice.paid")[0]["data"]["object"]
    assert (invoice["subscription"], "parent" in invoice) == (subscription["id"], False)
    old = sent(listener, "customer.subscription.created")[0]
    assert (old["api_version"], "current_period_end" in old["data"]["object"]) == ("2024-06-20", True)


def test_an_event_can_come_many_times_at_once(running: RunningSandbox, listener: Listener) -> None:
    running.fault("burst", type=COMPLETED, copies=7)
    pay_a_gift(running)
    assert len(sent(listener)) == 7
    assert len({event["id"] for event in sent(listener)}) == 1


def test_another_integration_of_the_account_can_be_paid(
    running: RunningSandbox, client: stripe.StripeClient, listener: Listener
) -> None:
    running.fault("foreign", type=COMPLETED)
    pay_a_gift(running)
    running.advance(1)
    running.deliver()
    ours, foreign = (event["data"]["object"] for event in sent(listener))
    assert (ours["metadata"], foreign["metadata"]) == ({"donation": "d-1"}, {"order": "1017"})
    assert full_session(client, foreign["id"])["payment_status"] == "paid"


def test_the_same_dice_throw_the_same_faults(tmp_path: Path) -> None:
    results = []
    for name, seed in (("one", 7), ("two", 7), ("three", 8)):
        with running_sandbox(tmp_path / name) as running:
            running.dice(seed, error_before=0.3, rate_limit=0.2)
            client, outcomes = running.client(retries=0), []
            for _ in range(20):
                try:
                    client.v1.balance.retrieve()
                except stripe.StripeError as error:
                    outcomes.append(error.http_status)
                else:
                    outcomes.append(200)
            results.append(outcomes)
    assert results[0] == results[1] != results[2]
    assert set(results[0]) == {200, 429, 500}


def test_dice_reach_events_and_spare_the_donor(running: RunningSandbox, listener: Listener) -> None:
    running.dice(1, duplicate=1.0)
    pay_a_gift(running)
    assert listener.types() == ["payment_intent.succeeded"] * 2 + [COMPLETED] * 2
    running.dice(1, error_before=1.0)
    session = running.sandbox.box.store.all("checkout.session")[0]["id"]
    assert running.pay(session)["error"]["code"] == "payment_intent_unexpected_state"
    running._control("DELETE", "faults")
    assert running.client().v1.balance.retrieve().object == "balance"


@pytest.mark.parametrize(
    "dice",
    [
        {"seed": 1, "probabilities": {"gremlins": 0.1}},
        {"seed": 1, "probabilities": {"drop": 0.7, "delay": 0.7}},
        {"seed": 1, "probabilities": {"drop": -0.1}},
        {"seed": 1, "probabilities": {"drop": "often"}},
        {"probabilities": {}},
    ],
)
def test_dice_that_make_no_sense_are_refused(running: RunningSandbox, dice: Json) -> None:
    assert running.http.post(f"{running.api_base}/sandbox/api/faults", json=dice, timeout=5).status_code == 400
