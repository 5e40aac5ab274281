"""A lost link to a monthly gift: replaced by email, alike for every address; one page for all gifts of a mailbox."""

import re
from datetime import date
from http import HTTPStatus
from io import BytesIO
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from campaign.database import reading
from campaign.gateways.pledges import CardOnFile
from campaign.models.outbox import Message
from campaign.services.pledges.links import PledgeLink, sign
from campaign.services.pledges.mailbox import LinkRequest, request_links
from campaign.services.shield.codes import MAX_CODES_OF_AN_ADDRESS
from campaign.services.shield.judging import watch
from tests.blueprints.admin.client import sign_in_as, token_of
from tests.services.engine import Engine
from tests.services.pledges.steps import begin_pledge, pledge_of
from tests.support.fakes import FakePayments, RecordingMailer, SettableClock
from tests.support.pages import Page, fetch_address

pytestmark = pytest.mark.database("sqlite")  # services are tested on both

DONOR = "donor@example.org"


@pytest.fixture
def engine(app: Flask, payments: FakePayments, mailer: RecordingMailer, clock: SettableClock) -> Engine:
    return Engine.started(app, payments, mailer, clock)


def ask_for_links(client: FlaskClient, email: str, *, language: str = "en") -> Page:
    answer = client.post(f"/{language}/p/", data={"email": email})
    assert answer.status_code == 303
    return fetch_address(client, answer.headers["Location"])


def link_in(engine: Engine) -> str:
    engine.work()
    return str(re.findall(r"http://\S+(/\w\w/p/all/\S+)", engine.mailer.sent[-1].text)[0])


@pytest.mark.parametrize(
    ("language", "label"),
    [("en", "Send me a new link"), ("ru", "Пришлите мне новую ссылку"), ("ky", "Мага жаңы шилтеме жөнөтүңүз")],
)
def test_a_broken_link_says_so_and_leads_to_a_new_one(
    client: FlaskClient, engine: Engine, language: str, label: str
) -> None:
    name = begin_pledge(engine)
    pledge = pledge_of(name)
    with engine.app.app_context():
        withdrawn = sign(PledgeLink(pledge.public_id, pledge.link_version + 1))
    answers = [client.get(f"/{language}/p/{token}") for token in (withdrawn, "nonsense", "all/nonsense")]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    mains = [str(BeautifulSoup(answer.text, "html.parser").select_one("main")) for answer in answers]
    assert mains[0] == mains[1] == mains[2]
    link = BeautifulSoup(mains[0], "html.parser").find("a", string=label)
    assert link is not None
    assert fetch_address(client, str(link["href"])).soup.find("input", {"name": "email"}) is not None


def test_every_address_gets_the_same_answer_and_its_own_email(client: FlaskClient, engine: Engine) -> None:
    begin_pledge(engine)
    engine.work()
    known, stranger = ask_for_links(client, DONOR), ask_for_links(client, "nobody@example.org")
    assert str(known.one("main")) == str(stranger.one("main"))
    assert "We’ve sent a link to the address" not in known.text()  # it would be untrue for the stranger
    with reading() as session:
        rows = session.execute(select(Message).where(Message.kind == "pledge_links").order_by(Message.id)).scalars()
        facts = [set(row.facts) for row in rows]
    assert facts[0] == facts[1]
    engine.work()
    emails = {email.recipient: email.text for email in engine.mailer.sent[-2:]}
    assert "/en/p/all/" in emails[DONOR]
    assert "There are none with this address" in emails["nobody@example.org"]
    assert "/p/all/" not in emails["nobody@example.org"]


@pytest.mark.database("sqlite")
@pytest.mark.parametrize("how", [{"json": 5}, {"json": {"email": 5}}, {"data": {"email": (BytesIO(b"x"), "a.txt")}}])
def test_what_is_no_form_is_read_as_an_empty_one(client: FlaskClient, engine: Engine, how: dict[str, Any]) -> None:
    assert client.post("/en/p/", **how).status_code == HTTPStatus.UNPROCESSABLE_ENTITY


def test_few_links_are_sent_to_one_mailbox(client: FlaskClient, engine: Engine) -> None:
    for _ in range(8):
        ask_for_links(client, "Nobody+x@example.org")
        engine.clock.advance(minutes=7)
    engine.work()
    assert len(engine.mailer.sent) <= 4


@pytest.mark.database("sqlite")
def test_few_links_are_sent_at_the_request_of_one_network(engine: Engine) -> None:
    """Many typed addresses send no mailbox more than a few emails an hour, and the page does not say so."""
    for number in range(MAX_CODES_OF_AN_ADDRESS + 2):
        request = LinkRequest(email=f"{number}@example.org", language="en", campaign="quilt", address="198.51.100.7")
        request_links(request, clock=engine.clock, secret="secret")
    with reading() as session:
        queued = session.execute(select(func.count()).where(Message.kind == "pledge_links")).scalar_one()
    assert queued == MAX_CODES_OF_AN_ADDRESS


def test_a_slip_in_the_address_is_pointed_out(client: FlaskClient, engine: Engine) -> None:
    answer = client.post("/en/p/", data={"email": "nobody"})
    assert answer.status_code == 422
    assert BeautifulSoup(answer.text, "html.parser").find("input", {"name": "email"})["value"] == "nobody"  # type: ignore[index]


@pytest.mark.database("sqlite")
def test_another_language_keeps_the_typed_address_and_sends_nothing(client: FlaskClient, engine: Engine) -> None:
    button = fetch_address(client, "/en/p/").one("button[form=links][value=ru]")
    answer = client.post(str(button["formaction"]), data={"email": "aida@exam", "to_language": "ru"})
    page = Page(answer)
    assert (answer.status_code, page.one("html")["lang"], page.one("#email")["value"]) == (200, "ru", "aida@exam")
    assert not page.soup.select(".error-summary")
    assert not engine.mailer.sent


