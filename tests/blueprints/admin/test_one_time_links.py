"""One-time links: one opens an account once, within 72 hours, and says so when it does not."""

import logging
import re
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from passlib.totp import TOTP  # type: ignore[import-untyped]
from sqlalchemy import select
from werkzeug.test import TestResponse

from campaign import create_app
from campaign.database import reading
from campaign.models.staff import AuditEvent, Staff, StaffLink
from campaign.services.staff.accounts import RoleGrant
from campaign.services.staff.invitations import NewPerson, invite
from campaign.services.staff.links import address_of
from tests.blueprints.admin.client import browser_of
from tests.support.builders import a_campaign, a_member_of_staff
from tests.support.fakes import SettableClock
from tests.support.pages import Page, fetch_address

pytestmark = pytest.mark.database("sqlite")  # plain rows; the race runs on both
EMAIL, PASSWORD = "aida@quilt.example", "a-patch-and-a-seam"


def use(client: FlaskClient, address: str, **more: str) -> TestResponse:
    fields = {"name": "Aida", "password": PASSWORD, "password_again": PASSWORD} | more
    return Page(client.get(address)).submit(client, **fields)


@pytest.fixture
def address(app: Flask, clock: SettableClock) -> str:
    a_campaign()
    admin = a_member_of_staff(role="admin", name="Bermet")
    made = invite(NewPerson(email=EMAIL, grants=(RoleGrant("finance"),)), actor_id=admin.id, clock=clock)
    return address_of(made.nonce, public_url="")


def added_on_the_command_line(app: Flask, *arguments: str) -> str:
    printed = app.test_cli_runner().invoke(args=["staff", *arguments])
    assert printed.exit_code == 0, printed.output
    assert "72 hours" in printed.output
    link = re.search(r"(/staff/link/\S+)", printed.output)
    assert link is not None
    return link[1]


def test_the_command_line_prints_a_link_that_opens_an_account_with_its_second_step(
    app: Flask, clock: SettableClock
) -> None:
    a_campaign()
    address = added_on_the_command_line(app, "add", EMAIL, "--role", "admin", "--language", "ru")
    strict = replace(app.config["KURAK"], app_env="production")
    client = create_app(strict, app.extensions["context"]).test_client()
    page = Page(client.get(address))
    assert (page.one("html")["lang"], page.text(".kicker")) == ("ru", EMAIL)
    assert use(client, address, language="en").location == "/staff/second-step"
    assert client.get("/staff/").location == "/staff/second-step"
    shown = Page(Page(client.get("/staff/second-step")).submit(client, setup="authenticator"))
    key = re.sub(r"\s", "", shown.text("main code"))
    done = shown.submit(client, code=TOTP(key=key).generate(time=clock.now()).token)
    codes = Page(client.get(client.get(done.location).location))
    assert codes.h1 == "Recovery codes"
    made = Page(codes.submit(client, "main form[method=post]", generate_new_codes="yes"))
    assert len(made.texts("main li code")) == 5
    assert Page(client.get("/staff/")).h1 == "Overview"
    with reading() as session:
        person = session.execute(select(Staff)).scalar_one()
        acts = session.execute(select(AuditEvent.action).order_by(AuditEvent.id)).scalars().all()
    assert (person.name, person.language) == ("Aida", "en")
    assert acts == ["staff:add", "staff:use_link", "staff:sign_in", *["staff:second_step"] * 2]  # the app, its codes


def test_a_link_is_in_no_log_and_no_table_and_is_sent_to_no_site(
    app: Flask, client: FlaskClient, address: str, caplog: pytest.LogCaptureFixture
) -> None:
    token = address.rsplit("/", 1)[1]
    assert len(token) == 43  # 256 bits
    caplog.set_level(logging.DEBUG)
    page = client.get(address)
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "no-store" in page.headers["Cache-Control"]
    use(client, address, password_again="another")
    old_browser = Page(client.get(address)).filled(name="Aida", password=PASSWORD, password_again=PASSWORD)
    assert client.post(address, data=old_browser, headers={"Origin": "null"}).status_code == 303
    client.get(address)
    app.test_client().get(address + "x")
    assert token not in caplog.text
    with reading() as session:
        stored = [str(row) for table in (StaffLink, AuditEvent) for row in session.execute(select(table.__table__))]
    assert all(token not in row for row in stored)


