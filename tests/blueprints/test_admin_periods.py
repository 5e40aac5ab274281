"""Periods in addresses of the desk: what cannot be read is refused, and what is empty says so."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign.models.campaign import Campaign
from tests.blueprints.admin_desk import sit_down
from tests.builders import a_campaign
from tests.fakes import SettableClock
from tests.pages import fetch_address


@pytest.fixture
def campaign(app: Flask) -> Campaign:
    return a_campaign()


@pytest.fixture
def finance(app: Flask, clock: SettableClock) -> FlaskClient:
    return sit_down(app, clock, role="finance").client


@pytest.mark.parametrize("period", ["since=2026-13-45", "until=yesterday", "since=2026-12-02&until=2026-12-01"])
@pytest.mark.parametrize("place", ["donations/file", "receipts/register", "ledger/journal", "payouts/register"])
@pytest.mark.database("sqlite")
def test_a_file_of_days_that_do_not_exist_is_refused(
    campaign: Campaign, finance: FlaskClient, place: str, period: str
) -> None:
    """What was not understood is never left out: whoever asked for one month would have got all of them."""
    page = fetch_address(finance, f"/staff/{place}.csv?{period}", status=422)
    assert "A filter in this address cannot be read" in page.text("h1")


@pytest.mark.database("sqlite")
def test_a_file_of_a_period_without_gifts_says_so(campaign: Campaign, finance: FlaskClient) -> None:
    table = finance.get("/staff/donations/file.csv?since=2020-01-01&until=2020-01-31", buffered=True).text
    assert table.splitlines()[-1].strip(',"') == "Nothing fits this period and these filters."
    assert finance.get("/staff/receipts/period.zip?since=2020-01-01&until=2020-01-31").status_code == 303
