"""News by email: an address is confirmed by its reader, who leaves by one click; the answer tells nobody what is known."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.domain.news import SubscriberState
from campaign.models.campaign import Campaign
from campaign.models.news import Subscriber
from campaign.models.outbox import Message
from campaign.services.mail.delivery import preview
from campaign.services.news.links import sign_leave
from campaign.services.news.subscriptions import CONSENT_VERSION
from campaign.services.privacy import retention
from tests.blueprints.admin.client import sign_in_as
from tests.support.builders import a_campaign
from tests.support.fakes import SettableClock
from tests.support.pages import Page, fetch, fetch_address

pytestmark = pytest.mark.database("sqlite")
FORM = "form.news-form"


@pytest.fixture
def campaign(app: Flask) -> Campaign:
    return a_campaign()


def subscribe(client: FlaskClient, email: str = "aida@example.org", *, page: str = "/en/updates/") -> str:
    """What the answer says."""
    answer = fetch_address(client, page).submit(client, FORM, email=email, language="ky")
    return fetch_address(client, answer.headers["Location"]).text("main")


def confirm_link(app: Flask, session: Session) -> str:
    """The path of the link in the newest email."""
    session.rollback()
    public_id = session.execute(select(Message.public_id).order_by(Message.id.desc()).limit(1)).scalar_one()
    text = preview(public_id, context=app.extensions["context"]).text
    match = re.search(r"https?://[^/]+(/\S+)", text)
    assert match
    return match[1]


def only_reader(session: Session) -> Subscriber:
    session.rollback()
    return session.execute(select(Subscriber)).scalar_one()


def test_a_reader_confirms_by_a_button_and_leaves_by_one_click(
    app: Flask, client: FlaskClient, campaign: Campaign, session: Session, clock: SettableClock
) -> None:
    first = subscribe(client, page="/en/")
    clock.advance(hours=1)
    assert subscribe(client, "AIDA@example.org") == first  # twice is one row, and the same answer
    row = only_reader(session)
    assert (row.state, row.source, row.confirmed_at) == (SubscriberState.WAITING, "campaign", None)
    path = confirm_link(app, session)
    assert path.startswith("/ky/")
    page = fetch_address(client, path)
    assert only_reader(session).state == SubscriberState.WAITING  # whoever only looks confirms nothing
    assert page.submit(client).status_code == 200
    row = only_reader(session)
    assert (row.state, row.language, row.confirmed_at) == (SubscriberState.CONFIRMED, "ky", clock.now())
    assert (row.source, row.consent_version) == ("updates", CONSENT_VERSION)
    leave = f"/ky/updates/leave/{sign_leave(row.public_id)}"
    assert fetch_address(client, leave).one("form button")
    assert only_reader(session).state == SubscriberState.CONFIRMED
    one_click = client.post(leave, data={"List-Unsubscribe": "One-Click"})
    assert one_click.status_code == 200
    assert only_reader(session).state == SubscriberState.LEFT
    assert client.get(path).status_code == 410  # an older link to confirm does not bring them back
    Page(one_click).submit(client)
    assert only_reader(session).state == SubscriberState.CONFIRMED


def test_a_link_expires_and_a_foreign_one_is_refused(
    app: Flask, client: FlaskClient, campaign: Campaign, session: Session, clock: SettableClock
) -> None:
    subscribe(client)
    path = confirm_link(app, session)
    assert client.get(path[:-1]).status_code == 404
    assert client.get(path.replace("/email/", "/leave/")).status_code == 404
    clock.advance(days=8)
    assert client.post(path).status_code == 410
    assert only_reader(session).state == SubscriberState.WAITING


def test_a_mailbox_is_not_flooded(
    client: FlaskClient, campaign: Campaign, session: Session, clock: SettableClock
) -> None:
    for alias in "abc":
        subscribe(client, f"aida+{alias}@gmail.com")
    assert only_reader(session).email == "aida+a@gmail.com"  # spellings of one mailbox fill no table
    clock.advance(hours=1)
    for _ in range(8):
        subscribe(client)
        clock.advance(minutes=16)
    hour = clock.now() - timedelta(minutes=128)
    sent = session.execute(select(Message.created_at).where(Message.created_at >= hour)).scalars().all()
    assert max(sum(one <= other < one + timedelta(hours=1) for other in sent) for one in sent) <= 4
    answer = fetch(client, "public.news_form", lang="ru").submit(client, FORM, email="айда@")
    assert answer.status_code == 422
    assert Page(answer).one("#news-email")["value"] == "айда@"


def test_addresses_are_forgotten_and_staff_see_counts_alone(
    app: Flask, client: FlaskClient, campaign: Campaign, session: Session, clock: SettableClock
) -> None:
    for email in ("waiting@example.org", "left@example.org"):
        subscribe(client, email)
    client.post(confirm_link(app, session))
    staff = sign_in_as(app, clock, role="campaign").client
    page = fetch(staff, "admin.readers")
    assert page.texts("tbody tr") == ["Кыргызча 1 1 0"]
    assert page.submit(staff, email="left@example.org").status_code == 303
    assert Page(page.submit(staff, email="left@example.org")).texts(".field-error")
    clock.advance(days=31)
    retention.run(retention.rules_for({}), clock=clock)
    row = only_reader(session)
    assert (row.state, row.email, row.email_key) == (SubscriberState.LEFT, None, None)
    assert client.post(f"/en/updates/return/{sign_leave(row.public_id)}").status_code == 410
