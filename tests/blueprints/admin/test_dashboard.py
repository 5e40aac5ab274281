"""The dashboard: its figures are those of the public page and the ledger, in every state of a campaign."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, update
from sqlalchemy.orm import Session

from campaign.database import transaction
from campaign.days import local_day
from campaign.domain.identity import new_public_id
from campaign.domain.money import Money
from campaign.extensions import db
from campaign.models.campaign import Campaign
from campaign.services.campaigns.cards import campaign_with_id
from campaign.services.campaigns.page import public_campaign
from campaign.services.dashboard.page import Dashboard, dashboard
from campaign.services.ledger.sums import RAISED, account_totals
from tests.blueprints.admin.client import sign_in_as
from tests.support.builders import NOW, a_donor, a_fund, a_paid_gift, usd
from tests.support.fakes import SettableClock
from tests.support.pages import Page, fetch

pytestmark = pytest.mark.database("sqlite")


@pytest.fixture
def campaigner(app: Flask, clock: SettableClock, campaign: Campaign) -> FlaskClient:
    return sign_in_as(app, clock, role="campaign").client


def of(campaign: Campaign, *, period_days: int = 14) -> Dashboard:
    return dashboard(campaign_with_id(campaign.id), at=NOW, period_days=period_days, sees_donors=True)


def key_figures(page: Page) -> dict[str, str]:
    return dict(zip(page.texts(".kpis dt"), page.texts(".kpis dd"), strict=True))


def many_gifts(campaign: Campaign) -> None:
    theme = a_fund(campaign=campaign)
    a_paid_gift(campaign=campaign, gift=usd(30_00), cover_minor=1_20, fee_minor=1_00, at=NOW - timedelta(days=40))
    a_paid_gift(campaign=campaign, fund=theme, gift=usd(70_00), at=NOW - timedelta(days=9), language="ru")
    a_paid_gift(campaign=campaign, gift=Money(7_00, "EUR"), fee_minor=0, language="ky", frequency="monthly")
    som = Money(10_000_00, "KGS")
    a_paid_gift(campaign=campaign, fund=theme, gift=som, fee_minor=3_00, settled=usd(115_00), language="ky")


def test_every_breakdown_adds_up_to_the_public_page_and_the_ledger(campaign: Campaign, session: Session) -> None:
    many_gifts(campaign)
    it, public = of(campaign), public_campaign(campaign_with_id(campaign.id), at=NOW)
    raised = public.progress.raised.minor
    books = account_totals(session, campaign_id=campaign.id)
    assert raised == -sum(minor for (account, code), minor in books.items() if account in RAISED and code == "USD")
    assert raised == it.pace.reached == sum(minor for _day, minor in it.days) == 216_20
    assert raised == sum(purpose.in_currency("USD").raised_minor for purpose in it.purposes)
    given = {row.currency: row.given_minor for row in it.given}
    for groups in (it.languages, it.frequencies):
        assert sum(group.gifts for group in groups) == public.progress.gifts == it.counts.gifts == 4
        sums = {amount.currency: 0 for group in groups for amount in group.given}
        for group in groups:
            for amount in group.given:
                sums[amount.currency] += amount.minor
        assert sums == given
    assert it.next_milestone == public.progress.next_stage


@pytest.mark.broken_books  # the row alone is refunded, not the books
def test_a_gift_that_went_back_is_in_no_group(campaign: Campaign, session: Session) -> None:
    back = a_paid_gift(campaign=campaign, gift=usd(90_00), donor_id=a_donor().id)
    with transaction() as writing:
        writing.execute(update(type(back)).where(type(back).id == back.id).values(refunded_minor=90_00))
    it = of(campaign)
    assert [(group.gifts, group.given) for group in it.languages] == [(0, ())]
    assert (it.comparison.gifts, it.comparison.donors.donors) == ((0, 0), 0)


@pytest.mark.database("postgresql")
def test_sources_add_up_however_many_there_are(campaign: Campaign) -> None:
    for number in range(17):
        a_paid_gift(campaign=campaign, gift=usd(10_00), utm_source=f"letter {number}" if number else None)
    a_paid_gift(campaign=campaign, gift=Money(7_00, "EUR"), fee_minor=0, utm_source="letter 1", referrer_host="t.me")
    sources = of(campaign).sources
    assert len(sources.rows) == 15
    assert sources.others is not None
    assert (sources.others.gifts, sources.others.given) in {(3, (usd(30_00),)), (3, (Money(7_00, "EUR"), usd(20_00)))}


def test_donors_are_new_returning_or_lapsed(campaign: Campaign) -> None:
    """Periods of 7 days; each donor with the days since their gifts."""
    for name, gifts in {"new": [1, 2], "back": [40, 3], "both": [9, 0], "lapsed": [8], "gone": [30]}.items():
        donor = a_donor(email=f"{name}@example.org")
        for days in gifts:
            a_paid_gift(campaign=campaign, donor_id=donor.id, at=NOW - timedelta(days=days))
    who = of(campaign, period_days=7).comparison.donors
    assert (who.donors, who.new, who.returning, who.lapsed) == (3, 1, 2, 1)
    assert (who.donors_before, who.new_before, who.in_all) == (2, 2, 5)


@pytest.mark.database("sqlite")
def test_the_start_page_is_what_the_role_works_on(app: Flask, clock: SettableClock, campaigner: FlaskClient) -> None:
    finance = sign_in_as(app, clock, role="finance").client
    assert fetch(campaigner, "admin.overview").h1 == "On the way to the goal"
    assert fetch(finance, "admin.overview").h1 == "Overview"
    assert fetch(finance, "admin.dashboard").h1 == "On the way to the goal"
    own = fetch(campaigner, "admin.overview").texts(".desk-nav ul:nth-of-type(2) a")
    assert own[:2] == ["Overview", "Needs attention"]


@pytest.mark.database("sqlite")
def test_with_no_gift_the_page_says_what_is_needed(campaigner: FlaskClient, campaign: Campaign) -> None:
    page = fetch(campaigner, "admin.overview")
    figures = key_figures(page)
    assert figures["Missing"] == "$100,000.00"
    assert figures["Needed per day"] == "$1,020.41"  # 98 days, rounded up
    assert "Nothing came in the last days. $100,000.00 is missing." in page.text()
    a_paid_gift(
        campaign=campaign, gift=usd(5_00), at=NOW
    )  # too little to reach the goal within ten years, but not nothing
    assert "will be missing on the last day" in fetch(campaigner, "admin.overview").text()
    assert "No gift yet today." in page.text()
    assert "There is no forecast yet: it needs seven whole days, and gifts in them." in page.text()


@pytest.mark.database("sqlite")
def test_with_one_gift_it_is_todays_and_counts(campaigner: FlaskClient, campaign: Campaign) -> None:
    a_paid_gift(campaign=campaign, gift=usd(620_00), donor_id=a_donor().id, public_name="Aida")
    page = fetch(campaigner, "admin.overview")
    assert page.text(".raised") == "$620.00 of $100,000.00 raised, less than 1%"
    assert key_figures(page)["So far per day"] == "$10.00 over 62 days"
    assert "$620.00" in page.text("[aria-labelledby=today]")
    assert page.texts("[aria-labelledby=by-currency] tbody tr") == ["USD 1 1 $620.00 $620.00"]


@pytest.mark.database("sqlite")
def test_past_the_goal_it_names_the_day(campaigner: FlaskClient, campaign: Campaign) -> None:
    a_paid_gift(campaign=campaign, gift=usd(100_500_00), at=NOW - timedelta(days=3))
    page = fetch(campaigner, "admin.overview")
    assert "The goal was reached on November 28, 2026." in page.text(".verdict").replace("\xa0", " ")
    assert "Needed per day" not in key_figures(page)


@pytest.mark.database("sqlite")
def test_after_the_end_it_shows_the_result(
    campaigner: FlaskClient, campaign: Campaign, session: Session, clock: SettableClock
) -> None:
    a_paid_gift(campaign=campaign, gift=usd(40_000_00))
    with transaction() as writing:
        writing.execute(update(Campaign).values(ends_on=local_day(NOW) - timedelta(days=2)))
    page = fetch(campaigner, "admin.overview")
    assert page.text(".verdict").replace("\xa0", " ") == (
        "The campaign ended on November 29, 2026. $60,000.00 was missing."
    )
    assert {"Needed per day", "Forecast for the last day"}.isdisjoint(key_figures(page))


@pytest.mark.database("sqlite")
def test_before_the_start_it_says_when_gifts_are_accepted(campaigner: FlaskClient, campaign: Campaign) -> None:
    with transaction() as writing:
        writing.execute(update(Campaign).values(starts_on=local_day(NOW) + timedelta(days=5)))
    assert fetch(campaigner, "admin.overview").text(".verdict").startswith("Gifts are accepted from December")


@pytest.mark.database("sqlite")
def test_who_does_not_see_donors_reads_no_name_and_no_number_of_them(
    app: Flask, clock: SettableClock, campaign: Campaign
) -> None:
    a_paid_gift(campaign=campaign, donor_id=a_donor().id, is_anonymous=True, payer_name="Gulnara", public_name=None)
    page = fetch(sign_in_as(app, clock, role="viewer").client, "admin.dashboard")
    assert "Gulnara" not in page.text()
    assert "donors" not in page.text("[aria-labelledby=compared]")


@pytest.mark.database("sqlite")
def test_an_unknown_period_is_refused(campaigner: FlaskClient, campaign: Campaign) -> None:
    assert campaigner.get("/staff/progress?days=15").status_code == 422
    assert len(fetch(campaigner, "admin.dashboard", days=30).texts("[aria-labelledby=compared] [aria-current]")) == 1


@pytest.mark.database("sqlite")
def test_the_chart_has_axes_a_legend_and_a_table(campaigner: FlaskClient, campaign: Campaign) -> None:
    a_paid_gift(campaign=campaign, gift=usd(620_00), at=NOW - timedelta(days=2))
    chart = fetch(campaigner, "admin.dashboard").one(".goal-chart")
    labels = [text.get_text() for text in chart.select("svg text")]
    assert labels == ["October", "November", "December", "January", "February"] + [
        f"{thousands},000" for thousands in (20, 40, 60, 80, 100)
    ]
    assert len(chart.select(".legend li")) == 4
    assert len(chart.select("tbody tr")) == 62


@pytest.mark.database("sqlite")
def test_it_sends_the_same_number_of_queries_for_any_number_of_gifts(
    campaigner: FlaskClient, campaign: Campaign
) -> None:
    statements: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        statements.append(statement)

    engine: Engine = db.engine
    fetch(campaigner, "admin.overview")  # what is read once a second is read here
    counts = []
    for gifts in (1, 4):
        for _ in range(gifts):
            a_paid_gift(campaign=campaign, donor_id=a_donor(email=f"{new_public_id()}@example.org").id)
        event.listen(engine, "before_cursor_execute", count)
        fetch(campaigner, "admin.overview")
        event.remove(engine, "before_cursor_execute", count)
        counts.append(len(statements))
        statements.clear()
    assert counts[0] == counts[1] <= 45


@pytest.mark.database("sqlite")
def test_a_bar_of_a_purpose_is_its_part_of_the_goal(campaigner: FlaskClient, campaign: Campaign) -> None:
    near = a_fund(campaign=campaign, code="THEME-1", goal_minor=100_00)
    far = a_fund(campaign=campaign, code="THEME-2", goal_minor=1000_00)
    for fund in (near, far):
        a_paid_gift(campaign=campaign, fund=fund, gift=usd(50_00))
    page = fetch(campaigner, "admin.dashboard")
    widths = [float(str(rect["width"])) for rect in page.soup.select("#purposes rect")]
    assert widths == [360.0, 36.0]


@pytest.mark.database("sqlite")
def test_rows_of_the_dashboard_are_cards_on_a_phone(campaigner: FlaskClient, campaign: Campaign) -> None:
    a_paid_gift(campaign=campaign, gift=usd(50_00))
    page = fetch(campaigner, "admin.dashboard")
    tables = page.soup.select("main div.table:not(details div.table)")
    assert len(tables) == 5
    assert all("stacked" in table["class"] for table in tables)
    assert all(cell.get("data-label") for cell in page.soup.select("main .stacked td.num"))


@pytest.mark.database("sqlite")
def test_todays_gifts_are_fetched_alone_and_keep_no_session_open(
    campaigner: FlaskClient, campaign: Campaign, clock: SettableClock
) -> None:
    page = fetch(campaigner, "admin.dashboard")
    address = str(page.one("[data-refresh]")["data-refresh"])
    a_paid_gift(campaign=campaign, gift=usd(31_00), public_name="Aida")
    fragment = campaigner.get(address)
    assert (fragment.status_code, "31.00" in fragment.text, "<html" in fragment.text) == (200, True, False)
    for _minutes in range(4):
        clock.advance(minutes=8)
        answer = campaigner.get(address)
    assert answer.status_code == 302, "nobody was there for half an hour"
