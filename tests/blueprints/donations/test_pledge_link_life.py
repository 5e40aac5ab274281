"""How long the link to a monthly gift works: some 400 days, and the newest email's as long as the gift runs."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from campaign.database import reading, transaction
from campaign.domain.pledge import Act
from campaign.models.outbox import Message
from campaign.models.pledge import Pledge
from campaign.services.mail.delivery import preview
from campaign.services.pledges import mails
from campaign.services.pledges.links import PledgeLink, sign
from tests.services.engine import Engine
from tests.services.pledges.steps import begin_pledge, pledge_of
from tests.support.fakes import FakePayments, RecordingMailer, SettableClock
from tests.support.pages import Page

pytestmark = pytest.mark.database("sqlite")


@pytest.fixture
def engine(app: Flask, payments: FakePayments, mailer: RecordingMailer, clock: SettableClock) -> Engine:
    return Engine.started(app, payments, mailer, clock)


def newest_link(engine: Engine) -> str:
    """The path in the newest email with a link."""
    engine.work()
    texts = [email.text for email in engine.mailer.sent]
    return str([link for text in texts for link in re.findall(r"http://\S+?(/en/p/[^/\s]+)\s", text)][-1])


def mail_news(engine: Engine, name: str) -> str:
    """Write another email about the gift, and return the link in it."""
    with transaction() as session:
        pledge = session.execute(select(Pledge).where(Pledge.subscription_id == name)).scalar_one()
        news = mails.PledgeNews(kind="pledge_link", key=f"{engine.clock.now():%Y%m%d%H%M%S}", facts={})
        mails.tell(session, pledge, news, at=engine.clock.now())
    return newest_link(engine)


def test_an_expired_link_is_refused_everywhere_and_offers_a_new_one(client: FlaskClient, engine: Engine) -> None:
    name = begin_pledge(engine)
    old = newest_link(engine)
    engine.clock.advance(days=100)
    newer = mail_news(engine, name)
    assert old != newer
    engine.clock.advance(days=299)
    assert client.get(old).status_code == 200
    engine.clock.advance(days=2)
    refused = [client.get(old), client.post(old), client.get(f"{old}/receipt/WCL-2026-000001")]
    refused += [client.post(f"{old}/{act.value}") for act in Act] + [client.post(f"{old}/receipts")]
    assert {answer.status_code for answer in refused} == {404}
    assert Page(refused[0]).text("h1") == "This link doesn’t work any more"
    assert Page(refused[0]).one("main a[href='/en/p/']").get_text() == "Send me a new link"
    assert pledge_of(name).state == "active"
    assert client.get(newer).status_code == 200


def test_the_newest_link_works_while_the_gift_runs_and_expires_after_its_end(
    client: FlaskClient, engine: Engine
) -> None:
    name = begin_pledge(engine)
    link = newest_link(engine)
    engine.clock.advance(days=3000)
    assert client.get(link).status_code == 200
    ended_at = engine.clock.now() - timedelta(days=900)
    with transaction() as session:
        session.execute(update(Pledge).where(Pledge.subscription_id == name).values(state="stopped", ended_at=ended_at))
    assert client.get(link).status_code == 404


def test_a_link_without_a_date_counts_from_the_start_of_the_gift(client: FlaskClient, engine: Engine) -> None:
    pledge = pledge_of(begin_pledge(engine))
    undated = f"/en/p/{sign(PledgeLink(pledge.public_id, pledge.link_version))}"
    engine.clock.advance(days=399)
    assert client.get(undated).status_code == 200
    engine.clock.advance(days=2)
    assert client.get(undated).status_code == 404


def test_an_email_that_is_rendered_again_brings_the_same_link(engine: Engine) -> None:
    begin_pledge(engine)
    link = newest_link(engine)
    engine.clock.advance(days=50)
    with reading() as session:
        public_id = session.execute(select(Message.public_id).where(Message.kind == "receipt")).scalar_one()
    assert f"{link}\n" in preview(public_id, context=replace(engine.context, public_url="http://localhost")).text


def test_a_link_from_the_page_of_all_gifts_is_as_old_as_the_email_to_that_page(
    client: FlaskClient, engine: Engine
) -> None:
    begin_pledge(engine)
    engine.work()
    client.post("/en/p/", data={"email": "donor@example.org"})
    engine.work()
    address = re.findall(r"http://\S+(/en/p/all/\S+)", engine.mailer.sent[-1].text)[0]
    first = Page(client.get(address)).one("a:-soup-contains('Open this gift')")["href"]
    engine.clock.advance(hours=23)
    assert Page(client.get(address)).one("a:-soup-contains('Open this gift')")["href"] == first
