"""Sign-in without a password, as an attacker tries it: known addresses, forwarded links, guessed and used codes, old sessions."""

import re

import pytest
from sqlalchemy import select

from campaign.database import reading
from campaign.models.donor import Donor
from campaign.models.donor_session import DonorSession
from campaign.models.outbox import Message
from campaign.services.donor_account.sign_in import MAX_TRIES, MAX_TRIES_OF_A_MAILBOX
from campaign.services.privacy.erasure import ErasureOrder, erase
from tests.blueprints.my.conftest import DONOR, Browser, another

pytestmark = pytest.mark.database("sqlite")


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


def test_nobody_learns_whether_an_address_gave(browser: Browser) -> None:
    """The pages, the wrong codes and the rows are alike; only the mailbox itself reads that there are no gifts."""
    stranger = another(browser)
    pages = [browser.ask().text("main"), stranger.ask("ghost@example.org").text("main")]
    assert pages[0].replace(DONOR, "") == pages[1].replace("ghost@example.org", "")
    with reading() as session:
        rows = list(session.execute(select(Message.facts).where(Message.kind == "my_sign_in")).scalars())
    assert [sorted(facts) for facts in rows] == [sorted(rows[0])] * 2
    assert not any(re.search(r"\d{6}|/link/", str(facts)) for facts in rows)  # the outbox alone opens nothing
    browser.engine.work()
    emails = {email.recipient: email.text for email in browser.engine.mailer.sent[-2:]}
    assert "There are none" in emails["ghost@example.org"]
    assert "/my/link/" not in emails["ghost@example.org"]
    answers = [one.enter("000000") for one in (browser, stranger)]
    assert [answer.status_code for answer in answers] == [422, 422]


def test_a_code_signs_in_once_and_in_the_browser_that_asked(browser: Browser) -> None:
    browser.ask()
    code, _link = browser.mailed()
    stranger = another(browser)
    assert stranger.enter(code).headers["Location"] == "/en/my/"  # it has answer for nothing
    stranger.ask("ghost@example.org")
    assert stranger.enter(code).status_code == 422
    cookie = browser.client.get_cookie("donor-sign-in")
    assert browser.enter(f" {code[:3]} {code[3:]} ").headers["Location"] == "/en/my/"
    assert browser.is_signed_in
    assert not stranger.is_signed_in
    browser.client.post("/en/my/sessions/end", data=browser.home().filled("form[action$='sign-out']"))
    assert not browser.is_signed_in
    assert cookie is not None
    browser.client.set_cookie("donor-sign-in", cookie.value)
    assert browser.enter(code).status_code == 422  # used, although its session has ended
    assert browser.engine.mailer.sent[-1].recipient == DONOR


def test_scanners_and_forwarded_links_sign_nobody_in(browser: Browser) -> None:
    browser.ask()
    _code, link = browser.mailed()
    scanner = another(browser)
    for _ in range(3):
        assert (scanner.client.head(link).status_code, scanner.client.get(link).status_code) == (404, 404)
        assert browser.client.head(link).status_code == 200
    assert scanner.client.post(link).status_code == 404
    scanner.ask()  # of the same mailbox, by somebody who cannot read it but has the forwarded link
    assert scanner.client.post(link).status_code == 404
    assert not scanner.is_signed_in
    assert browser.client.post(link + "x").status_code == 404
    page = browser.client.get(link)
    assert page.headers["Cache-Control"] == "no-store"
    assert browser.client.post(link).headers["Location"] == "/en/my/"
    assert browser.is_signed_in
    assert "donor@" not in link


def test_link_and_code_end_after_ten_minutes(browser: Browser) -> None:
    browser.ask()
    code, link = browser.mailed()
    browser.engine.clock.advance(minutes=10, seconds=2)
    assert browser.enter(code).headers["Location"] == "/en/my/"
    assert browser.client.post(link).status_code == 404
    assert not browser.is_signed_in


def test_guessing_ends_and_the_link_still_works(browser: Browser) -> None:
    browser.ask()
    code, link = browser.mailed()
    for _ in range(MAX_TRIES):
        assert browser.enter(wrong(code)).status_code == 422
    assert "Too many wrong codes" in browser.enter(code).text
    assert not browser.is_signed_in
    attackers = 1
    while True:  # each attacker has a request of their own for the same mailbox, whether its email left or not
        attacker = another(browser)
        attacker.ask(DONOR.replace("@", "+x@") if attackers % 2 else DONOR)
        answers = [attacker.enter("000000").text for _ in range(MAX_TRIES)]
        attackers += 1
        if "Too many" in answers[0]:
            break
        assert attackers <= MAX_TRIES_OF_A_MAILBOX // MAX_TRIES
    assert browser.client.post(link).status_code == 303


def test_a_session_ends_when_idle_when_ended_and_with_erasure(browser: Browser) -> None:
    clock = browser.engine.clock
    browser.sign_in()
    phone = another(browser).sign_in(remember="yes")
    clock.advance(minutes=29)
    assert browser.is_signed_in
    clock.advance(minutes=31)
    assert (browser.is_signed_in, phone.is_signed_in) == (False, True)
    browser.sign_in()
    sessions = browser.client.get("/en/my/sessions")
    assert sessions.text.count("<dl") == 2
    stolen = phone.client.get_cookie("donor")
    with reading() as session:
        names = list(session.execute(select(DonorSession.public_id).order_by(DonorSession.id)).scalars())
    token = browser.home().filled("form[action$='sign-out']")
    assert browser.client.post(f"/en/my/sessions/{names[1]}/end", data=token).status_code == 303
    assert not phone.is_signed_in
    assert stolen is not None
    phone.client.set_cookie("donor", stolen.value)
    assert not phone.is_signed_in
    phone.sign_in(remember="yes")
    clock.advance(days=30)
    assert not phone.is_signed_in
    browser.sign_in(remember="yes")
    with reading() as session:
        donor = session.execute(select(Donor.public_id).where(Donor.email == DONOR)).scalar_one()
    erase(ErasureOrder(donor_public_id=donor, actor_id=None), clock=clock)
    assert not browser.is_signed_in
    with reading() as session:
        assert session.execute(select(DonorSession.id)).all() == []


def test_forms_need_the_session_and_its_token_and_lead_nowhere_else(browser: Browser) -> None:
    client = browser.sign_in().client
    assert client.post("/en/my/sign-out").status_code == 403
    assert client.post("/en/my/sessions/end", data={"form_token": "a" * 64}).status_code == 403
    token = browser.home().filled("form[action$='sign-out']")
    assert client.post("/en/my/sign-out", data=token, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert browser.is_signed_in
    out = client.post("/en/my/sign-out?next=https://evil.example/", data={**token, "next": "//evil.example"})
    assert out.headers["Location"] == "/en/my/?out=1"
    assert client.get("/en/my/sessions").headers["Location"] == "/en/my/"
    answer = client.post("/en/my/?next=//evil.example", data={"email": DONOR, "next": "//evil.example"})
    assert answer.headers["Location"] == "/en/my/code"
    assert (answer.headers["Cache-Control"], answer.headers["Referrer-Policy"]) == ("no-store", "same-origin")
    assert "donor@" not in answer.headers["Location"]
