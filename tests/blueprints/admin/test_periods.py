"""Periods and filters in addresses of staff pages: invalid ones are refused, and an empty result says so."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from campaign.domain.donation import DonationState
from campaign.models.campaign import Campaign
from tests.support.builders import NOW, a_donation, a_donor, a_paid_gift
from tests.support.pages import fetch, fetch_address


@pytest.mark.parametrize("period", ["since=2026-13-45", "until=yesterday", "since=2026-12-02&until=2026-12-01"])
@pytest.mark.parametrize("place", ["donations/file", "receipts/register", "ledger/journal", "payouts/register"])
@pytest.mark.database("sqlite")
def test_a_file_of_days_that_do_not_exist_is_refused(
    campaign: Campaign, finance: FlaskClient, place: str, period: str
) -> None:
    """An invalid filter is never ignored: the file of one month would have the gifts of all months."""
    page = fetch_address(finance, f"/staff/{place}.csv?{period}", status=422)
    assert "A filter in this address cannot be read" in page.text("h1")


@pytest.mark.parametrize(
    "address",
    [
        *(f"donations?{name}=zzz" for name in ("state", "currency", "language", "frequency", "fund")),
        "donations/file.csv?fund=zzz",
        "receipts/register.csv?state=zzz",
        "ledger/journal.csv?kind=zzz",
        "allocations/file.csv?state=zzz",
        "mails?state=zzz",
        "pledges?state=zzz",
        "inbox?state=zzz",
        "inbox?age=zzz",
    ],
)
@pytest.mark.database("sqlite")
def test_a_filter_that_the_page_does_not_offer_is_refused(
    campaign: Campaign, finance: FlaskClient, address: str
) -> None:
    """It was left out, so everything looked like the answer."""
    page = fetch_address(finance, f"/staff/{address}", status=422)
    assert "A filter in this address cannot be read" in page.text("h1")


@pytest.mark.database("sqlite")
def test_a_file_of_a_period_without_gifts_says_so(campaign: Campaign, finance: FlaskClient) -> None:
    table = finance.get("/staff/donations/file.csv?since=2020-01-01&until=2020-01-31", buffered=True).text
    assert table.splitlines()[-1].strip(',"') == "Nothing fits this period and these filters."
    assert finance.get("/staff/receipts/period.zip?since=2020-01-01&until=2020-01-31").status_code == 303


@pytest.mark.database("sqlite")
def test_a_gift_that_is_not_paid_shows_the_address_that_was_typed(campaign: Campaign, finance: FlaskClient) -> None:
    """The list showed it, the gift's own page said `not given`."""
    typed = {"customer_email": "typed@example.org"}
    gift = a_donation(campaign=campaign, state=DonationState.PROCESSING, checkout_params=typed)
    assert "typed@example.org" in fetch(finance, "admin.donation", public_id=gift.public_id).text("main")


@pytest.mark.database("sqlite")
def test_a_corrected_receipt_stays_in_the_month_of_its_gift(campaign: Campaign, finance: FlaskClient) -> None:
    """The register went by the day of issue, so a later correction took the gift out of its month."""
    gift = a_paid_gift(campaign=campaign, at=NOW - timedelta(days=2), donor_id=a_donor().id)
    form = fetch(finance, "admin.correction", public_id=gift.public_id)
    assert form.submit(finance, receipt_name="Another name", reason="Typo").status_code == 303
    months = {
        period: finance.get(f"/staff/receipts/register.csv?{period}", buffered=True).text.count(gift.public_id)
        for period in ("since=2026-11-01&until=2026-11-30", "since=2026-12-01&until=2026-12-31")
    }
    assert list(months.values()) == [2, 0]
