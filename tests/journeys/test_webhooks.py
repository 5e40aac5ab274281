"""Deliveries to the webhook address, signed as Stripe signs: our payments are settled, others change nothing."""

import hashlib
import hmac
import json
import time
from typing import Any

import pytest
from sqlalchemy import select

from campaign.extensions import db
from campaign.models.donation import Donation
from campaign.models.inbox import ProviderEvent
from tests.journeys.site import Browser, Site
from tests.sandbox.gifts import open_gift

SIGNED_BUT_SENSELESS = [b"", b"not json", b"[]", b"null", b'"text"', b"17", b"{}", b'{"id": "evt_1"}', b"\xff\xfe"]
DEEP = b'{"id": "evt_1", "object": "event", "data": ' + b"[" * 60_000 + b"]" * 60_000 + b"}"


def deliver(site: Site, body: bytes, *, secret: str | None = None, age_seconds: int = 0) -> int:
    """Send a body over HTTP, signed now or some time ago; the status of the answer."""
    at = int(time.time()) - age_seconds
    key = (secret or site.sandbox.webhook_secret).encode()
    signature = hmac.new(key, f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    headers = {"Stripe-Signature": f"t={at},v1={signature}", "Content-Type": "application/json"}
    answer = site.sandbox.http.post(f"{site.url}/webhooks/stripe", data=body, headers=headers, timeout=10)
    return answer.status_code


def an_event(**changes: Any) -> bytes:  # JSON of any shape
    event = {
        "id": "evt_by_hand",
        "object": "event",
        "api_version": "2026-10-28.endive",
        "created": int(time.time()),
        "data": {"object": {"id": "cs_test_nobody", "object": "checkout.session"}},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": "checkout.session.completed",
        **changes,
    }
    return json.dumps(event).encode()


def inbox() -> list[str]:
    db.session.rollback()
    return list(db.session.execute(select(ProviderEvent.state).order_by(ProviderEvent.id)).scalars())


@pytest.mark.parametrize("body", SIGNED_BUT_SENSELESS)
@pytest.mark.database("sqlite")
def test_a_signed_body_that_is_no_event_is_refused(site: Site, body: bytes) -> None:
    assert deliver(site, body) == 400
    assert inbox() == []


@pytest.mark.parametrize(
    "body",
    [
        DEEP,
        an_event(id="evt_\ud800"),
        an_event(type="charge\ud800.updated"),
        an_event(api_version="\ud800"),
        an_event(data={"object": {"id": "ch_\udfff"}}),
        an_event(id="evt_\0"),
        an_event(id="evt_" + "x" * 10_000),
    ],
    ids=["deep", "id", "type", "version", "object", "nul", "long"],
)
def test_a_signed_body_that_cannot_be_stored_is_refused_once(site: Site, body: bytes) -> None:
    assert deliver(site, body) == 400
    assert inbox() == []


@pytest.mark.database("sqlite")
def test_a_signature_of_another_secret_or_of_long_ago_is_refused(site: Site) -> None:
    assert deliver(site, an_event(), secret="whsec_of_somebody_else") == 400
    assert deliver(site, an_event(), age_seconds=3600) == 400
    assert inbox() == []


@pytest.mark.database("sqlite")
def test_a_changed_body_is_refused(site: Site) -> None:
    at, body = int(time.time()), an_event()
    signature = hmac.new(site.sandbox.webhook_secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    answer = site.sandbox.http.post(
        f"{site.url}/webhooks/stripe",
        data=body.replace(b"nobody", b"nobodx"),
        headers={"Stripe-Signature": f"t={at},v1={signature}"},
        timeout=10,
    )
    assert answer.status_code == 400


def test_a_payment_of_another_integration_is_booked_to_the_suspense_account(site: Site) -> None:
    site.campaign()
    foreign = open_gift(site.sandbox.client(), metadata={}, payment_intent_data={})
    site.sandbox.pay(foreign["id"])
    site.work()
    assert set(inbox()) <= {"foreign", "ignored"}
    assert db.session.execute(select(Donation.id)).all() == []


def test_an_event_of_an_unknown_type_or_object_is_ignored(site: Site, browser: Browser) -> None:
    site.campaign()
    assert deliver(site, an_event(type="a.thing.of.tomorrow")) == 200
    assert deliver(site, an_event(id="evt_about_nothing")) == 200
    browser.fill_in("/en/donate", amount="25")
    site.work()
    assert inbox()[0] == "ignored"
    assert db.session.execute(select(Donation.state)).scalars().all() == ["open"]
