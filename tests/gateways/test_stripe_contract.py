"""The judge itself is judged: right bodies pass, and each kind of wrong one is found."""

from pathlib import Path

import pytest
import requests
import stripe

from tests.sandbox.gifts import open_gift
from tests.sandbox.running import RunningSandbox, running_sandbox
from tests.support.stripe_contract import Json, check_event, check_request, check_response

SESSIONS = "/v1/checkout/sessions"
RIGHT = {
    "mode": "payment",
    "success_url": "https://example.org/thanks",
    "line_items[0][price_data][currency]": "usd",
    "line_items[0][price_data][unit_amount]": "2500",
    "line_items[0][price_data][product_data][name]": "A gift",
    "line_items[0][quantity]": "1",
    "metadata[donation]": "d-1",
    "payment_intent_data[metadata][donation]": "d-1",
    "adaptive_pricing[enabled]": "false",
    "expand[]": "payment_intent",
}
REFUND: Json = {
    "id": "re_1",
    "object": "refund",
    "amount": 100,
    "balance_transaction": "txn_1",
    "charge": "ch_1",
    "created": 1_700_000_000,
    "currency": "usd",
    "metadata": {},
    "payment_intent": "pi_1",
    "reason": None,
    "receipt_number": None,
    "source_transfer_reversal": None,
    "status": "succeeded",
    "transfer_reversal": None,
}
EVENT: Json = {
    "id": "evt_1",
    "object": "event",
    "api_version": "2026-10-28.endive",
    "created": 1_700_000_000,
    "data": {"object": REFUND},
    "livemode": False,
    "pending_webhooks": 1,
    "request": {"id": None, "idempotency_key": None},
    "type": "refund.created",
}


def test_a_right_request_passes() -> None:
    assert check_request("POST", SESSIONS, RIGHT.items()) == []


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("payment_method_types[0]", "card", "payment_method_types: unknown parameter"),
        ("adaptive_pricing[enable]", "false", "adaptive_pricing[enable]: unknown parameter"),
        ("line_items[0][price_data][product_data][title]", "x", "product_data][title]: unknown parameter"),
        ("line_items[0][price_data][unit_amount]", "10.5", "'10.5' is no integer"),
        ("locale", "ky", "locale: 'ky' is not one of"),
        ("ui_mode", "hosted", "ui_mode: 'hosted' is not one of"),
        ("adaptive_pricing[enabled]", "no", "'no' is no boolean"),
        ("custom_text[submit][message]", "x" * 1201, "longer than 1200 characters"),
        ("client_reference_id", "x" * 201, "longer than 200 characters"),
        ("line_items", "one", "line_items: no array"),
        ("success_url[a]", "b", "success_url: a group where a string belongs"),
    ],
)
def test_a_wrong_request_is_found(name: str, value: str, complaint: str) -> None:
    others = {key: text for key, text in RIGHT.items() if not (key.startswith(name) or name.startswith(key))}
    pairs = {**others, name: value}
    assert any(complaint in problem for problem in check_request("POST", SESSIONS, pairs.items()))


def test_a_missing_name_deep_inside_is_found() -> None:
    pairs = {key: text for key, text in RIGHT.items() if not key.endswith("[product_data][name]")}
    pairs["line_items[0][price_data][product_data][description]"] = "x"
    assert check_request("POST", SESSIONS, pairs.items()) == ["line_items[0][price_data][product_data][name]: missing"]


def test_an_address_that_stripe_does_not_have_is_found() -> None:
    assert check_request("GET", "/v1/gifts", []) == ["GET /v1/gifts is no operation of Stripe's"]
    assert check_response("GET", "/v1/gifts", 200, {}) == ["GET /v1/gifts is no operation of Stripe's"]


def test_a_right_answer_passes() -> None:
    assert check_response("GET", "/v1/refunds/re_1", 200, REFUND) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {**REFUND, "amount": "100"},
        {**REFUND, "amount_refunded": 100},
        {**REFUND, "charge": {"id": "ch_1", "object": "charge"}},
        {**REFUND, "reason": "unwanted"},
        {**REFUND, "destination_details": {"type": "card", "card": {"type": "refund", "arn": "1"}}},
        {key: value for key, value in REFUND.items() if key != "currency"},
        {"error": {"type": "api_error"}},
    ],
)
def test_a_wrong_answer_is_found(wrong: Json) -> None:
    assert check_response("GET", "/v1/refunds/re_1", 200, wrong)


def test_an_error_is_held_against_the_documents_errors() -> None:
    right = {"error": {"type": "invalid_request_error", "message": "No", "param": "id"}}
    assert check_response("GET", "/v1/refunds/re_1", 404, right) == []
    assert check_response("GET", "/v1/refunds/re_1", 404, {"error": {"type": "not_found"}})
    assert check_response("GET", "/v1/refunds/re_1", 404, {"error": {"type": "api_error", "reason": "x"}})


def test_an_expanded_resource_of_ours_is_looked_into() -> None:
    charge = {"id": "ch_1", "object": "charge"}
    listed = {"object": "list", "data": [{**REFUND, "charge": charge}], "has_more": False, "url": "/v1/refunds"}
    assert check_response("GET", "/v1/refunds", 200, listed)
    assert check_response("GET", "/v1/refunds", 200, {**listed, "data": [REFUND]}) == []


def test_a_right_event_passes() -> None:
    assert check_event(EVENT) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {**EVENT, "type": "refund.made"},
        {**EVENT, "data": {"object": {**REFUND, "amount": None}}},
        {**EVENT, "data": {"object": {"object": "gift"}}},
        {**EVENT, "data": {"object": REFUND, "previous_attributes": {"state": "pending"}}},
        {**EVENT, "pending_webhooks": None},
        {**EVENT, "note": "x"},
    ],
)
def test_a_wrong_event_is_found(wrong: Json) -> None:
    assert check_event(wrong)


def test_the_recorder_finds_what_the_sandbox_would_let_through(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="request POST /v1/checkout/sessions: payment_method_types"):  # noqa: SIM117
        with running_sandbox(tmp_path) as running:
            _post_unknown_parameter(running)


def test_the_recorder_finds_a_wrong_answer_and_a_wrong_event(tmp_path: Path) -> None:
    with pytest.raises(AssertionError) as raised:  # noqa: PT012, SIM117
        with running_sandbox(tmp_path) as running:
            session = open_gift(running.client())
            running.sandbox.box.save({**session, "payment_status": "nearly"})
            running.client().v1.checkout.sessions.expire(session["id"])
    assert "answer 200 to POST /v1/checkout/sessions/" in str(raised.value)
    assert "event checkout.session.expired: data.object.payment_status" in str(raised.value)


def test_a_wrong_request_is_allowed_if_it_is_refused(tmp_path: Path) -> None:
    with running_sandbox(tmp_path, expects_wrong_requests=True) as running:
        assert _post_unknown_parameter(running).status_code == 400


def _post_unknown_parameter(running: RunningSandbox) -> requests.Response:
    return running.http.post(
        f"{running.api_base}{SESSIONS}",
        data={**RIGHT, "payment_method_types[0]": "card"},
        headers={"Authorization": f"Bearer {running.api_key}"},
        timeout=5,
    )


def test_the_official_library_and_the_document_agree_on_a_session(tmp_path: Path) -> None:
    with running_sandbox(tmp_path) as running:
        client: stripe.StripeClient = running.client()
        assert open_gift(client)["object"] == "checkout.session"
