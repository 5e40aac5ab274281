"""Events arrive signed, at least once, retried by a schedule, and wrong in the ways a test asks for."""

import json
from pathlib import Path
from typing import Any

import pytest
import stripe

from tests.sandbox.gifts import open_gift
from tests.sandbox.running import Listener, RunningSandbox, listening, running_sandbox

ORDER = ["payment_intent.succeeded", "checkout.session.completed"]


def pay_a_gift(running: RunningSandbox) -> str:
    session = open_gift(running.client())
    running.pay(session["id"])
    return str(session["id"])


def test_the_library_verifies_the_signature(running: RunningSandbox, listener: Listener) -> None:
    pay_a_gift(running)
    running.deliver()
    assert listener.types() == ORDER
    for body, signature in listener.received:
        event = stripe.Webhook.construct_event(body, signature, running.webhook_secret)
        assert event.api_version == "2026-10-28.endive"
        with pytest.raises(stripe.SignatureVerificationError):
            stripe.Webhook.construct_event(body + b" ", signature, running.webhook_secret)


def test_a_failed_delivery_is_tried_again_by_the_schedule(running: RunningSandbox, listener: Listener) -> None:
    listener.answers = [500, 302]
    pay_a_gift(running)
    running.deliver()
    assert listener.types() == ORDER
    running.deliver()
    assert len(listener.received) == 2
    running.advance(1)
    running.deliver()
    assert listener.types() == ORDER * 2
    running.advance(3600)
    running.deliver()
    assert listener.types() == [*ORDER, *ORDER, "charge.updated"]


def test_events_that_nobody_took_are_listed(running: RunningSandbox, listener: Listener) -> None:
    listener.answers = [503]
    pay_a_gift(running)
    running.deliver()
    client = running.client()
    unheard = client.v1.events.list({"delivery_success": False}).data
    assert [(event.type, event.pending_webhooks) for event in unheard] == [("payment_intent.succeeded", 1)]
    running.advance(1)
    running.deliver()
    assert client.v1.events.list({"delivery_success": False}).data == []
    heard = client.v1.events.list({"types": ORDER, "delivery_success": True}).data
    assert sorted(event.type for event in heard) == sorted(ORDER)


def test_an_endpoint_of_the_api_gets_what_it_asked_for(running: RunningSandbox, client: stripe.StripeClient) -> None:
    with listening() as other:
        made = client.v1.webhook_endpoints.create({"url": other.url, "enabled_events": ["charge.succeeded"]})
        assert made.secret is not None
        assert "secret" not in client.v1.webhook_endpoints.retrieve(made.id).to_dict()
        pay_a_gift(running)
        running.deliver()
        assert other.types() == ["charge.succeeded"]
        body, signature = other.received[0]
        stripe.Webhook.construct_event(body, signature, made.secret)
        client.v1.webhook_endpoints.update(made.id, {"disabled": True})
        pay_a_gift(running)
        running.deliver()
        assert len(other.received) == 1
        assert client.v1.webhook_endpoints.delete(made.id).deleted


def test_an_endpoint_keeps_the_version_it_was_made_with(running: RunningSandbox, client: stripe.StripeClient) -> None:
    with listening() as other:
        fields: Any = {"url": other.url, "enabled_events": ["checkout.session.completed"], "api_version": "2024-06-20"}
        assert client.v1.webhook_endpoints.create(fields).api_version == "2024-06-20"
        pay_a_gift(running)
        running.deliver()
        [event] = other.events()
        assert (event["api_version"], event["data"]["object"]["ui_mode"]) == ("2024-06-20", "hosted")


def test_while_a_secret_is_rolled_both_are_good(running: RunningSandbox, listener: Listener) -> None:
    old = running.webhook_secret
    endpoint = running.client().v1.webhook_endpoints.list().data[0].id
    address = f"{running.api_base}/sandbox/api/endpoints/{endpoint}/roll"
    new = running.http.post(address, timeout=5).json()["secret"]
    pay_a_gift(running)
    running.deliver()
    body, signature = listener.received[-1]
    for secret in (old, new):
        stripe.Webhook.construct_event(body, signature, secret)
    running.advance(24 * 3600)
    pay_a_gift(running)
    running.deliver()
    body, signature = listener.received[-1]
    stripe.Webhook.construct_event(body, signature, new)
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(body, signature, old)


def test_events_are_sent_to_this_machine_only(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="loopback"):
        client.v1.webhook_endpoints.create({"url": "http://192.0.2.1/hook", "enabled_events": ["*"]})


def test_the_same_event_can_come_twice(running: RunningSandbox, listener: Listener) -> None:
    running.fault("duplicate", type="checkout.session.completed")
    pay_a_gift(running)
    running.deliver()
    completed = [event["id"] for event in listener.events() if event["type"] == "checkout.session.completed"]
    assert len(completed) == 2
    assert len(set(completed)) == 1


def test_two_events_can_tell_the_same_thing(running: RunningSandbox, listener: Listener) -> None:
    running.fault("duplicate_event", type="checkout.session.completed")
    session_id = pay_a_gift(running)
    running.deliver()
    completed = [event for event in listener.events() if event["type"] == "checkout.session.completed"]
    assert len({event["id"] for event in completed}) == 2
    assert {event["data"]["object"]["id"] for event in completed} == {session_id}


def test_attempts_can_get_lost(running: RunningSandbox, listener: Listener) -> None:
    running.fault("drop", type="checkout.session.completed", losses=2)
    pay_a_gift(running)
    running.deliver()
    running.advance(1)
    running.deliver()
    assert listener.types() == ["payment_intent.succeeded"]
    running.advance(5)
    running.deliver()
    assert "checkout.session.completed" in listener.types()


def test_an_event_can_come_late_with_a_fresh_signature(running: RunningSandbox, listener: Listener) -> None:
    running.fault("delay", type="checkout.session.completed", seconds=3600)
    pay_a_gift(running)
    running.advance(3599)
    running.deliver()
    assert "checkout.session.completed" not in listener.types()
    running.advance(2)
    running.deliver()
    body, signature = listener.received[-1]
    assert json.loads(body)["type"] == "checkout.session.completed"
    stripe.Webhook.construct_event(body, signature, running.webhook_secret)


def test_events_can_come_in_the_wrong_order(running: RunningSandbox, listener: Listener) -> None:
    running.fault("reorder", times=2, seconds=600)
    pay_a_gift(running)
    running.advance(600)
    running.deliver()
    assert [kind for kind in listener.types() if kind in ORDER] == ORDER[::-1]


def test_a_sandbox_that_keeps_time_delivers_by_itself(tmp_path: Path) -> None:
    with listening() as listener, running_sandbox(tmp_path, webhook_url=listener.url, tick_seconds=0.01) as running:
        session_id = pay_a_gift(running)
        event = running.client().v1.events.list({"type": "checkout.session.completed"}).data[0]
        assert running.sandbox.deliverer.wait_for(event.id, timeout_seconds=5)
        assert session_id in {event["data"]["object"]["id"] for event in listener.events()}
