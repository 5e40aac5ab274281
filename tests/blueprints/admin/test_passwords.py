"""Passwords of staff: a first one works once and for three days, a weak one is refused, a too long one is wrong."""

import re
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from passlib.totp import TOTP  # type: ignore[import-untyped]
from sqlalchemy import select
from werkzeug.test import TestResponse

from campaign import create_app
from campaign.database import reading, transaction
from campaign.extensions import db
from campaign.models.staff import AuditEvent, Staff
from campaign.services.staff import first_passwords, sessions
from campaign.services.staff.accounts import add_staff
from campaign.services.staff.first_passwords import FirstPasswordSpent
from tests.blueprints.admin.client import browser_of, token_of
from tests.support.builders import a_campaign, a_member_of_staff
from tests.support.fakes import SettableClock
from tests.support.pages import Page, fetch_address

pytestmark = pytest.mark.database("sqlite")  # plain rows
EMAIL, PASSWORD, OWN = "finance@quilt.example", "a-patch-and-a-seam", "another-patch-and-a-seam"
TOO_LONG = ["x" * 4097, "x" * 1025, "\ufdfa" * 1000]


@pytest.fixture
def first(app: Flask, clock: SettableClock) -> str:
    """The first password of a new member of staff."""
    a_campaign()
    return add_staff(EMAIL, name="Finance", roles=("finance",), clock=clock).password


def sign_in(client: FlaskClient, password: str) -> TestResponse:
    return fetch_address(client, "/staff/login").submit(client, email=EMAIL, password=password)


def choose(client: FlaskClient, present: str, new: str) -> TestResponse:
    page = fetch_address(client, "/staff/password")
    return page.submit(client, password=present, new_password=new, new_password_confirm=new)


def test_a_first_password_leads_only_to_the_choice_of_a_new_one(client: FlaskClient, first: str) -> None:
    assert sign_in(client, first).status_code == 302
    for address in ("/staff/", "/staff/donations", "/staff/account", "/staff/ledger/journal.csv", "/staff/sessions"):
        assert client.get(address, buffered=True).location == "/staff/password", address
    page = fetch_address(client, "/staff/password")
    assert page.h1 == "Choose a password of your own"
    assert page.texts(".desk-nav a") == []
    refused = client.post("/staff/account/language", data={**page.filled(), "language": "ru"})
    assert refused.location == "/staff/password"
    assert choose(client, first, OWN).location == "/staff/account"
    assert fetch_address(client, "/staff/").h1 == "Overview"


def test_in_production_a_first_password_leads_through_the_second_step_to_a_new_one(
    app: Flask, clock: SettableClock, first: str
) -> None:
    strict = replace(app.config["KURAK"], app_env="production")
    client = create_app(strict, app.extensions["context"]).test_client()
    location = Page(client.get("/staff/login")).submit(client, email=EMAIL, password=first).location
    shown = Page(Page(client.get(location)).submit(client, setup="authenticator"))
    key = re.sub(r"\s", "", shown.text("main code"))
    shown.submit(client, code=TOTP(key=key).generate(time=clock.now()).token)
    assert client.get("/staff/").location == "/staff/password"
    page = Page(client.get("/staff/password"))
    assert page.submit(client, password=first, new_password=OWN, new_password_confirm=OWN).location == "/staff/account"
    assert client.get("/staff/").status_code == 200


def test_a_first_password_works_once(app: Flask, client: FlaskClient, first: str) -> None:
    sign_in(client, first)
    again = Page(sign_in(app.test_client(), first))
    assert "This first password has been used or has expired." in again.text()
    choose(client, first, OWN)
    assert sign_in(app.test_client(), OWN).location == "/staff/"


def test_of_two_sign_ins_at_once_with_a_first_password_one_succeeds(
    app: Flask, clock: SettableClock, first: str
) -> None:
    with reading() as session:
        staff_id = session.execute(select(Staff.id)).scalar_one()
    with transaction() as session:
        first_passwords.spend(session, staff_id, at=clock.now())
    with pytest.raises(FirstPasswordSpent):
        sessions.begin(staff_id, "zzzzzzzzzzzzzzzz", browser="", system="", ends_others=False, clock=clock)


@pytest.mark.parametrize(("hours", "lets_in"), [(71, True), (72, False)])
def test_a_first_password_is_valid_for_three_days(
    client: FlaskClient, clock: SettableClock, first: str, hours: int, lets_in: bool
) -> None:
    clock.advance(hours=hours)
    assert (sign_in(client, first).status_code == 302) is lets_in


def test_a_lost_password_is_replaced_on_the_command_line(app: Flask, client: FlaskClient, clock: SettableClock) -> None:
    a_campaign()
    add_staff(EMAIL, name="Finance", roles=("finance",), clock=clock, password=PASSWORD)
    sign_in(client, PASSWORD)
    given = app.test_cli_runner().invoke(args=["staff", "reset-password", EMAIL.upper()])
    assert given.exit_code == 0
    assert "72 hours and one sign-in" in given.output
    assert "/staff/login" in client.get("/staff/").location
    assert Page(sign_in(app.test_client(), PASSWORD)).h1 == "Sign in to the staff desk"
    new = re.search(r"password (\S+)", given.output)
    assert new is not None
    assert sign_in(client, new[1]).status_code == 302
    assert client.get("/staff/").location == "/staff/password"
    with reading() as session:
        assert "staff:reset_password" in session.execute(select(AuditEvent.action)).scalars().all()
    assert app.test_cli_runner().invoke(args=["staff", "reset-password", "nobody@quilt.example"]).exit_code == 1


@pytest.mark.parametrize(
    ("new", "said"),
    [
        ("short", "at least 12 characters"),
        ("x" * 1025, "at most 1024 characters"),
        ("password1234", "too easy to guess"),
        ("Finance-quilt-1", "too much of your name"),
    ],
)
def test_a_bad_choice_is_refused_with_the_reason(
    app: Flask, clock: SettableClock, client: FlaskClient, new: str, said: str
) -> None:
    a_campaign()
    add_staff(EMAIL, name="Finance", roles=("finance",), clock=clock, password=PASSWORD)
    sign_in(client, PASSWORD)
    page = Page(choose(client, PASSWORD, new))
    assert said in page.text(".error-summary")


@pytest.mark.parametrize("password", TOO_LONG, ids=["4097", "1025", "normalized"])
def test_a_password_that_is_too_long_is_a_wrong_one(
    app: Flask, clock: SettableClock, client: FlaskClient, password: str
) -> None:
    a_campaign()
    member = a_member_of_staff(email=EMAIL, password="$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA")
    answer = sign_in(client, password)
    assert (answer.status_code, "The email address or password is wrong." in answer.text) == (200, True)
    desk = browser_of(app, clock, member)
    again = fetch_address(desk, "/staff/verify").submit(desk, password=password)
    assert (again.status_code, "The password is wrong." in again.text) == (200, True)
    changed = choose(desk, password, OWN)
    assert (changed.status_code, "The password is wrong." in changed.text) == (200, True)
    assert token_of(desk)
    assert db.session().execute(select(Staff.password)).scalar_one() == member.password
