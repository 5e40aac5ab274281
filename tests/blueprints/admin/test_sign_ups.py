"""Campaign staff open the sign-up of an event and see who signed up."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign.models.campaign import Campaign
from tests.blueprints.admin.client import sign_in_as
from tests.support.builders import a_fund
from tests.support.events import an_event, change, someone
from tests.support.fakes import SettableClock
from tests.support.pages import Page, fetch_address

pytestmark = pytest.mark.database("sqlite")


@pytest.fixture
def staff(app: Flask, clock: SettableClock, campaign: Campaign) -> FlaskClient:
    return sign_in_as(app, clock, role="campaign").client


def settings(public_id: str) -> str:
    return f"/staff/plan/{public_id}/sign-ups"


def test_the_sign_up_of_an_event_is_opened(
    staff: FlaskClient, client: FlaskClient, campaign: Campaign, clock: SettableClock
) -> None:
    fund = an_event(campaign, takes_sign_ups=False)
    plan = fetch_address(staff, f"/staff/plan/{fund.public_id}")
    page = fetch_address(staff, plan.link("Sign-ups"))
    assert "Sign-up for this event is not open." in page.text()
    assert "Nobody has signed up yet." in page.text()
    form = f'form[action="{settings(fund.public_id)}"]'
    late = Page(page.submit(staff, form, is_offered="yes", until="2026-12-05T10:01"))
    assert late.texts(".error-summary a") == ["Enter a moment before the event begins."]
    assert page.submit(staff, form, is_offered="yes", until="2026-12-04T20:00").status_code == 303
    assert "People can sign up now." in fetch_address(staff, settings(fund.public_id)).text()
    public = fetch_address(client, f"/en/events/{fund.public_id}/sign-up")
    assert "Sign-up is open until December 4, 2026, 20:00 UTC" in public.text().replace("\xa0", " ")
    someone(fund, clock=clock, access_needs="A ramp", phone="0555 123456")
    change(fund, capacity=0)
    text = fetch_address(staff, settings(fund.public_id)).text()
    assert "1 person more has a place than there are places. Nobody was removed" in text
    assert "Aida Needs: A ramp Has a place 1 aida@example.org 0555 123456" in text


def test_an_event_without_times_takes_no_sign_ups(staff: FlaskClient, campaign: Campaign) -> None:
    fund = a_fund(campaign=campaign, code="EVENT-1", kind="event")
    page = fetch_address(staff, settings(fund.public_id))
    refused = Page(page.submit(staff, f'form[action="{settings(fund.public_id)}"]', is_offered="yes"))
    assert refused.texts(".error-summary a") == [
        "Enter when the event begins and ends on the plan, then open the sign-up."
    ]
    theme = a_fund(campaign=campaign)
    assert staff.get(settings(theme.public_id)).status_code == 404


def test_finance_sees_no_names_of_guests(app: Flask, clock: SettableClock, campaign: Campaign) -> None:
    fund = an_event(campaign)
    assert sign_in_as(app, clock, role="finance").client.get(settings(fund.public_id)).status_code == 403
