"""The form counts who opens it: browsers, once for each form, and neither programs nor staff."""

import sqlite3
from contextlib import closing
from time import monotonic
from types import SimpleNamespace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.models.campaign import Campaign
from campaign.models.form_view import FormViews
from tests.blueprints.admin.client import sign_in_as
from tests.support.builders import a_campaign
from tests.support.fakes import SettableClock
from tests.support.pages import Page

pytestmark = pytest.mark.database("sqlite")
GIVE = "campaign.blueprints.donations.give"
BROWSER = {"User-Agent": "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36"}


@pytest.fixture
def campaign(app: Flask) -> Campaign:
    return a_campaign()


def views(session: Session) -> dict[str, int]:
    counted = {row.language: row.views for row in session.execute(select(FormViews.language, FormViews.views))}
    session.rollback()
    return counted


def test_a_browser_that_opens_the_form_is_counted(client: FlaskClient, campaign: Campaign, session: Session) -> None:
    for address in ("/en/donate", "/en/donate?amount=25", "/ky/donate"):
        assert client.get(address, headers=BROWSER).status_code == 200
    assert views(session) == {"en": 2, "ky": 1}


def test_what_is_no_new_form_is_not_counted(client: FlaskClient, campaign: Campaign, session: Session) -> None:
    page = Page(client.get("/en/donate", headers=BROWSER))
    values = page.filled("form[data-give]")
    again = client.post("/ru/donate", data={**values, "to_language": "ru"}, headers=BROWSER)
    client.get(again.headers["Location"], headers=BROWSER)
    client.head("/en/donate", headers=BROWSER)
    client.get("/en/donate", headers={**BROWSER, "Sec-Purpose": "prefetch;prerender"})
    assert views(session) == {"en": 1}


def test_staff_who_are_signed_in_are_not_counted(
    app: Flask, clock: SettableClock, campaign: Campaign, session: Session
) -> None:
    sign_in_as(app, clock, role="viewer").client.get("/en/donate", headers=BROWSER)
    assert views(session) == {}


def test_a_busy_database_loses_the_count_and_delays_nobody(
    app: Flask, client: FlaskClient, campaign: Campaign, session: Session
) -> None:
    path = app.config["KURAK"].database_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        begun = monotonic()
        assert client.get("/en/donate", headers=BROWSER).status_code == 200
        assert monotonic() - begun < 3  # it was the 5 seconds for which a writer waits
        other.execute("ROLLBACK")
    client.get("/en/donate", headers=BROWSER)
    assert views(session) == {"en": 1}


def test_one_address_does_not_inflate_the_number(
    client: FlaskClient, campaign: Campaign, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = FixedWindowRateLimiter(MemoryStorage())
    monkeypatch.setattr(f"{GIVE}.limiter", SimpleNamespace(enabled=True, limiter=limits))
    monkeypatch.setattr(f"{GIVE}.COUNTED_VIEWS", RateLimitItemPerMinute(2, 5))
    for address in ("203.0.113.7", "203.0.113.7", "203.0.113.7", "2001:db8::1", "2001:db8::2", "2001:db8::3"):
        assert client.get("/en/donate", headers=BROWSER, environ_base={"REMOTE_ADDR": address}).status_code == 200
    assert views(session) == {"en": 4}
