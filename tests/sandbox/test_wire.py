"""Stripe's manners on the wire: keys, versions, refusals, lists, expansion, idempotency, faults."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import stripe

from tests.sandbox.gifts import gift_params, open_gift
from tests.sandbox.running import RunningSandbox, running_sandbox


@pytest.fixture
def strict(tmp_path: Path) -> Iterator[RunningSandbox]:
    """A sandbox that is asked wrong things on purpose."""
    with running_sandbox(tmp_path, expects_wrong_requests=True) as result:
        yield result


def price(**changes: Any) -> dict[str, Any]:  # Any: right and wrong values alike
    data = {"currency": "usd", "unit_amount": 2500, "product_data": {"name": "A gift"}, **changes}
    return {"line_items": [{"price_data": data, "quantity": 1}]}


@pytest.mark.parametrize(
    ("changes", "code", "param"),
    [
        ({"payment_method_types": ["card"]}, "parameter_unknown", "payment_method_types"),
        ({"mode": "gift"}, None, "mode"),
        ({"locale": "ky"}, None, "locale"),
        ({"line_items": []}, "parameter_missing", "line_items"),
        (price(unit_amount="10.5"), "parameter_invalid_integer", "line_items[0][price_data][unit_amount]"),
        (price(unit_amount=-1), "parameter_invalid_integer", "line_items[0][price_data][unit_amount]"),
        (price(currency="xxx"), None, "line_items[0][price_data][currency]"),
        (price(product_data={}), "parameter_missing", "line_items[0][price_data][product_data]"),
        (price(product_data={"name": ""}), "parameter_invalid_empty", "line_items[0][price_data][product_data][name]"),
        (price(unit_amount=49), "amount_too_small", None),
        (price(unit_amount=100_000_000), "amount_too_large", "line_items"),
        (price(currency="kgs", unit_amount=4000), "amount_too_small", None),
        (price(currency="ugx", unit_amount=1_000_050), None, "line_items"),
        (price(currency="kwd", unit_amount=5_001), None, "line_items"),
        ({"success_url": "thanks"}, "url_invalid", "success_url"),
        ({"success_url": "ftp://example.org"}, "url_invalid", "success_url"),
        ({"customer_email": "nobody"}, "email_invalid", "customer_email"),
        ({"client_reference_id": "x" * 201}, None, "client_reference_id"),
        ({"metadata": {"k" * 41: "v"}}, None, "metadata"),
        ({"metadata": {"k": "v" * 501}}, None, "metadata[k]"),
        ({"metadata": {f"k{n}": "v" for n in range(51)}}, None, "metadata"),
        ({"custom_text": {"submit": {"message": "x" * 1201}}}, None, "custom_text[submit][message]"),
        ({"payment_intent_data": {"receipt": "x"}}, "parameter_unknown", "payment_intent_data[receipt]"),
        (
            {"payment_intent_data": {"statement_descriptor_suffix": "ДАР"}},
            "invalid_statement_descriptor",
            "payment_intent_data[statement_descriptor_suffix]",
        ),
        ({"expand": ["donor"]}, None, "expand[0]"),
        ({"customer": "cus_nobody", "customer_email": ""}, "parameter_invalid_empty", "customer_email"),
    ],
)
def test_a_wrong_session_is_refused_as_stripe_does(
    strict: RunningSandbox, changes: Any, code: str | None, param: str | None
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        strict.client(retries=0).v1.checkout.sessions.create(gift_params(**changes))
    assert (refused.value.http_status, refused.value.code, refused.value.param) == (400, code, param)
    assert strict.sandbox.box.store.all("checkout.session") == []


@pytest.mark.parametrize("seconds", [30 * 60 - 5, 24 * 3600 + 60])
def test_a_session_ends_between_half_an_hour_and_a_day(running: RunningSandbox, seconds: int) -> None:
    expires_at = running.sandbox.box.now() + seconds
    with pytest.raises(stripe.InvalidRequestError) as refused:
        open_gift(running.client(), expires_at=expires_at)
    assert refused.value.param == "expires_at"


@pytest.mark.parametrize(
    ("currency", "amount"),
    [("jpy", 500), ("krw", 1000), ("ugx", 1_000_000), ("isk", 50_000), ("kwd", 5_000), ("bhd", 990)],
)
def test_odd_currencies_are_taken_in_stripes_own_units(
    running: RunningSandbox, client: stripe.StripeClient, currency: str, amount: int
) -> None:
    session = open_gift(client, amount, currency)
    running.pay(session["id"])
    running.advance(2)
    truth = running.truth()[0]
    assert (truth["amount"], truth["currency"]) == (amount, currency)
    assert 50 <= truth["settled"] <= 2_000


def test_another_key_is_refused(running: RunningSandbox) -> None:
    other = stripe.StripeClient(
        "sk_test_sandbox_wrong",
        base_addresses={"api": running.api_base},
        http_client=stripe.RequestsClient(session=running.http),
    )
    with pytest.raises(stripe.AuthenticationError):
        other.v1.balance.retrieve()


def test_another_version_is_refused_and_both_are_named(running: RunningSandbox) -> None:
    with pytest.raises(stripe.InvalidRequestError, match=r"2026-10-28\.endive.*2025-03-31\.basil"):
        running.client().v1.balance.retrieve(options={"stripe_version": "2025-03-31.basil"})


def test_an_unknown_id_is_resource_missing(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as missing:
        client.v1.checkout.sessions.retrieve("cs_test_nobody")
    assert (missing.value.http_status, missing.value.code) == (404, "resource_missing")


def test_an_unknown_address_is_404(running: RunningSandbox) -> None:
    headers = {"Authorization": f"Bearer {running.api_key}"}
    answer = running.http.get(f"{running.api_base}/v1/account_links", headers=headers, timeout=5)
    assert answer.status_code == 404
    assert "Unrecognized request URL" in answer.json()["error"]["message"]
    running.contract.violations.clear()


def test_lists_are_newest_first_and_paged(running: RunningSandbox, client: stripe.StripeClient) -> None:
    made = [open_gift(client)["id"] for _ in range(5)]
    assert [one.id for one in client.v1.checkout.sessions.list({"limit": 2}).auto_paging_iter()] == made[::-1]
    middle = client.v1.checkout.sessions.list({"ending_before": made[2], "limit": 1})
    assert ([one.id for one in middle.data], middle.has_more) == ([made[3]], True)


def test_the_line_items_are_listed_and_expanded(client: stripe.StripeClient) -> None:
    session = open_gift(client)
    listed = client.v1.checkout.sessions.line_items.list(session["id"]).data
    assert [(one.description, one.amount_total) for one in listed] == [("Women Creative Lab", 2500)]
    expanded = client.v1.checkout.sessions.retrieve(session["id"], {"expand": ["line_items"]}).to_dict()
    assert expanded["line_items"]["data"][0]["price"]["unit_amount"] == 2500


def test_the_library_reads_account_and_endpoints(client: stripe.StripeClient, running: RunningSandbox) -> None:
    assert client.v1.accounts.retrieve_current().default_currency == "usd"
    endpoint = client.v1.webhook_endpoints.list().data[0]
    assert (endpoint.url, endpoint.status) == (running.sandbox.settings.webhook_url, "enabled")
    assert endpoint.api_version == "2026-10-28.endive"
    assert len(endpoint.enabled_events) == 30


def test_the_same_key_gives_the_same_session(running: RunningSandbox, client: stripe.StripeClient) -> None:
    keyed: Any = {"idempotency_key": "don-1-1"}
    first = client.v1.checkout.sessions.create(gift_params(), keyed)
    second = client.v1.checkout.sessions.create(gift_params(), keyed)
    assert first.id == second.id
    assert first.last_response is not None
    assert second.last_response is not None
    assert second.last_response.headers["Idempotent-Replayed"] == "true"
    assert second.last_response.headers["Original-Request"] == first.last_response.headers["Request-Id"]
    assert len(running.sandbox.box.store.all("checkout.session")) == 1


def test_the_same_key_with_other_parameters_is_refused(client: stripe.StripeClient) -> None:
    keyed: Any = {"idempotency_key": "don-1-1"}
    client.v1.checkout.sessions.create(gift_params(), keyed)
    with pytest.raises(stripe.IdempotencyError):
        client.v1.checkout.sessions.create(gift_params(30_00), keyed)
    with pytest.raises(stripe.IdempotencyError):
        client.v1.customers.create({}, keyed)


def test_a_key_is_free_again_after_a_refusal(client: stripe.StripeClient) -> None:
    keyed: Any = {"idempotency_key": "don-1-1"}
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.checkout.sessions.create(gift_params(10), keyed)
    assert client.v1.checkout.sessions.create(gift_params(), keyed).status == "open"


def test_a_key_is_forgotten_after_a_day(running: RunningSandbox, client: stripe.StripeClient) -> None:
    keyed: Any = {"idempotency_key": "don-1-1"}
    first = client.v1.checkout.sessions.create(gift_params(), keyed)
    running.advance(24 * 3600 + 1)
    assert client.v1.checkout.sessions.create(gift_params(), keyed).id != first.id


def test_a_key_in_use_is_a_conflict(running: RunningSandbox) -> None:
    running.fault("latency", seconds=0.4, path="/v1/customers")
    options: Any = {"idempotency_key": "same"}
    slow = threading.Thread(target=lambda: running.client().v1.customers.create({}, options))
    slow.start()
    while slow.is_alive() and not running.sandbox.api.keys_in_use():
        slow.join(0.005)
    with pytest.raises(stripe.APIError) as conflict:
        running.client(retries=0).v1.customers.create({}, options)
    slow.join()
    assert conflict.value.http_status == 409
    assert '"code": "idempotency_key_in_use"' in str(conflict.value.http_body)


def test_a_500_before_execution_is_healed_by_the_librarys_retry(running: RunningSandbox) -> None:
    running.fault("error_before", path="/v1/checkout/sessions", method="POST")
    assert open_gift(running.client())["status"] == "open"
    assert len(running.sandbox.box.store.all("checkout.session")) == 1


def test_a_500_after_execution_is_replayed_for_ever(running: RunningSandbox) -> None:
    running.fault("error_after", path="/v1/checkout/sessions")
    options: Any = {"idempotency_key": "don-1-1"}
    for _ in range(2):
        with pytest.raises(stripe.APIError) as failed:
            running.client(retries=0).v1.checkout.sessions.create(gift_params(), options)
        assert failed.value.http_status == 500
    assert failed.value.headers is not None
    assert failed.value.headers["Idempotent-Replayed"] == "true"
    assert len(running.sandbox.box.store.all("checkout.session")) == 1


@pytest.mark.parametrize("kind", ["timeout_after", "reset_after"])
def test_a_lost_answer_is_found_again_with_the_same_key(running: RunningSandbox, kind: str) -> None:
    options: Any = {"idempotency_key": "don-1-1", "headers": {"Sandbox-Fault": f"{kind}=0.3"}}
    with pytest.raises(stripe.APIConnectionError):
        running.client(retries=0, timeout_seconds=0.1).v1.checkout.sessions.create(gift_params(), options)
    result = running.client().v1.checkout.sessions.create(gift_params(), {"idempotency_key": "don-1-1"})
    assert [one["id"] for one in running.sandbox.box.store.all("checkout.session")] == [result.id]


def test_a_reset_connection_leaves_nothing_behind(running: RunningSandbox) -> None:
    options: Any = {"headers": {"Sandbox-Fault": "reset"}}
    with pytest.raises(stripe.APIConnectionError):
        running.client(retries=0).v1.checkout.sessions.create(gift_params(), options)
    assert running.sandbox.box.store.all("checkout.session") == []


def test_a_rate_limit_is_429(running: RunningSandbox) -> None:
    running.fault("rate_limit", times=None)
    for _ in range(2):
        with pytest.raises(stripe.RateLimitError):
            running.client().v1.balance.retrieve()


@pytest.mark.parametrize(
    ("rule", "complaint"),
    [
        ({"kind": "gremlins"}, "Unknown kind of fault"),
        ({"kind": "latency", "second": 1}, "an object with fields of"),
        ({"kind": "latency", "seconds": "long"}, "seconds must be a number"),
        (["latency"], "an object with fields of"),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(running: RunningSandbox, rule: Any, complaint: str) -> None:
    answer = running.http.post(f"{running.api_base}/sandbox/api/faults", json=rule, timeout=5)
    assert answer.status_code == 400
    assert complaint in answer.json()["error"]["message"]


def test_bytes_that_are_no_text_are_a_refusal_and_no_crash(running: RunningSandbox) -> None:
    answer = running.http.post(
        f"{running.api_base}/v1/customers",
        data=b"name[\xff]=%ff",
        headers={"Authorization": f"Bearer {running.api_key}", "Content-Type": "application/x-www-form-urlencoded"},
        timeout=5,
    )
    assert answer.status_code == 400
    running.contract.violations.clear()


def test_the_control_api_takes_nothing_from_a_web_page(running: RunningSandbox) -> None:
    address = f"{running.api_base}/sandbox/api/clock"
    assert running.http.post(address, data="advance_seconds=1", timeout=5).status_code == 400
    assert running.http.get(address, headers={"Host": "evil.example"}, timeout=5).status_code == 403


def test_ids_repeat_with_the_same_seed(tmp_path: Path) -> None:
    identities = set()
    for name in ("one", "two"):
        with running_sandbox(tmp_path / name) as running:
            session = open_gift(running.client())
            running.pay(session["id"])
            truth = running.truth()[0]
            identities.add((truth["session"], truth["payment_intent"], truth["charge"]))
    assert len(identities) == 1
