"""The end of a session of staff: inactivity, its longest time, signing out; only staff pages count as activity."""

from datetime import timedelta

import pytest
from flask import Flask

from tests.blueprints.admin.client import browser_of, sign_in_as, token_of
from tests.support.builders import a_member_of_staff
from tests.support.fakes import SettableClock
from tests.support.pages import fetch_address

pytestmark = [pytest.mark.database("sqlite"), pytest.mark.usefixtures("campaign")]


def test_a_session_ends_after_half_an_hour_of_inactivity(app: Flask, clock: SettableClock) -> None:
    client = sign_in_as(app, clock, role="finance").client
    clock.advance(minutes=29)
    assert client.get("/staff/").status_code == 200
    clock.advance(minutes=31)
    assert "/staff/login" in client.get("/staff/").location
    assert "after 30 minutes of inactivity" in fetch_address(client, "/staff/login").text()


def test_a_session_ends_after_ten_hours(app: Flask, clock: SettableClock) -> None:
    client = sign_in_as(app, clock, role="finance").client
    for _ in range(23):
        clock.advance(minutes=26)
        assert client.get("/staff/").status_code == 200
    clock.advance(minutes=10)
    assert "/staff/login" in client.get("/staff/").location


def test_signing_out_is_a_button_and_ends_the_session(app: Flask, clock: SettableClock) -> None:
    client = sign_in_as(app, clock, role="finance").client
    assert client.get("/staff/logout").status_code == 405
    assert client.post("/staff/logout", data={"csrf_token": token_of(client)}).location == "/staff/login"
    assert "/staff/login" in client.get("/staff/").location


def test_signing_out_ends_copies_of_the_cookie_and_other_browsers(app: Flask, clock: SettableClock) -> None:
    staff = sign_in_as(app, clock, role="finance")
    fetch_address(staff.client, "/staff/")
    with staff.client.session_transaction() as stored:
        copied = dict(stored)
    thief = app.test_client()
    with thief.session_transaction() as stored:
        stored.update(copied)
    assert thief.get("/staff/").status_code == 200
    staff.client.post("/staff/logout", data={"csrf_token": token_of(staff.client)})
    assert "/staff/login" in thief.get("/staff/").location
    with staff.client.session_transaction() as left:
        assert not {"in_at", "seen_at", "_user_id"} & left.keys()


def test_a_form_sent_after_the_session_leads_back_to_its_page(app: Flask, clock: SettableClock) -> None:
    client = sign_in_as(app, clock, role="campaign").client
    form = fetch_address(client, "/staff/updates/new")
    client.post("/staff/logout", data={"csrf_token": token_of(client)})
    assert form.submit(client).location == "/staff/login?next=/staff/updates/new"
    assert "nothing was saved" in fetch_address(client, "/staff/login").text()
    assert client.post("/staff/texts/hero/autosave").location == "/staff/login"
    assert fetch_address(client, "/staff/login").texts(".notice") == []


def test_an_inactive_browser_does_not_end_the_session_of_another(app: Flask, clock: SettableClock) -> None:
    finance = a_member_of_staff(role="finance")
    left_alone = browser_of(app, clock, finance)
    clock.advance(minutes=31)
    used = browser_of(app, clock, finance)
    assert "/staff/login" in left_alone.get("/staff/").location
    assert used.get("/staff/").status_code == 200


@pytest.mark.parametrize("address", ["/en/", "/static/css/site.css", "/api/v1/openapi.json", "/healthz"])
def test_a_public_answer_never_sets_the_staff_cookie(app: Flask, clock: SettableClock, address: str) -> None:
    client = sign_in_as(app, clock, role="finance").client
    with client.session_transaction() as stored:
        stored.permanent = True
    assert client.get("/staff/").status_code == 200
    clock.advance(minutes=2)
    answer = client.get(address)
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert "Set-Cookie" in client.get("/staff/").headers


def test_only_staff_pages_count_as_activity(app: Flask, clock: SettableClock) -> None:
    client = sign_in_as(app, clock, role="finance").client
    with client.session_transaction() as stored:
        stored.permanent = True
    for _ in range(3):
        clock.advance(minutes=29)
        assert client.get("/staff/").status_code == 200
    clock.advance(minutes=31)
    assert client.get("/en/").status_code == 200
    assert "/staff/login" in client.get("/staff/").location


def test_the_session_is_as_long_as_it_says(app: Flask) -> None:
    assert app.permanent_session_lifetime == timedelta(hours=10)
