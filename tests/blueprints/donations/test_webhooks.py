"""The webhook address: a signed event is stored once and answered at once; others are refused without a trace."""

import json
import sqlite3
from dataclasses import replace
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from campaign import database
from campaign.extensions import db
from campaign.gateway_registry import set_context
from campaign.gateways.stripe_client import StripeClient, signature_of
from campaign.gateways.stripe_payments import StripePayments
from campaign.jobs import work_off_everything
from campaign.models.inbox import ProviderEvent
from tests.support.fakes import SIGNATURE, FakePayments

ADDRESS = "/webhooks/stripe"


def deliver(client: FlaskClient, body: bytes, *, signature: str | None = SIGNATURE) -> TestResponse:
    headers = {"Stripe-Signature": signature} if signature is not None else {}
    return client.post(ADDRESS, data=body, headers=headers, content_type="application/json")


def deliver_in_chunks(client: FlaskClient, body: bytes, *, signature: str) -> TestResponse:
    """A delivery without a declared length."""
    environ = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked", "HTTP_STRIPE_SIGNATURE": signature}
    return client.post(ADDRESS, input_stream=BytesIO(body), environ_overrides=environ)


def stored(session: Session) -> list[tuple[str, str]]:
    """(type, state) of every event in the inbox."""
    rows = session.execute(select(ProviderEvent.type, ProviderEvent.state).order_by(ProviderEvent.id))
    return [(row[0], row[1]) for row in rows]


def test_a_signed_event_is_stored_and_answered_before_it_is_processed(
    client: FlaskClient, payments: FakePayments, session: Session
) -> None:
    answer = deliver(client, payments.event("checkout.session.completed", "cs_test_1"))
    assert (answer.status_code, answer.json) == (200, {"received": True})
    assert stored(session) == [("checkout.session.completed", "new")]
    assert payments.calls == []


def test_the_same_event_again_is_answered_and_stored_once(
    client: FlaskClient, payments: FakePayments, session: Session
) -> None:
    body = payments.event("charge.updated", "ch_1")
    assert [deliver(client, body).status_code for _ in range(3)] == [200, 200, 200]
    assert len(stored(session)) == 1


@pytest.mark.parametrize("signature", [None, "", "t=1,v1=00", "signed by somebody else"])
def test_an_unsigned_or_forged_delivery_is_refused_and_leaves_no_trace(
    client: FlaskClient, payments: FakePayments, session: Session, signature: str | None
) -> None:
    answer = deliver(client, payments.event("charge.updated", "ch_1"), signature=signature)
    assert (answer.status_code, answer.json) == (400, {"error": "the signature does not fit"})
    assert stored(session) == []


def test_an_oversized_delivery_is_refused_unread(client: FlaskClient, session: Session) -> None:
    answer = deliver(client, b"x" * 1_000_001)
    assert answer.status_code == 413
    assert answer.json is not None
    assert stored(session) == []


def test_a_length_of_thousands_of_digits_is_refused_and_stops_nobody(client: FlaskClient, session: Session) -> None:
    answer = client.post(ADDRESS, environ_overrides={"CONTENT_LENGTH": "9" * 5000})
    assert answer.status_code in {400, 413}
    assert stored(session) == []


def test_a_delivery_without_a_length_is_accepted(client: FlaskClient, payments: FakePayments, session: Session) -> None:
    body = payments.event("charge.updated", "ch_1")
    assert deliver_in_chunks(client, body, signature="forged").status_code == 400
    assert deliver_in_chunks(client, body, signature=SIGNATURE).json == {"received": True}
    assert stored(session) == [("charge.updated", "new")]


def test_an_answer_is_protected_as_every_other_is(client: FlaskClient, payments: FakePayments) -> None:
    taken = deliver(client, payments.event("charge.updated", "ch_1"))
    other = client.get(ADDRESS)
    named = {"Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Permissions-Policy"}
    assert {name: taken.headers.get(name) for name in named} == {name: other.headers.get(name) for name in named}
    assert taken.mimetype == "application/json"


def test_an_unexpected_failure_makes_the_provider_send_again(
    client: FlaskClient, payments: FakePayments, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(payments, "verify", None)
    assert deliver(client, b"{}").status_code == 503
    assert stored(session) == []


def test_an_event_of_an_unknown_type_is_stored_and_ignored(
    client: FlaskClient, payments: FakePayments, session: Session
) -> None:
    assert deliver(client, payments.event("tax.settings.updated", "tax_1")).status_code == 200
    work_off_everything()
    session.rollback()
    assert stored(session) == [("tax.settings.updated", "ignored")]


def test_an_event_of_live_money_fails_permanently_in_test_mode(
    client: FlaskClient, payments: FakePayments, session: Session
) -> None:
    event = json.loads(payments.event("charge.updated", "ch_1")) | {"livemode": True}
    assert deliver(client, json.dumps(event).encode()).status_code == 200
    work_off_everything()
    session.rollback()
    assert stored(session) == [("charge.updated", "failed_permanently")]


def test_a_delivery_needs_no_origin_and_no_cookie(client: FlaskClient, payments: FakePayments) -> None:
    body = payments.event("charge.updated", "ch_1")
    answer = client.post(
        ADDRESS, data=body, headers={"Stripe-Signature": SIGNATURE, "Origin": "https://stripe.example"}
    )
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers


def test_the_webhook_address_accepts_only_deliveries(client: FlaskClient) -> None:
    assert client.get(ADDRESS).status_code == 405


@pytest.mark.database("sqlite")
def test_a_locked_database_makes_the_provider_send_again(
    app: Flask, client: FlaskClient, payments: FakePayments, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_TIMEOUT_MS", 50)
    db.engine.dispose()  # new connections wait less
    other = sqlite3.connect(str(db.engine.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    refused = deliver(client, payments.event("charge.updated", "ch_1"))
    other.close()
    assert refused.status_code == 503
    assert deliver(client, payments.event("charge.updated", "ch_1")).status_code == 200
    assert len(stored(session)) == 1


def test_a_signed_body_that_is_no_event_is_refused_with_the_right_reason(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    secret = "whsec_of_this_test"
    stripe = StripePayments(StripeClient("sk_test_sandbox_0", api_base="http://127.0.0.1:9"), webhook_secrets=(secret,))
    set_context(app, replace(app.extensions["context"], payments=stripe))
    answers = []
    for body in (b"{}", b'{"object": "v2.core.event"}'):
        answer = deliver(client, body, signature=signature_of(body, secret))
        answers.append((answer.status_code, (answer.json or {})["error"]))
    assert answers == [
        (400, "the signature fits, but the body is not an event"),
        (400, "this is no snapshot event: choose snapshot events for this endpoint at Stripe"),
    ]
    assert stored(session) == []
