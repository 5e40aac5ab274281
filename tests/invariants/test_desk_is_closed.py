"""The desk is closed: every address has a rule, every rule is kept, and no unsafe act goes without its token."""

from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.routing import Rule as Route

from campaign.blueprints.admin.guard import ONE_CLICK
from campaign.blueprints.admin.permissions import ALL_STAFF, CLOSED, OPEN, RULES
from tests.blueprints.admin.client import StaffClient, sign_in_as, token_of
from tests.support.builders import a_campaign
from tests.support.fakes import SettableClock

pytestmark = pytest.mark.database("sqlite")  # the table of permissions, not the database, is what is tested
ROLES = sorted(ALL_STAFF)
VALUES = {
    "mark": "logo",
    "data_format": "json",
    "public_id": "zzzzzzzzzzzzzzzz",
    "number": "NO-1",
    "event_id": "evt_0",
    "staff_id": "999",
    "token": "none",
    "act": "extend",
    "guest_act": "cancel",
    "code": "USD",
    "kind": "event",
    "question_kind": "short",
    "change": "close",
    "cost_id": "1",
    "target_act": "open",
    "lang": "en",
    "transaction_id": "txn_0",
    "payout_id": "po_0",
}


def routes(app: Flask) -> Iterator[Route]:
    return (route for route in app.url_map.iter_rules() if route.endpoint.split(".")[0] in {"admin", "security"})


def address_of(app: Flask, route: Route) -> str:
    values = {name: VALUES.get(name, "csv") for name in route.arguments} | (dict(route.defaults or {}))
    built = app.url_map.bind("localhost").build(route.endpoint, values)
    return str(built)


def guarded(app: Flask, method: str) -> Iterator[tuple[str, str]]:
    """(endpoint, address) of every rule's addresses that take this method."""
    for route in routes(app):
        if route.endpoint in RULES and method in (route.methods or ()):
            yield route.endpoint, address_of(app, route)


@pytest.fixture
def chairs(app: Flask, clock: SettableClock) -> dict[str, StaffClient]:
    a_campaign()
    return {role: sign_in_as(app, clock, role=role) for role in ROLES}


def test_every_address_of_the_desk_has_a_rule(app: Flask) -> None:
    assert {route.endpoint for route in routes(app)} == RULES.keys() | OPEN | CLOSED


def test_every_address_below_staff_belongs_to_the_desk(app: Flask) -> None:
    below = {route.endpoint for route in app.url_map.iter_rules() if route.rule.startswith("/staff")}
    assert below == {route.endpoint for route in routes(app)}


def test_a_stranger_is_sent_to_sign_in(app: Flask) -> None:
    client = app.test_client()
    for endpoint, address in guarded(app, "GET"):
        answer = client.get(address, buffered=True)
        assert (answer.status_code, "/staff/login" in answer.location) == (302, True), endpoint


def test_what_flask_security_offers_and_we_do_not_is_not_there(app: Flask, chairs: dict[str, StaffClient]) -> None:
    for route in routes(app):
        if route.endpoint in CLOSED:
            assert chairs["admin"].client.get(address_of(app, route)).status_code == 404, route.endpoint


@pytest.mark.parametrize("role", ROLES)
def test_a_role_reads_what_the_table_says_and_nothing_else(
    app: Flask, chairs: dict[str, StaffClient], role: str
) -> None:
    for endpoint, address in guarded(app, "GET"):
        answer = chairs[role].client.get(address, buffered=True)
        assert (answer.status_code == 403) == (role not in RULES[endpoint].roles), (endpoint, answer.status)
        assert answer.status_code < 500, endpoint


@pytest.mark.parametrize("role", ROLES)
def test_a_role_does_what_the_table_says_and_nothing_else(
    app: Flask, chairs: dict[str, StaffClient], role: str
) -> None:
    client = chairs[role].client
    token = token_of(client)
    for endpoint, address in guarded(app, "POST"):
        answer = client.post(address, data={"csrf_token": token})
        assert (answer.status_code == 403) == (role not in RULES[endpoint].roles), (endpoint, answer.status)
        assert answer.status_code < 500, endpoint


def test_no_unsafe_act_goes_without_the_token(app: Flask, chairs: dict[str, StaffClient]) -> None:
    for route in routes(app):
        if "POST" in (route.methods or ()):
            answer = chairs["admin"].client.post(address_of(app, route), data={"csrf_token": "forged"})
            assert answer.status_code == (404 if route.endpoint in ONE_CLICK else 400), route.endpoint
    assert {"admin.stop_weekly"} == ONE_CLICK, "the signed word in the address is the token, and it is forged here"


def test_no_unsafe_act_comes_from_another_site(app: Flask, chairs: dict[str, StaffClient]) -> None:
    client = chairs["finance"].client
    token = token_of(client)
    for endpoint, address in guarded(app, "POST"):
        answer = client.post(address, data={"csrf_token": token}, headers={"Sec-Fetch-Site": "cross-site"})
        assert answer.status_code == 403, endpoint


def test_nobody_may_both_propose_and_approve_by_one_role() -> None:
    assert not RULES["admin.propose_allocation"].roles & RULES["admin.approve_allocation"].roles


def test_money_and_personal_data_ask_for_the_password_again() -> None:
    fresh = {endpoint for endpoint, rule in RULES.items() if rule.fresh}
    assert fresh >= {"admin.refund", "admin.request_refund", "admin.donation_register", "admin.set_roles"}


def test_after_the_password_there_is_a_page_to_go_on_from(app: Flask) -> None:
    """The password page leads on by GET: to the address itself, or to the page with its form or download."""
    read = {route.rule for route in app.url_map.iter_rules() if "GET" in (route.methods or ())}
    lost = [
        route.endpoint
        for route in app.url_map.iter_rules()
        if (rule := RULES.get(route.endpoint)) and rule.fresh and route.rule not in read and rule.back is None
    ]
    assert lost == []


def test_no_page_of_the_desk_is_kept_by_a_cache(app: Flask, chairs: dict[str, StaffClient]) -> None:
    for endpoint, address in guarded(app, "GET"):
        answer = chairs["finance"].client.get(address, buffered=True)
        assert answer.headers["Cache-Control"] == "no-store", endpoint
