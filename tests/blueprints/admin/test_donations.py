"""Staff pages of gifts: the list with its filters and sums, and the page of one gift."""

import gzip
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.blueprints.admin.gifts import donations as donation_views
from campaign.domain.money import Money
from campaign.models.campaign import Campaign, CampaignRevision
from campaign.models.donation import Donation
from campaign.models.staff import AuditEvent
from tests.blueprints.admin.client import StaffClient, sign_in_as, token_of
from tests.support.builders import a_campaign, a_donation, a_paid_gift
from tests.support.fakes import SettableClock
from tests.support.pages import fetch, fetch_address

pytestmark = pytest.mark.database("sqlite")  # the lists and sums themselves are tried on both


def numbers_of(client: FlaskClient, **filters: str) -> set[str]:
    """Public ids in the list under these filters."""
    page = fetch_address(client, f"/staff/donations?{urlencode(filters)}")
    return set(page.texts("tbody th"))


PAID_OF_THREE = "3 donations, 2 of them paid: €100.00 · $25.00 (refunds not taken off)"


@pytest.mark.database("sqlite", "postgresql")
def test_the_list_counts_and_adds_up_what_is_paid_per_currency(
    three_gifts: dict[str, Donation], finance: FlaskClient
) -> None:
    page = fetch(finance, "admin.donations")
    assert page.text("[role=status]") == PAID_OF_THREE
    assert page.texts("tbody th") == [three_gifts[name].public_id for name in ("open", "bermet", "aigul")]


@pytest.mark.database("sqlite", "postgresql")
def test_sums_of_very_many_gifts_are_computed_on_request(
    three_gifts: dict[str, Donation], finance: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(donation_views, "MAX_SUMMED", len(three_gifts))
    assert fetch(finance, "admin.donations").text("[role=status]") == PAID_OF_THREE
    monkeypatch.setattr(donation_views, "MAX_SUMMED", 2)
    page = fetch(finance, "admin.donations")
    assert page.text("[role=status]") == "More than 2 donations · Count and add up all of them"
    summed = fetch(finance, "admin.donations", sums="all")
    assert summed.text("[role=status]") == PAID_OF_THREE


def test_attempts_that_nobody_paid_have_no_sum(three_gifts: dict[str, Donation], finance: FlaskClient) -> None:
    assert fetch(finance, "admin.donations", state="open").text("[role=status]") == "1 donation, 0 of them paid"
    assert fetch(finance, "admin.donations", state="expired").text("[role=status]") == "0 donations"


def test_a_row_begins_with_the_amount_which_leads_to_the_gift(
    three_gifts: dict[str, Donation], finance: FlaskClient
) -> None:
    page = fetch(finance, "admin.donations")
    assert page.texts("thead th") == ["Amount", "Name", "State", "Purpose", "Paid on", "Number"]
    assert page.link("$25.00") == f"/staff/donations/{three_gifts['aigul'].public_id}"
    assert "Айгүл ky aigul@example.org" in page.texts("tbody td")


@pytest.mark.database("sqlite", "postgresql")
@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"text": "aigul@EXAMPLE.org"}, {"aigul"}),
        ({"text": "erme"}, {"bermet"}),
        ({"text": "йгү"}, {"aigul"}),
        ({"text": "%"}, set()),
        ({"state": "open"}, {"open"}),
        ({"currency": "EUR"}, {"bermet"}),
        ({"language": "ky"}, {"aigul"}),
        ({"since": "2026-12-01"}, {"bermet", "open"}),
        ({"until": "2026-11-30"}, {"aigul"}),
        ({"least": "30"}, {"open"}),
        ({"most": "30,00"}, {"aigul"}),
        ({"least": "90", "currency": "EUR"}, {"bermet"}),
    ],
)
def test_each_filter_lists_the_matching_gifts(
    three_gifts: dict[str, Donation], finance: FlaskClient, filters: dict[str, str], expected: set[str]
) -> None:
    assert numbers_of(finance, **filters) == {three_gifts[name].public_id for name in expected}


@pytest.mark.database("sqlite", "postgresql")
def test_a_gift_is_listed_by_its_number_and_by_its_purpose(
    three_gifts: dict[str, Donation], finance: FlaskClient, session: Session
) -> None:
    gift = three_gifts["open"]
    assert numbers_of(finance, text=gift.public_id) == {gift.public_id}
    page = fetch(finance, "admin.donations")
    (theme,) = [tag["value"] for tag in page.soup.select("#fund option") if "THEME-EVENTS" in tag.get_text()]
    assert numbers_of(finance, fund=str(theme)) == {gift.public_id}


@pytest.mark.database("sqlite")
@pytest.mark.parametrize(("address", "is_open"), [({}, False), ({"text": "Aida"}, False), ({"most": "12"}, True)])
def test_the_rarer_filters_are_folded_until_one_is_in_use(
    campaign: Campaign, finance: FlaskClient, address: dict[str, Any], is_open: bool
) -> None:
    page = fetch(finance, "admin.donations", **address)
    assert page.one(".more-filters").has_attr("open") == is_open


