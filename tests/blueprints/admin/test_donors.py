"""Staff pages of donors: the list with its filters and sums, its file, and the page of one donor."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from campaign.domain.identity import new_public_id
from campaign.domain.money import Money
from campaign.extensions import db
from campaign.models.campaign import Campaign
from campaign.models.donor import Donor
from campaign.models.staff import AuditEvent
from tests.blueprints.admin.client import sign_in_as
from tests.support.builders import NOW, a_campaign, a_donor, a_fund, a_paid_gift, usd
from tests.support.fakes import SettableClock
from tests.support.pages import fetch, fetch_address

pytestmark = pytest.mark.database("sqlite")
Donors = dict[str, Donor]


@pytest.fixture
def staff(app: Flask, clock: SettableClock) -> FlaskClient:
    return sign_in_as(app, clock, role="campaign").client


@pytest.fixture
def donors(campaign: Campaign) -> Donors:
    """Айгүл gave twice, 200 days ago and now, in two currencies; Bermet once, 100 days ago, for events; Chyngyz now."""
    people = {name: a_donor(email=f"{name}@example.org") for name in ("aigul", "bermet", "chyngyz")}
    theme = a_fund(campaign=campaign)
    ids = {name: donor.id for name, donor in people.items()}
    a_paid_gift(
        campaign=campaign, donor_id=ids["aigul"], payer_name="Айгүл", language="ky", at=NOW - timedelta(days=200)
    )
    a_paid_gift(
        campaign=campaign, fund=theme, donor_id=ids["bermet"], payer_name="Bermet", at=NOW - timedelta(days=100)
    )
    a_paid_gift(campaign=campaign, donor_id=ids["chyngyz"], payer_name="Чынгыз", gift=usd(300_00), frequency="monthly")
    a_paid_gift(campaign=campaign, donor_id=ids["aigul"], payer_name="Айгүл А.", gift=Money(100_00, "EUR"))
    return people


def emails_of(client: FlaskClient, **filters: str) -> set[str]:
    """The addresses in the list under these filters, before the @."""
    page = fetch_address(client, f"/staff/donors?{urlencode(filters)}")
    return {text.rsplit(" ", 1)[-1].partition("@")[0] for text in page.texts("tbody th")}


def test_the_list_has_the_latest_giver_first_and_adds_up_each_currency_by_itself(
    donors: Donors, staff: FlaskClient
) -> None:
    page = fetch(staff, "admin.donors")
    assert page.text("[role=status]").startswith("3 donors: €100.00 · $350.00")
    assert [text.split()[0] for text in page.texts("tbody th")] == ["Айгүл", "Чынгыз", "Bermet"]
    assert page.texts("tbody tr:first-child td")[:2] == ["€100.00 · $25.00", "2"]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"text": "AIGUL@example"}, {"aigul"}),
        ({"text": "айгул"}, {"aigul"}),
        ({"text": "%"}, set()),
        ({"language": "ky"}, {"aigul"}),
        ({"currency": "EUR"}, {"aigul"}),
        ({"currency": "EUR", "language": "ky"}, set()),
        ({"frequency": "monthly"}, {"chyngyz"}),
        ({"least": "50"}, {"chyngyz"}),
        ({"least": "50", "currency": "EUR"}, {"aigul"}),
        ({"first_until": "2026-09-01"}, {"aigul", "bermet"}),
        ({"last_until": "2026-09-01"}, {"bermet"}),
        ({"last_since": "2026-12-01"}, {"aigul", "chyngyz"}),
        ({"status": "new"}, {"chyngyz"}),
        ({"status": "returning"}, {"aigul"}),
        ({"status": "lapsed"}, {"bermet"}),
        ({"status": "lapsed", "days": "180"}, set()),
    ],
)
def test_each_filter_lists_the_matching_donors(
    donors: Donors, staff: FlaskClient, filters: dict[str, str], expected: set[str]
) -> None:
    assert emails_of(staff, **filters) == expected


def test_days_in_the_wrong_order_are_an_error_beside_their_field(donors: Donors, staff: FlaskClient) -> None:
    page = fetch_address(staff, "/staff/donors?first_since=2026-12-01&first_until=2026-11-01", status=422)
    assert "The last day is before the first one." in page.text(".error-summary")
    fetch_address(staff, "/staff/donors?status=rich", status=422)


def test_the_pages_send_the_same_number_of_queries_for_any_number_of_gifts(
    campaign: Campaign, donors: Donors, staff: FlaskClient
) -> None:
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        statements.append(statement)

    engine: Engine = db.engine
    counts = []
    for gifts in (1, 4):
        for _ in range(gifts):
            a_paid_gift(campaign=campaign, donor_id=donors["aigul"].id)
            a_paid_gift(campaign=campaign, donor_id=a_donor(email=f"{new_public_id()}@example.org").id)
        fetch(staff, "admin.donors")  # what is read once a second is read here
        event.listen(engine, "before_cursor_execute", note)
        fetch(staff, "admin.donors")
        fetch(staff, "admin.donor", public_id=donors["aigul"].public_id)
        event.remove(engine, "before_cursor_execute", note)
        counts.append(len(statements))
        statements.clear()
    assert counts[0] == counts[1]


def test_a_page_of_fifty_leads_to_the_next(
    campaign: Campaign, staff: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("campaign.services.donors.listing.PAGE_ROWS", 2)
    for number in range(3):
        a_paid_gift(campaign=campaign, donor_id=a_donor(email=f"d{number}@example.org").id)
    page = fetch(staff, "admin.donors")
    assert len(page.texts("tbody th")) == 2
    older = fetch_address(staff, page.link("More donors"))
    assert [text.rsplit(" ", 1)[-1] for text in older.texts("tbody th")] == ["d0@example.org"]


def test_the_file_has_a_row_for_each_currency_and_no_formula(
    campaign: Campaign, donors: Donors, staff: FlaskClient, session: Session
) -> None:
    a_paid_gift(campaign=campaign, donor_id=donors["chyngyz"].id, payer_name="=SUM(A1)")
    with staff.get("/staff/donors/file.csv?text=example") as answer:
        text = answer.get_data(as_text=True)
    rows = text.splitlines()
    assert '"=SUM' not in text
    assert sum("aigul@example.org" in row for row in rows) == 2
    assert '"English"' in text
    assert [row for row in rows if row.startswith('"Total')] == [
        '"Total (what was returned is taken off)","","","","","","","","EUR",100.00',
        '"Total (what was returned is taken off)","","","","","","","","USD",375.00',
    ]
    acts = session.execute(select(AuditEvent.action)).scalars().all()
    assert acts == ["donors:download"]


def test_the_page_of_a_donor_has_gifts_names_receipts_and_history(donors: Donors, staff: FlaskClient) -> None:
    page = fetch(staff, "admin.donor", public_id=donors["aigul"].public_id)
    assert page.h1 == "Айгүл А."
    assert page.texts(".kpis dd") == ["€100.00 1 gift, December 1, 2026", "$25.00 1 gift, May 15, 2026"]
    assert len(page.texts("#gifts ~ .table tbody tr")) == 2
    assert len(page.texts("#receipts ~ .table tbody tr")) == 2
    assert page.texts(".timeline strong") == ["Paid €100.00", "Paid $25.00"]
    assert {"Айгүл А.", "Айгүл"} == set(page.texts(".card ul.plain strong"))


def test_corrections_are_offered_to_those_who_may_make_them(donors: Donors, app: Flask, clock: SettableClock) -> None:
    address = f"/staff/donors/{donors['bermet'].public_id}"
    finance = sign_in_as(app, clock, role="finance").client
    approver = sign_in_as(app, clock, role="approver").client
    assert "Correct name or address" in fetch_address(finance, address).text()
    assert "Correct name or address" not in fetch_address(approver, address).text()


def test_a_person_of_one_campaign_sees_only_gifts_to_it(donors: Donors, app: Flask, clock: SettableClock) -> None:
    other = a_campaign(slug="mountain", is_featured=False)
    a_paid_gift(campaign=other, donor_id=donors["aigul"].id, payer_name="Other name", gift=usd(77_00))
    stranger = a_donor(email="stranger@example.org")
    a_paid_gift(campaign=other, donor_id=stranger.id, payer_name="Stranger")
    client = sign_in_as(app, clock, role="campaign", campaign=other).client
    page = fetch(client, "admin.donors")
    assert page.text("[role=status]").startswith("2 donors: $102.00")
    assert "Айгүл" not in page.text()
    assert "€100" not in fetch(client, "admin.donor", public_id=donors["aigul"].public_id).text()
    fetch(client, "admin.donor", public_id=donors["bermet"].public_id, status=404)


def test_whoever_does_not_see_donors_has_no_list_of_them(donors: Donors, app: Flask, clock: SettableClock) -> None:
    viewer = sign_in_as(app, clock, role="viewer").client
    for address in ("/staff/donors", f"/staff/donors/{donors['aigul'].public_id}", "/staff/donors/file.csv"):
        fetch_address(viewer, address, status=403)
