"""This and the last fiscal year are periods of lists, files and the dashboard, by the organisation's month and days."""

import pytest
from flask import Flask

from campaign.models.campaign import Campaign
from campaign.services.organisation.profile import OrganisationProfile, save_organisation
from tests.blueprints.admin.client import sign_in_as
from tests.support.builders import NOW, a_paid_gift
from tests.support.fakes import SettableClock
from tests.support.pages import fetch_address

pytestmark = pytest.mark.database("sqlite")
YEAR_BEFORE = "since=2026-04-01&until=2027-03-31"


@pytest.fixture
def new_year(app: Flask, clock: SettableClock, campaign: Campaign) -> Campaign:
    """In Bishkek the first of April 2027 has begun, and in UTC it is the last of March."""
    profile = OrganisationProfile(legal_name={"en": "Library"}, time_zone="Asia/Bishkek", fiscal_month=4)
    save_organisation(profile, actor_id=None, clock=clock)
    a_paid_gift(campaign=campaign, at=NOW)
    clock.advance(days=120, hours=11)
    return campaign


def test_lists_and_their_files_have_the_fiscal_year(app: Flask, clock: SettableClock, new_year: Campaign) -> None:
    finance = sign_in_as(app, clock, role="finance").client
    for path in ("donations?state=paid", "receipts", "ledger"):
        page = fetch_address(finance, f"/staff/{path}")
        assert "since=2027-04-01&until=2028-03-31" in page.link("This fiscal year")
        chosen = fetch_address(finance, page.link("Last fiscal year"))
        assert chosen.one('main [aria-current="true"]').text == "Last fiscal year"
        assert (chosen.one("#since")["value"], chosen.one("#until")["value"]) == ("2026-04-01", "2027-03-31")
        assert any(YEAR_BEFORE in str(link["href"]) for link in chosen.soup.select("main a[download]")), path
    assert "state=paid" in fetch_address(finance, "/staff/donations?state=paid").link("This fiscal year")
    links = fetch_address(finance, "/staff/reconciliation").soup.select("a[download]")
    assert any(YEAR_BEFORE in str(link["href"]) for link in links)


def test_the_dashboard_compares_a_fiscal_year(app: Flask, clock: SettableClock, new_year: Campaign) -> None:
    client = sign_in_as(app, clock, role="campaign").client
    page = fetch_address(client, "/staff/progress")
    last = fetch_address(client, "/staff/progress" + page.link("Last fiscal year").partition("#")[0])
    assert [item.text for item in last.soup.select('#compared ~ nav [aria-current="true"]')] == ["Last fiscal year"]
    assert (last.one("#since")["value"], last.one("#until")["value"]) == ("2026-04-01", "2027-03-31")
    this = fetch_address(client, "/staff/progress?days=this-fiscal-year")
    assert (this.one("#since")["value"], this.one("#until")["value"]) == ("2027-04-01", "2027-04-01")