def test_each_filter_is_a_chip_that_removes_it(three_gifts: dict[str, Donation], finance: FlaskClient) -> None:
    page = fetch_address(finance, "/staff/donations?state=paid&since=2026-12-01")
    chips = page.soup.select(".chips a")
    assert [chip["href"] for chip in chips] == [
        "/staff/donations?since=2026-12-01",
        "/staff/donations?state=paid",
        "/staff/donations",
    ]


def test_a_chip_shows_an_amount_in_the_currency_of_the_filter(
    three_gifts: dict[str, Donation], finance: FlaskClient
) -> None:
    for address, label in (("least=10,5", "At least: $10.50"), ("most=90&currency=EUR", "At most: €90.00")):
        chips = fetch_address(finance, f"/staff/donations?{address}").texts(".chips a")
        assert any(chip.startswith(label) for chip in chips)


def test_a_converted_gift_shows_its_rate_as_the_reader_writes_numbers(campaign: Campaign, finance: FlaskClient) -> None:
    gift = a_paid_gift(
        campaign=campaign, gift=Money(1000_00, "KGS"), fee_minor=0, rate="0.011236", settled=Money(11_24, "USD")
    )
    page = fetch(finance, "admin.donation", public_id=gift.public_id)
    assert "1 KGS = 0.011236 USD" in page.text("main")
    fetch(finance, "admin.account").submit(finance, "main form[action$=language]", language="ru")
    assert "1 KGS = 0,011236 USD" in fetch(finance, "admin.donation", public_id=gift.public_id).text("main")


def test_a_filter_that_is_no_day_or_amount_is_refused_and_stays_in_its_field(
    three_gifts: dict[str, Donation], finance: FlaskClient
) -> None:
    page = fetch_address(finance, "/staff/donations?since=yesterday&least=ten", status=422)
    assert len(page.texts(".error-summary li")) == 2
    assert (page.one("#since")["value"], page.one("#least")["value"]) == ("yesterday", "ten")
    either = fetch_address(finance, "/staff/donations?least=1,500", status=422)
    assert either.texts("label:has([name=least_meant])") == ["$1,500", "$1.50"]
    assert page.texts("tbody th") == []


@pytest.mark.database("sqlite", "postgresql")
def test_fifty_gifts_are_a_page_and_a_new_one_moves_nothing(campaign: Campaign, finance: FlaskClient) -> None:
    gifts = [a_donation(campaign=campaign, public_name=f"Donor {n}") for n in range(53)]
    first = fetch(finance, "admin.donations")
    a_donation(campaign=campaign)
    second = fetch_address(finance, first.link("Older"))
    assert len(first.texts("tbody th")) == 50
    assert second.texts("tbody th") == [gift.public_id for gift in reversed(gifts[:3])]
    assert second.text("[role=status]").startswith("54 donations")
    assert len(gzip.compress(first.answer.data)) < 8_000


@pytest.mark.database("sqlite", "postgresql")
def test_a_viewer_sees_and_finds_only_what_donors_made_public(
    app: Flask, clock: SettableClock, campaign: Campaign, three_gifts: dict[str, Donation]
) -> None:
    facts: dict[str, Any] = {"donor_id": three_gifts["aigul"].donor_id, "payer_name": "Bakyt Bekov"}
    secret: dict[str, Any] = {"receipt_name": "Ak-Jol LLC", "message": "From Bakyt, with love"}
    hidden = a_paid_gift(campaign=campaign, is_anonymous=True, public_name="Bako", **facts, **secret)
    viewer, finance = (sign_in_as(app, clock, role=role).client for role in ("viewer", "finance"))
    for address in ("/staff/donations", f"/staff/donations/{hidden.public_id}"):
        page = fetch_address(viewer, address)
        for word in ("Bak", "Ak-Jol", "with love", "aigul@"):
            assert word not in page.answer.text
        assert "Bakyt Bekov" in fetch_address(finance, address).answer.text
    for text in ("Bakyt", "Bako", "Ak-Jol", "aigul@example.org"):
        assert numbers_of(viewer, text=text) == set()
        assert hidden.public_id in numbers_of(finance, text=text)
    assert numbers_of(viewer, text="Айгүл") == {three_gifts["aigul"].public_id}
    assert numbers_of(viewer, text=hidden.public_id) == {hidden.public_id}


def test_a_message_of_an_anonymous_donor_reaches_staff_with_its_lines(campaign: Campaign, finance: FlaskClient) -> None:
    gift = a_paid_gift(campaign=campaign, is_anonymous=True, message="Ийгилик!\nБирдей")
    page = fetch(finance, "admin.donation", public_id=gift.public_id)
    assert page.one("blockquote.lines").get_text() == "Ийгилик!\nБирдей"
    assert "it is not public" in page.text("main")
    assert "with a message" in fetch(finance, "admin.donations").text("tbody .person")
    assert "Ийгилик" not in fetch_address(finance, "/en/supporters/").answer.text