def test_a_password_is_set_over_https_by_a_browser_that_sends_no_referrer(client: FlaskClient, address: str) -> None:
    https = "https://localhost"
    typed = Page(client.get(address, base_url=https)).filled(name="Aida", password=PASSWORD, password_again=PASSWORD)
    answer = client.post(address, data=typed, base_url=https, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 303


def test_looking_at_a_link_changes_nothing_and_using_it_spends_it(
    app: Flask, client: FlaskClient, address: str
) -> None:
    for _ in range(2):
        assert client.get(address).status_code == 200
    assert use(client, address).location == "/staff/second-step"
    again = app.test_client().get(address)
    assert (again.status_code, Page(again).h1) == (410, "This link has been used")
    assert "Ask Bermet for a new one" in Page(again).text("main")


@pytest.mark.parametrize(("hours", "status"), [(71, 200), (72, 410)])
def test_a_link_is_valid_for_three_days(
    client: FlaskClient, clock: SettableClock, address: str, hours: int, status: int
) -> None:
    page = Page(client.get(address))
    clock.advance(hours=hours)
    assert client.get(address).status_code == status
    answer = page.submit(client, name="Aida", password=PASSWORD, password_again=PASSWORD)
    assert (answer.status_code == 303) is (status == 200)


def test_a_new_link_replaces_the_old_one(app: Flask, client: FlaskClient, address: str) -> None:
    newer = added_on_the_command_line(app, "add", EMAIL, "--role", "finance")
    old = client.get(address)
    assert (old.status_code, Page(old).h1) == (404, "This link is not valid")
    assert client.get(newer).status_code == 200


@pytest.mark.database("sqlite", "postgresql")
def test_of_two_people_with_one_link_one_gets_in(app: Flask, client: FlaskClient, address: str) -> None:
    other = app.test_client()
    pages = [(browser, Page(browser.get(address))) for browser in (client, other)]
    fields = {"name": "Aida", "password": PASSWORD, "password_again": PASSWORD}
    assert [page.submit(browser, **fields).status_code for browser, page in pages] == [303, 410]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": " "}, "Enter your name."),
        ({"password": "short"}, "at least 12 characters"),
        ({"password": "aida-quilt-1", "password_again": "aida-quilt-1"}, "too much of your name"),
        ({"password_again": "another"}, "The two passwords are not the same."),
        ({"language": "de"}, "Choose one of the languages shown."),
    ],
)
def test_a_bad_choice_is_refused_and_the_link_stays_valid(
    client: FlaskClient, address: str, typed: dict[str, str], sentence: str
) -> None:
    refused = use(client, address, **typed)
    assert (refused.status_code, sentence in Page(refused).text(".error-summary")) == (422, True)
    assert client.get(address).status_code == 200


def test_a_signed_in_person_uses_no_link(app: Flask, clock: SettableClock, address: str) -> None:
    with reading() as session:
        admin = session.execute(select(Staff).where(Staff.email != EMAIL)).scalar_one()
    client = browser_of(app, clock, admin)
    assert client.get(address).location == "/staff/account"
    assert "sign out first" in fetch_address(client, "/staff/account").text(".notice")


def test_a_reset_takes_the_password_away_and_leaves_the_second_step(app: Flask, clock: SettableClock) -> None:
    a_campaign()
    member = a_member_of_staff(role="finance", email=EMAIL, password="$argon2id$x")
    signed_in = browser_of(app, clock, member)
    first = added_on_the_command_line(app, "reset", EMAIL.upper())
    assert "/staff/login" in signed_in.get("/staff/").location
    assert use(app.test_client(), first).location == "/staff/second-step"
    with reading() as session:
        session.get_one(Staff, member.id).tf_totp_secret = "secret"
        session.commit()
    client = app.test_client()
    assert use(client, added_on_the_command_line(app, "reset-password", EMAIL)).location == "/staff/login"
    assert "/staff/login" in client.get("/staff/").location
    assert use(client, added_on_the_command_line(app, "reset", EMAIL, "--second-step")).location == "/staff/second-step"
    assert app.test_cli_runner().invoke(args=["staff", "reset", "nobody@quilt.example"]).exit_code == 1
