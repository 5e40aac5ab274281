"""With a live key and no fire drill of this version, the site accepts no card gifts, and staff see the reason."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaign.gateways.clock import SystemClock
from campaign.models.donation import Donation
from campaign.services.drill.record import waive
from tests.blueprints.admin.client import sign_in_as
from tests.support.builders import a_campaign
from tests.support.fakes import FakePayments, SettableClock
from tests.support.pages import Page, fetch, fetch_address

FORM = "form[data-give]"
OFF = "Card gifts are switched off"


@pytest.fixture(autouse=True)
def _live(app: Flask, payments: FakePayments) -> None:  # the database of the app
    a_campaign()
    payments.mode = "live"


def waived() -> None:
    waive("it was drilled on the machine beside this one", clock=SystemClock())


def test_without_a_drill_the_form_says_that_no_cards_are_accepted(client: FlaskClient) -> None:
    page = fetch_address(client, "/en/donate")
    assert "Card payments are not set up here yet." in page.text("main")
    assert not page.soup.select(FORM)


def test_without_a_drill_no_page_offers_to_give(client: FlaskClient) -> None:
    assert not fetch_address(client, "/en/transparency").soup.select(".site-header .button")


def test_with_a_drill_gifts_are_accepted(client: FlaskClient) -> None:
    waived()
    assert fetch_address(client, "/en/donate").soup.select(FORM)
    assert fetch_address(client, "/en/transparency").soup.select(".site-header .button")


def test_a_form_that_was_open_before_starts_no_gift(
    client: FlaskClient, clock: SettableClock, payments: FakePayments, session: Session
) -> None:
    payments.mode = "sandbox"
    page = fetch_address(client, "/en/donate")
    clock.advance(seconds=10)
    payments.mode = "live"
    answer = page.submit(client, FORM, amount="25", email="a@example.org")
    assert answer.status_code == 503
    assert "a@example.org" in Page(answer).one("#email")["value"]
    assert session.execute(select(func.count(Donation.id))).scalar_one() == 0


def test_staff_see_the_reason_until_the_drill_is_passed_or_waived(app: Flask, clock: SettableClock) -> None:
    staff = sign_in_as(app, clock, role="finance").client
    assert OFF in fetch(staff, "admin.overview").text("main")
    waived()
    assert OFF not in fetch(staff, "admin.overview").text("main")