def test_a_viewer_sees_no_address_and_no_download(
    app: Flask, clock: SettableClock, three_gifts: dict[str, Donation]
) -> None:
    viewer = sign_in_as(app, clock, role="viewer").client
    for address in ("/staff/donations", f"/staff/donations/{three_gifts['aigul'].public_id}"):
        page = fetch_address(viewer, address)
        assert "aigul@example.org" not in page.answer.text
        assert "file.csv" not in page.answer.text


def test_a_gift_shows_its_amounts_and_its_timeline(three_gifts: dict[str, Donation], finance: FlaskClient) -> None:
    page = fetch(finance, "admin.donation", public_id=three_gifts["aigul"].public_id)
    facts = dict(zip(page.texts(".facts dt"), page.texts(".facts dd"), strict=True))
    shown = (facts["Gift"], facts["Provider’s fee"], facts["Reached our balance"], facts["Email"])
    assert shown == ("$25.00", "$1.03", "$23.97", "aigul@example.org")
    story = ("The donor pressed “Donate”", "Paid", "The money reached our balance", "Receipt issued $25.00")
    assert tuple(page.texts(".timeline strong")) == story
    assert len(page.texts("#entries ~ .table tbody tr")) == 5


def test_a_gifts_heading_is_its_amount_and_who_gave_it(three_gifts: dict[str, Donation], finance: FlaskClient) -> None:
    for name, heading in (("aigul", "$25.00 · Айгүл"), ("open", "$40.00 · Anonymous")):
        public_id = three_gifts[name].public_id
        page = fetch(finance, "admin.donation", public_id=public_id)
        assert (page.h1, page.text("h1 + .kicker")) == (heading, f"Donation {public_id}")
        assert page.text("title") == f"{heading.split()[0]} · Donation {public_id} – Staff desk"


def test_a_gift_of_another_campaign_is_not_here(three_gifts: dict[str, Donation], finance: FlaskClient) -> None:
    other = a_paid_gift(campaign=a_campaign(slug="other", is_featured=False))
    fetch(finance, "admin.donation", public_id=other.public_id, status=404)


def test_a_name_is_hidden_from_the_supporters_list_and_shown_again(
    app: Flask, clock: SettableClock, three_gifts: dict[str, Donation], session: Session
) -> None:
    staff, gift = sign_in_as(app, clock, role="campaign"), three_gifts["aigul"]
    for wall, said in (("hidden", "off the supporters list"), ("shown", "on the supporters list")):
        before = session.execute(select(CampaignRevision.revision)).scalar_one()
        page = fetch(staff.client, "admin.donation", public_id=gift.public_id)
        answer = page.submit(staff.client, "main form[action$=wall]", wall=wall)
        assert said in fetch_address(staff.client, answer.location).text(".notice")
        assert session.execute(select(Donation.wall).where(Donation.id == gift.id)).scalar_one() == wall
        assert session.execute(select(CampaignRevision.revision)).scalar_one() == before + 1
    acts = session.execute(select(AuditEvent.action).where(AuditEvent.actor_id == staff.staff_id)).scalars().all()
    assert acts == ["donation:wall_hidden", "donation:wall_shown"]


@pytest.mark.database("sqlite", "postgresql")
def test_the_file_has_the_rows_of_the_screen_and_is_in_the_audit_trail(
    three_gifts: dict[str, Donation], finance: FlaskClient, session: Session
) -> None:
    answer = finance.get("/staff/donations/file.csv?text=aigul@example.org", buffered=True)
    text = answer.data.decode("utf-8-sig")
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "Айгүл" in text
    assert "Bermet" not in text
    act = session.execute(select(AuditEvent)).scalars().all()[-1]
    assert (act.action, act.detail) == ("donations:download", {"format": "csv", "filters": ["text"]})


def test_a_file_with_names_asks_for_the_password_again(
    app: Flask, clock: SettableClock, three_gifts: dict[str, Donation]
) -> None:
    staff: StaffClient = sign_in_as(app, clock, role="finance", is_fresh=False)
    answer = staff.client.get("/staff/donations/file.csv?state=paid")
    assert answer.location == "/staff/verify?next=/staff/donations?state%3Dpaid"
    assert token_of(staff.client)


def test_monthly_gifts_are_tagged_and_listed_alone(campaign: Campaign, finance: FlaskClient) -> None:
    monthly = a_paid_gift(campaign=campaign, frequency="monthly")
    a_paid_gift(campaign=campaign)
    page = fetch(finance, "admin.donations")
    assert page.texts("tbody .tag") == ["Paid", "Paid", "Monthly"]
    assert numbers_of(finance, frequency="monthly") == {monthly.public_id}
    assert "How often: Monthly" in fetch_address(finance, "/staff/donations?frequency=monthly").text(".chips")