def test_one_page_shows_all_monthly_gifts_of_the_mailbox(client: FlaskClient, engine: Engine) -> None:
    for _ in range(2):
        begin_pledge(engine)
    ask_for_links(client, DONOR.upper())
    address = link_in(engine)
    page = fetch_address(client, address)
    assert len(page.texts("section h2 .money")) == 2
    gift = page.soup.find_all("a", string="Open this gift")[1]
    assert client.get(str(gift["href"])).status_code == 200
    assert "Aida" not in page.text("main")
    engine.clock.advance(hours=25)
    assert client.get(address).status_code == 404


def test_a_new_card_is_entered_once_for_all_gifts(client: FlaskClient, engine: Engine) -> None:
    names = [begin_pledge(engine), begin_pledge(engine)]
    ask_for_links(client, DONOR)
    address = link_in(engine)
    pledges = engine.payments.pledges
    pledges.new_card = CardOnFile(brand="Visa", last4="1881", expires_on=date(2031, 1, 31), id="pm_new")
    gone = client.post(f"{address}/card")
    assert gone.headers["Location"] == f"https://billing.example/{pledge_of(names[0]).customer_id}"
    back = str(pledges.requests[-1][1]).removeprefix("http://127.0.0.1:8000")
    assert "it will be charged for all these gifts from now on" in fetch_address(client, back).text("main")
    engine.work()
    main = fetch_address(client, address).text("main")
    assert main.count("Visa •••• 1881") == 2
    assert "4242" not in main
    card_mails = [email for email in engine.mailer.sent if "1881" in email.text]
    assert len(card_mails) == 2  # each change is confirmed


def test_a_gift_with_a_payment_due_gets_its_new_card_alone(client: FlaskClient, engine: Engine) -> None:
    names = [begin_pledge(engine), begin_pledge(engine)]
    engine.payments.pledges.refuse(names[0])
    engine.tell("customer.subscription.updated", names[0])
    engine.work()
    ask_for_links(client, DONOR)
    page = fetch_address(client, link_in(engine))
    assert "A payment is due." in page.text("section[aria-labelledby=gift-1]")
    assert not page.soup.select("section[aria-labelledby=gift-2] form")
    gone = page.submit(client, "form:has([name=pledge])")
    assert gone.headers["Location"] == f"https://billing.example/{pledge_of(names[0]).customer_id}"


def test_a_card_that_could_not_be_used_is_reported_at_its_gift(client: FlaskClient, engine: Engine) -> None:
    for _ in range(2):
        begin_pledge(engine)
    ask_for_links(client, DONOR)
    address = link_in(engine)
    engine.payments.pledges.new_card = CardOnFile(brand="Visa", last4="1881", expires_on=date(2031, 1, 31))
    client.post(f"{address}/card")
    fetch_address(client, str(engine.payments.pledges.requests[-1][1]).removeprefix("http://127.0.0.1:8000"))
    engine.work()
    page = fetch_address(client, address)
    assert "The new card could not be used for this gift." in page.text("section[aria-labelledby=gift-2]")
    assert page.soup.select("section[aria-labelledby=gift-2] form [name=pledge]")


def test_staff_send_the_donor_a_new_link(engine: Engine) -> None:
    pledge = pledge_of(begin_pledge(engine))
    engine.work()
    staff = sign_in_as(engine.app, engine.clock, role="finance").client
    address = f"/staff/pledges/{pledge.public_id}"
    token = token_of(staff)
    staff.post(f"{address}/links", data={"csrf_token": token})
    assert staff.post(f"{address}/send-link", data={"csrf_token": token}).status_code == 303
    assert "A new link is on its way to the donor." in staff.get(address).text
    engine.work()
    email = engine.mailer.sent[-1]
    assert (email.recipient, email.subject) == (DONOR, "Test: A new link to your monthly gift")
    link = re.findall(r"http://\S+(/en/p/\S+)", email.text)[0]
    assert engine.app.test_client().get(link).status_code == 200


def test_a_viewer_sends_no_link(engine: Engine) -> None:
    pledge = pledge_of(begin_pledge(engine))
    staff = sign_in_as(engine.app, engine.clock, role="viewer").client
    token = token_of(staff)
    assert staff.post(f"/staff/pledges/{pledge.public_id}/send-link", data={"csrf_token": token}).status_code == 403


def test_a_link_to_all_gifts_does_not_outlive_the_withdrawal_of_one(client: FlaskClient, engine: Engine) -> None:
    names = [begin_pledge(engine), begin_pledge(engine)]
    ask_for_links(client, DONOR)
    address = link_in(engine)
    staff = sign_in_as(engine.app, engine.clock, role="finance").client
    token = token_of(staff)
    for left, name in ((1, names[0]), (0, names[1])):
        engine.clock.advance(minutes=1)
        staff.post(f"/staff/pledges/{pledge_of(name).public_id}/links", data={"csrf_token": token})
        answer = client.get(address)
        assert len(BeautifulSoup(answer.text, "html.parser").find_all("a", string="Open this gift")) == left
    assert answer.status_code == 404
    assert client.post(f"{address}/card").status_code == 404
    engine.clock.advance(minutes=20)
    ask_for_links(client, DONOR)
    assert client.get(link_in(engine)).status_code == 200


def test_requests_for_a_link_are_deleted_after_some_days(client: FlaskClient, engine: Engine) -> None:
    ask_for_links(client, "nobody@example.org")
    engine.work()
    engine.clock.advance(days=3)
    watch(clock=engine.clock)
    with reading() as session:
        assert session.execute(select(Message.recipient).where(Message.kind == "pledge_links")).all() == []
