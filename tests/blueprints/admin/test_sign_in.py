"""Sign-in of staff: passwords, the second step, limits on guessing, and what the page does not reveal."""

import re
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_login import current_user  # type: ignore[import-untyped]
from passlib.totp import TOTP  # type: ignore[import-untyped]
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from campaign import create_app
from campaign.extensions import db
from campaign.models.staff import AuditEvent, Staff
from campaign.services.staff.accounts import add_demo_staff, add_staff, set_language
from tests.blueprints.admin.client import browser_of, sign_in_as, token_of
from tests.support.builders import a_campaign, a_paid_gift
from tests.support.fakes import SettableClock
from tests.support.pages import Page, fetch, fetch_address

pytestmark = pytest.mark.database("sqlite")  # Flask-Security asks the database one thing: who has this address
EMAIL, PASSWORD = "finance@quilt.example", "a-patch-and-a-seam"


@pytest.fixture
def member(app: Flask, clock: SettableClock) -> None:
    a_campaign()
    add_staff(EMAIL, name="Finance", roles=("finance",), clock=clock, password=PASSWORD)


def sign_in(client: FlaskClient, *, email: str = EMAIL, password: str = PASSWORD, after: str = "") -> TestResponse:
    page = fetch_address(client, f"/staff/login{after}")
    return page.submit(client, email=email, password=password)


def test_a_member_of_staff_signs_in_and_it_is_in_the_audit_trail(
    member: None, client: FlaskClient, session: Session
) -> None:
    answer = sign_in(client)
    assert answer.location == "/staff/"
    assert fetch(client, "admin.overview").h1 == "Overview"
    assert session.execute(select(AuditEvent.action)).scalars().all()[-1] == "staff:sign_in"


def test_a_wrong_password_and_an_unknown_address_look_alike(member: None, client: FlaskClient) -> None:
    wrong = Page(sign_in(client, password="not the password"))
    unknown = Page(sign_in(client, email="nobody@quilt.example"))
    assert wrong.texts(".error-summary li") == unknown.texts(".error-summary li")
    assert "The email address or password is wrong." in wrong.text(".error-summary")
    assert wrong.one("#email")["value"] == EMAIL


@pytest.mark.parametrize("language", ["en", "ru", "ky"])
def test_the_sign_in_page_is_in_the_visitors_language(member: None, client: FlaskClient, language: str) -> None:
    page = Page(client.get("/staff/login", headers={"Accept-Language": language}))
    assert page.one("html")["lang"] == language


def test_a_member_whose_account_was_closed_cannot_sign_in(member: None, client: FlaskClient, session: Session) -> None:
    session.execute(select(Staff)).scalar_one().active = False
    session.commit()
    assert Page(sign_in(client)).h1 == "Sign in to the staff desk"


@pytest.mark.parametrize(
    "hostile",
    [
        "//evil.example",
        "https://evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "////evil.example",
        "javascript:alert(1)",
        "https:evil.example",
        "%2f%2fevil.example",
        "http://localhost@evil.example/",
    ],
)
def test_sign_in_leads_to_no_other_site(member: None, client: FlaskClient, hostile: str) -> None:
    assert client.get("/staff/login", query_string={"next": hostile}).location == "/staff/login"
    page = fetch_address(client, "/staff/login")
    data = page.filled(email=EMAIL, password=PASSWORD, next=hostile)
    assert client.post("/staff/login", data=data).status_code == 400
    data["next"] = ""
    assert client.post("/staff/login", query_string={"next": hostile}, data=data).status_code == 400


def test_sign_in_leads_back_to_the_requested_page(member: None, client: FlaskClient) -> None:
    sent_on = client.get("/staff/donations?state=paid")
    page = fetch_address(client, sent_on.location)
    assert page.submit(client, email=EMAIL, password=PASSWORD).location == "/staff/donations?state=paid"


def test_nobody_is_remembered(member: None, client: FlaskClient) -> None:
    page = fetch_address(client, "/staff/login")
    answer = page.submit(client, email=EMAIL, password=PASSWORD, remember="y")
    assert not any("remember" in cookie for cookie in answer.headers.getlist("Set-Cookie"))


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(member: None, client: FlaskClient) -> None:
    cookies = sign_in(client).headers.getlist("Set-Cookie")
    assert all("HttpOnly" in cookie and "SameSite=Lax" in cookie for cookie in cookies)


def test_guessing_is_slowed_down_for_one_account_and_not_for_another(app: Flask, member: None) -> None:
    outside = app.extensions["context"]
    client = create_app(replace(app.config["KURAK"], testing=False), outside).test_client()
    page = Page(client.get("/staff/login"))
    guesses = [page.submit(client, email=EMAIL, password=f"guess {n}").status_code for n in range(11)]
    other = page.submit(client, email="other@quilt.example", password="guess").status_code
    assert (guesses[:10], guesses[10], other) == ([200] * 10, 429, 200)


