"""The second step: how often its codes may be guessed, and that each lets in once."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask
from flask.testing import FlaskClient
from passlib.totp import TOTP  # type: ignore[import-untyped]
from sqlalchemy import select

from campaign import create_app
from campaign.extensions import db
from campaign.models.staff import Staff
from campaign.services.staff.accounts import add_staff
from tests.blueprints.admin.client import browser_of
from tests.support.builders import a_campaign
from tests.support.fakes import SettableClock
from tests.support.pages import Page, fetch_address

pytestmark = pytest.mark.database("sqlite")

EMAIL, PASSWORD = "finance@quilt.example", "a-patch-and-a-seam"


@dataclass
class Member:
    """A member of staff whose second step is set up: their phone and their recovery codes."""

    device: TOTP
    codes: list[str]
    clock: SettableClock

    def code(self, *, steps: int = 1) -> str:
        """What the phone shows after so many half minutes; the code of now was used up by setting it up."""
        return str(self.device.generate(time=self.clock.now() + timedelta(seconds=30 * steps)).token)


@pytest.fixture
def member(app: Flask, clock: SettableClock) -> Member:
    a_campaign()
    add_staff(EMAIL, name="Finance", roles=("finance",), clock=clock, password=PASSWORD)
    browser = browser_of(app, clock, db.session().execute(select(Staff)).scalar_one())
    shown = Page(fetch_address(browser, "/staff/second-step").submit(browser, setup="authenticator"))
    device = TOTP(key=re.sub(r"\s", "", shown.text("main code")))
    assert shown.submit(browser, code=device.generate(time=clock.now()).token).status_code == 302
    codes_page = fetch_address(browser, "/staff/recovery-codes")
    codes = Page(codes_page.submit(browser, "main form[method=post]", generate_new_codes="yes")).texts("main li code")
    return Member(device, codes, clock)


def before_the_second_step(app: Flask, *, address: str = "127.0.0.1") -> FlaskClient:
    """A browser in which the password was right."""
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = address
    Page(client.get("/staff/login")).submit(client, email=EMAIL, password=PASSWORD)
    return client


def limited(app: Flask) -> Flask:
    return create_app(replace(app.config["KURAK"], testing=False), app.extensions["context"])


@pytest.mark.database("sqlite")
@pytest.mark.parametrize("door", ["/staff/second-step/code", "/staff/second-step/recovery"])
def test_a_forged_address_with_each_guess_gives_no_new_limit(app: Flask, member: Member, door: str) -> None:
    client = before_the_second_step(limited(app))
    data = Page(client.get(door)).filled(code="000000")
    guesses = [client.post(door, data=data | {"email": f"x{n}@quilt.example"}).status_code for n in range(11)]
    assert guesses == [200] * 10 + [429]


@pytest.mark.database("sqlite")
def test_codes_of_one_account_are_not_guessed_from_many_addresses(app: Flask, member: Member) -> None:
    strict, guesses = limited(app), []
    for n in range(16):
        client = before_the_second_step(strict, address=f"192.0.2.{n}")
        guesses.append(Page(client.get("/staff/second-step/code")).submit(client, code="000000").status_code)
    assert guesses == [200] * 15 + [429]


@pytest.mark.database("sqlite")
def test_a_stranger_without_the_password_locks_nobody_out(app: Flask, member: Member) -> None:
    strict = limited(app)
    stranger = strict.test_client()
    stranger.environ_base["REMOTE_ADDR"] = "192.0.2.1"
    data = Page(stranger.get("/staff/login")).filled(email=EMAIL, password="guess", code="000000")
    for _ in range(20):
        stranger.post("/staff/second-step/code", data=data)
    owner = before_the_second_step(strict)
    assert fetch_address(owner, "/staff/second-step/code").submit(owner, code=member.code()).location == "/staff/"


def test_a_code_of_the_phone_signs_in_once(app: Flask, member: Member) -> None:
    code = member.code()
    for lets_in in (True, False):
        client = before_the_second_step(app)
        answer = fetch_address(client, "/staff/second-step/code").submit(client, code=code)
        assert (answer.location == "/staff/") is lets_in
        assert (client.get("/staff/").status_code == 200) is lets_in


def test_the_code_that_set_the_second_step_up_signs_nobody_in(app: Flask, member: Member) -> None:
    client = before_the_second_step(app)
    page = fetch_address(client, "/staff/second-step/code")
    code = member.code(steps=0)
    for seconds in (0, 29, 1):  # to the end of its half minute, and into the next
        member.clock.advance(seconds=seconds)
        assert "The code is wrong or too old." in Page(page.submit(client, code=code)).text()


@pytest.mark.database("sqlite")
@pytest.mark.parametrize(("steps", "seconds", "lets_in"), [(1, 0, True), (2, 0, False), (1, 89, True), (1, 90, False)])
def test_a_code_is_right_for_its_half_minute_and_the_ones_beside_it(
    app: Flask, member: Member, steps: int, seconds: int, lets_in: bool
) -> None:
    client, code = before_the_second_step(app), member.code(steps=steps)
    member.clock.advance(seconds=seconds)
    answer = fetch_address(client, "/staff/second-step/code").submit(client, code=code)
    assert (answer.location == "/staff/") is lets_in


def test_another_phone_can_be_set_up_at_once(app: Flask, clock: SettableClock, member: Member) -> None:
    browser = browser_of(app, clock, db.session().execute(select(Staff)).scalar_one())
    shown = Page(fetch_address(browser, "/staff/second-step").submit(browser, setup="authenticator"))
    other = TOTP(key=re.sub(r"\s", "", shown.text("main code")))
    assert shown.submit(browser, code=other.generate(time=clock.now()).token).location == "/staff/second-step/done"
    assert browser.get("/staff/second-step/done").location == "/staff/account"


@pytest.mark.parametrize("door", ["code", "recovery"])
def test_of_many_sign_ins_at_once_with_one_code_one_succeeds(app: Flask, member: Member, door: str) -> None:
    code = member.code() if door == "code" else member.codes[0]
    clients = [before_the_second_step(app) for _ in range(4)]
    pages = [Page(client.get(f"/staff/second-step/{door}")) for client in clients]
    together = Barrier(len(clients))

    def at_once(page: Page, client: FlaskClient) -> int:
        with app.app_context():
            together.wait()
            return page.submit(client, code=code).status_code

    with ThreadPoolExecutor(len(clients)) as pool:
        answers = sorted(pool.map(at_once, pages, clients))
    assert answers == [200, 200, 200, 302]
