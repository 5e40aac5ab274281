"""The set-up page: the first administrator lands on it, and it leads to the page of each step."""

import pytest
from flask import Flask

from campaign.services.organisation.profile import save_organisation
from tests.blueprints.admin.client import sign_in_as
from tests.services.organisation.test_setup import COMPLETE
from tests.support.builders import a_campaign
from tests.support.fakes import SettableClock
from tests.support.pages import fetch_address

pytestmark = pytest.mark.database("sqlite")


def test_the_first_administrator_lands_on_it_and_continues_where_something_is_missing(
    app: Flask, clock: SettableClock
) -> None:
    admin = sign_in_as(app, clock, role="admin").client
    assert admin.get("/staff/").location == "/staff/setup"
    page = fetch_address(admin, "/staff/setup")
    assert page.texts(".setup h2") == ["Organisation", "First campaign", "Payments", "Email", "People"]
    assert page.text("main strong") == "0 of 5 steps are done"
    assert page.link("Enter the organisation") == "/staff/organisation"
    save_organisation(COMPLETE, actor_id=None, clock=clock)
    page = fetch_address(admin, "/staff/setup")
    assert page.texts("#organisation .tag") == ["Done"]
    assert page.text("main strong") == "1 of 5 steps are done"


def test_with_a_campaign_the_first_page_is_the_usual_one(app: Flask, clock: SettableClock) -> None:
    a_campaign(stage="draft")
    admin = sign_in_as(app, clock, role="admin").client
    assert admin.get("/staff/").status_code == 200
    assert fetch_address(admin, "/staff/setup").link("Go to the campaign") == "/staff/campaigns"


def test_only_administrators_of_the_installation_open_it(app: Flask, clock: SettableClock) -> None:
    own = a_campaign()
    for role, campaign in (("finance", None), ("campaign", None), ("admin", own)):
        client = sign_in_as(app, clock, role=role, campaign=campaign).client
        assert client.get("/staff/setup").status_code == 403


def test_an_administrator_takes_the_role_that_writes_texts(app: Flask, clock: SettableClock) -> None:
    a_campaign(stage="draft")
    admin = sign_in_as(app, clock, role="admin").client
    assert admin.get("/staff/texts").status_code == 403
    page = fetch_address(admin, "/staff/setup")
    taken = fetch_address(admin, page.submit(admin, "form[action$='/campaign-role']", role="campaign").location)
    assert "You have the role “Campaign” now" in taken.text(".notice")
    assert not taken.soup.select("form[action$='/campaign-role']")
    assert (
        page.submit(admin, "form[action$='/campaign-role']", role="campaign").status_code == 303
    )  # once more changes nothing
    assert fetch_address(admin, "/staff/texts").h1 == "Texts"
    trail = fetch_address(admin, "/staff/audit").texts("tbody tr")
    assert sum("role" in row.lower() for row in trail) == 1