def test_guessing_is_slowed_down_for_a_whole_ipv6_network_of_one_household(app: Flask, member: None) -> None:
    client = create_app(replace(app.config["KURAK"], testing=False), app.extensions["context"]).test_client()
    page = Page(client.get("/staff/login"))
    fields = page.filled(email=EMAIL, password="guess")
    statuses = [
        client.post("/staff/login", data=fields, environ_base={"REMOTE_ADDR": address}).status_code
        for address in (*(f"2001:db8:0:7::{n:x}" for n in range(11)), "2001:db8:0:8::1")
    ]
    assert statuses == [200] * 10 + [429, 200]


def test_guessing_the_password_that_is_to_be_changed_is_limited(app: Flask, clock: SettableClock, member: None) -> None:
    limited = create_app(replace(app.config["KURAK"], testing=False), app.extensions["context"])
    client = browser_of(limited, clock, db.session().execute(select(Staff)).scalar_one())
    page = Page(client.get("/staff/password"))
    new = {"new_password": "another-patch-and-seam", "new_password_confirm": "another-patch-and-seam"}
    guesses = [page.submit(client, password=f"guess {n}", **new).status_code for n in range(11)]
    assert guesses == [200] * 10 + [429]


@pytest.mark.database("sqlite")
@pytest.mark.parametrize("field", ["email", "password"])
def test_endless_combining_marks_are_refused_at_once(
    app: Flask, clock: SettableClock, member: None, field: str
) -> None:
    limited = create_app(replace(app.config["KURAK"], testing=False), app.extensions["context"])
    client = limited.test_client()
    page, begun = Page(client.get("/staff/login")), time.process_time()
    entered = {"email": EMAIL, "password": PASSWORD} | {field: "a" + "\u0315\u0300" * 16_000 + "@example.org"}
    assert page.submit(client, **entered).status_code == 400
    assert time.process_time() - begun < 0.5


@pytest.mark.parametrize("body", ['"x"', "[" * 100_000, "[]", "null", '{"email": 1}', "{"])
@pytest.mark.parametrize("address", ["/staff/login", "/staff/second-step/code", "/staff/", "/staff/password"])
def test_staff_pages_accept_no_json(client: FlaskClient, member: None, address: str, body: str) -> None:
    answer = client.post(address, data=body, content_type="application/json")
    assert 400 <= answer.status_code < 500


def test_no_answer_contains_a_token(member: None, client: FlaskClient) -> None:
    address = "/staff/login?include_auth_token"
    data = Page(client.get(address)).filled(email=EMAIL, password=PASSWORD)
    answer = client.post(address, data=data, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.location) == (302, "/staff/")
    for address in ("/staff/account?include_auth_token", "/staff/verify?include_auth_token"):
        page = client.get(address, headers={"Accept": "application/json"})
        assert (page.mimetype, "authentication_token" in page.text) == ("text/html", False)


def test_a_token_signs_nobody_in(app: Flask, member: None) -> None:
    with app.test_request_context():
        token = db.session().execute(select(Staff)).scalar_one().get_auth_token()
    requests = ({"headers": {"Authentication-Token": token}}, {"query_string": {"auth_token": token}})
    for request in (*requests, {"json": {"auth_token": token}}):
        with app.test_request_context("/staff/", **request):
            assert not current_user.is_authenticated


def test_typed_entries_survive_the_password_prompt(app: Flask, clock: SettableClock, member: None) -> None:

    finance = db.session().execute(select(Staff)).scalar_one()
    gift = a_paid_gift(campaign=a_campaign(slug="other", is_featured=False))
    client = browser_of(app, clock, finance)
    choose = {"csrf_token": token_of(client), "campaign": "other"}
    client.post("/staff/account/campaign", data=choose)
    address = f"/staff/donations/{gift.public_id}/refund"
    page = fetch_address(client, address)
    with client.session_transaction() as stored:
        stored["fs_paa"] = time.time() - 301
        stored.pop("fs_gexp", None)
    answer = page.submit(client, how_much="part", amount="5", reason="Given twice by mistake")
    assert "/staff/verify" in answer.location
    verified = fetch_address(client, answer.location).submit(client, password=PASSWORD)
    assert verified.location == address
    again = fetch_address(client, address)
    assert (again.one("#amount")["value"], again.text("#reason")) == ("5", "Given twice by mistake")


def test_a_wrong_password_does_not_make_a_session_fresh(app: Flask, clock: SettableClock, member: None) -> None:

    client = browser_of(app, clock, db.session().execute(select(Staff)).scalar_one(), is_fresh=False)
    page = fetch_address(client, client.get("/staff/donations/file.csv").location)
    assert "The password is wrong." in Page(page.submit(client, password="not the password")).text()
    assert "/staff/verify" in client.get("/staff/donations/file.csv").location


def test_a_second_step_can_be_set_up_and_is_then_required(app: Flask, clock: SettableClock, member: None) -> None:

    first = browser_of(app, clock, db.session().execute(select(Staff)).scalar_one())
    page = fetch_address(first, "/staff/second-step")
    shown = Page(page.submit(first, setup="authenticator"))
    key = re.sub(r"\s", "", shown.text("main code"))
    device = TOTP(key=key)
    done = shown.submit(first, code=device.generate(time=clock.now()).token)
    assert done.location == "/staff/second-step/done"
    assert "set up" in fetch_address(first, "/staff/account").text(".facts")

    second = app.test_client()
    answer = sign_in(second)
    assert "/staff/second-step/code" in answer.location
    assert "/staff/login" in second.get("/staff/").location
    wrong = Page(fetch_address(second, answer.location).submit(second, code="000000"))
    assert "The code is wrong or too old." in wrong.text()
    later = device.generate(time=clock.now() + timedelta(seconds=30)).token  # the code before was used up
    assert wrong.submit(second, code=later).status_code == 302
    assert fetch_address(second, "/staff/").h1 == "Overview"


def test_recovery_codes_are_made_and_one_signs_in_once(app: Flask, clock: SettableClock, member: None) -> None:

    first = browser_of(app, clock, db.session().execute(select(Staff)).scalar_one())
    shown = Page(fetch_address(first, "/staff/second-step").submit(first, setup="authenticator"))
    device = TOTP(key=re.sub(r"\s", "", shown.text("main code")))
    shown.submit(first, code=device.generate(time=clock.now()).token)
    codes_page = fetch_address(first, "/staff/recovery-codes")
    form = "main form[method=post]"
    codes = Page(codes_page.submit(first, form, generate_new_codes="yes")).texts("main li code")
    assert len(codes) == 5
    for lets_in in (True, False):
        client = app.test_client()
        sign_in(client)
        fetch_address(client, "/staff/second-step/recovery").submit(client, code=codes[0])
        assert (client.get("/staff/").status_code == 200) is lets_in


def test_a_password_is_changed_and_ends_other_sessions(app: Flask, clock: SettableClock, member: None) -> None:

    finance = db.session().execute(select(Staff)).scalar_one()
    here, there = browser_of(app, clock, finance), browser_of(app, clock, finance)
    page = fetch_address(here, "/staff/password")
    short = Page(page.submit(here, password=PASSWORD, new_password="short", new_password_confirm="short"))
    assert "at least 12 characters" in short.text(".error-summary")
    new = "another-patch-and-seam"
    assert page.submit(here, password=PASSWORD, new_password=new, new_password_confirm=new).location == "/staff/account"
    assert here.get("/staff/").status_code == 200
    assert "/staff/login" in there.get("/staff/").location
    assert sign_in(app.test_client(), password=new).location == "/staff/"


@pytest.mark.parametrize(("language", "heading"), [("en", "Overview"), ("ru", ""), ("ky", "")])
def test_staff_pages_are_in_the_persons_language(app: Flask, clock: SettableClock, language: str, heading: str) -> None:
    a_campaign()
    staff = sign_in_as(app, clock, role="finance")
    set_language(staff.staff_id, language)
    page = fetch_address(staff.client, "/staff/")
    assert page.one("html")["lang"] == language
    assert heading in page.h1


def test_the_demo_password_signs_nobody_in_in_production(app: Flask, clock: SettableClock, client: FlaskClient) -> None:
    a_campaign()
    demo = add_demo_staff(clock=clock)[0]
    app.config["KURAK"] = replace(app.config["KURAK"], app_env="production")
    refused = Page(sign_in(client, email=demo.email, password=demo.password))
    assert "The email address or password is wrong." in refused.text(".error-summary")
    app.config["KURAK"] = replace(app.config["KURAK"], app_env="development")
    assert sign_in(client, email=demo.email, password=demo.password).location == "/staff/"


def test_in_production_nobody_signs_in_without_a_second_step(app: Flask, clock: SettableClock, member: None) -> None:
    strict = replace(app.config["KURAK"], app_env="production")
    client = create_app(strict, app.extensions["context"]).test_client()
    page = Page(client.get("/staff/login"))
    location = page.submit(client, email=EMAIL, password=PASSWORD).location
    assert client.get(location).location == "/staff/second-step"
    shown = Page(Page(client.get("/staff/second-step")).submit(client, setup="authenticator"))
    assert client.get("/staff/donations").location == "/staff/second-step"
    key = re.sub(r"\s", "", shown.text("main code"))
    shown.submit(client, code=TOTP(key=key).generate(time=clock.now()).token)
    assert client.get("/staff/").status_code == 200


def test_a_refused_password_is_logged_without_the_address_that_was_typed(
    member: None, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    sign_in(client, password="not the password")
    assert "security.login refused for 127.0.0.1" in caplog.text
    assert EMAIL not in caplog.text
