"""Staff write the plan in the browser; the public page of an event shows its state and its report truthfully."""

from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from campaign.database import reading, transaction
from campaign.models.campaign import Campaign
from campaign.models.fund import Event
from tests.blueprints.admin.client import sign_in_as
from tests.support.builders import a_campaign
from tests.support.fakes import SettableClock
from tests.support.pages import Page, fetch_address

pytestmark = pytest.mark.database("sqlite")  # the services are tested on both
EVENT = {
    "title-en": "Felt day",
    "title-ru": "День войлока",
    "title-ky": "Кийиз күнү",
    "summary-en": "A workshop",
    "place-en": "Osh",
    "begins_at": "2026-12-05T10:00",
    "ends_at": "2026-12-05T13:30",
    "capacity": "40",
    "goal": "500",
}
REPORT = {"done-en": "We made **felt**.", "came": "31", "women": "28", "first_time": "", "lesson-en": "Bring soap."}


@pytest.fixture
def staff(app: Flask, clock: SettableClock, campaign: Campaign) -> FlaskClient:
    return sign_in_as(app, clock, role="campaign").client


def add(staff: FlaskClient, kind: str, **typed: str) -> str:
    return fetch_address(staff, f"/staff/plan/new/{kind}").submit(staff, **typed).location


def test_an_event_is_written_announced_held_and_reported(
    staff: FlaskClient, client: FlaskClient, clock: SettableClock
) -> None:
    address = add(staff, "event", **EVENT)
    page = fetch_address(staff, address)
    assert page.one("#begins_at")["value"] == "2026-12-05T10:00"
    shown = fetch_address(client, fetch_address(client, "/en/events/").link("Felt day"))
    assert "10:00 –13:30 UTC" in shown.text("dl.facts").replace("\u2060", "").replace("\xa0", " ")
    assert "Places 40" in shown.text("dl.facts")
    assert fetch_address(staff, page.link("Announce")).submit(staff).location == address
    early = fetch_address(staff, fetch_address(staff, address).link("It has taken place")).submit(staff)
    assert "Its day has not come yet." in fetch_address(staff, early.location).text(".notice")
    clock.advance(days=5)
    sign_in_again(staff, clock)
    there = shown.answer.request.path
    assert "Its day is over. We will say here how it went." in fetch_address(client, there).text(".notice")
    for where, who in (("/en/events/", client), (there, client), ("/en/transparency", client), (address, staff)):
        assert "Day is over, report to come" in fetch_address(who, where).text("main")
    fetch_address(staff, f"{address}/complete").submit(staff)
    report = fetch_address(staff, fetch_address(staff, address).link("Publish the report"))
    assert (report.one("#done-en")["data-kind"], report.one("#done-en").get("maxlength")) == ("markdown", None)
    wrong = Page(report.submit(staff, **{**REPORT, "women": "40", "done-en": "We"}))
    assert wrong.text("label[for=done-ru] .tag") == "Missing"
    assert wrong.texts(".error-summary a") == [
        "There cannot be more women or first-time visitors than people who came."
    ]
    assert wrong.text("#done-en") == "We"
    empty = Page(report.submit(staff, **{"came": "many", "lesson-en": "[See](htp:/soap)"}))
    assert len(empty.texts(".error-summary a")) == 3
    assert "leads nowhere" in empty.text("#lesson-en-error")
    assert report.submit(staff, **REPORT).location == address
    text = fetch_address(client, there).text("main").replace("\xa0", " ")
    assert "How it went We made felt . People who came 31 Women 28 Cost $0 $500 planned" in text
    assert "What we learned Bring soap." in text
    assert "Reported" in fetch_address(client, "/en/events/").text(".card")


def test_an_event_with_only_a_day_is_written_without_times(staff: FlaskClient) -> None:
    address = add(staff, "event", **EVENT)
    with transaction() as session:
        row = session.execute(select(Event)).scalar_one()
        row.begins_at, row.ends_at = None, None
    page = fetch_address(staff, address)
    assert "the event has only its day, December 5, 2026" in page.text("main").replace("\xa0", " ")
    half = Page(page.submit(staff, begins_at="2026-12-06T10:00"))
    assert half.texts(".error-summary a") == ["Enter a day and a time."]
    slip = Page(page.submit(staff, begins_at="0001-01-01T00:00", ends_at="9999-12-31T23:59"))
    assert slip.texts(".error-summary a") == ["Enter a day and a time, like 2026-12-31 18:30."] * 2
    assert page.submit(staff, **{"title-en": "Wool day", "summary-en": "", "title-ru": ""}).location == address
    saved = fetch_address(staff, address)
    assert [saved.one(f"#title-{code}").get("value", "") for code in ("en", "ru")] == ["Wool day", ""]
    assert "2026" in Page(staff.get("/staff/plan")).text("main")
    with reading() as session:
        row = session.execute(select(Event)).scalar_one()
        assert (row.starts_on, row.begins_at) == (date(2026, 12, 5), None)


def test_a_form_that_is_sent_twice_adds_one_event(staff: FlaskClient) -> None:
    form = fetch_address(staff, "/staff/plan/new/event")
    assert form.submit(staff, **EVENT).location == form.submit(staff, **EVENT).location
    assert Page(staff.get("/staff/plan")).texts("th a").count("Felt day") == 1


def test_several_purposes_are_added_one_after_another(staff: FlaskClient) -> None:
    form = fetch_address(staff, "/staff/plan/new/theme")
    for name in ("Looms", "Wool"):
        answer = form.submit(staff, **{"title-en": name, "then": "another"})
        form = fetch_address(staff, answer.location)
        assert (form.h1, form.one("#title-en").get("value")) == ("Add a purpose", "")
        assert "Here is a form for the next one." in form.text(".notice")
    assert {"Looms", "Wool"} <= set(Page(staff.get("/staff/plan")).texts("th a"))


def test_a_day_that_no_calendar_reaches_is_refused(staff: FlaskClient) -> None:
    typed = {"title-en": "Looms", "opens_on": "0001-01-01", "closes_on": "9999-12-31"}
    page = Page(fetch_address(staff, "/staff/plan/new/grant").submit(staff, **typed))
    assert page.texts(".error-summary a") == ["Enter a day, like 2026-12-31."] * 2


def test_a_cancelled_event_says_why_in_public(staff: FlaskClient, client: FlaskClient) -> None:
    address = add(staff, "event", **EVENT)
    page = fetch_address(staff, f"{address}/cancel")
    assert Page(page.submit(staff)).answer.status_code == 422
    page.submit(staff, **{f"reason-{code}": f"Rain ({code})" for code in ("en", "ru", "ky")})
    shown = fetch_address(client, fetch_address(client, "/ky/events/").link("Кийиз күнү"))
    assert "Rain (ky)" in shown.text(".notice")
    again = staff.get(f"{address}/cancel")
    assert "Its state has changed meanwhile" in " ".join(fetch_address(staff, again.location).texts(".notice"))


def test_a_late_report_is_shown_to_staff_and_later_to_everybody(
    staff: FlaskClient, client: FlaskClient, clock: SettableClock
) -> None:
    address = add(staff, "event", **EVENT)
    assert "Report" not in fetch_address(staff, "/staff/plan").text("main")
    public = [fetch_address(client, "/en/events/").link("Felt day"), "/en/transparency"]
    clock.advance(days=24)
    sign_in_again(staff, clock)
    assert "Report due in 10 days" in fetch_address(staff, address).text("main")
    clock.advance(days=11)
    sign_in_again(staff, clock)
    assert "Report 1 day late" in fetch_address(staff, "/staff/plan").text()
    assert "The report was due 30 days after the last day." in fetch_address(staff, address).text(".notice")
    for desk in ("/staff/progress", "/staff/attention"):
        assert "Reports of events and grants are late 1 EVENT-1" in fetch_address(staff, desk).text(".concerns")
    assert "report was due" not in "".join(fetch_address(client, there).text("main") for there in public)
    clock.advance(days=14)
    for there in public:
        shown = fetch_address(client, there).text("main").replace("\xa0", " ")
        assert "The report was due on January 4, 2027 and is not there yet." in shown


def sign_in_again(client: FlaskClient, clock: SettableClock) -> None:
    with client.session_transaction() as session:
        session["in_at"] = session["seen_at"] = clock.now().timestamp()


def test_a_purpose_is_added_closed_and_moved_and_costs_make_the_plan(staff: FlaskClient, client: FlaskClient) -> None:
    refused = Page(fetch_address(staff, "/staff/plan/new/theme").submit(staff, goal="x"))
    assert len(refused.texts(".error-summary a")) == 2
    purpose = add(staff, "theme", **{"title-en": "Books", "goal": "1 000"})
    assert "Books" in fetch_address(client, "/en/donate").text("form#gift")
    closed = fetch_address(staff, purpose).submit(staff, "form[action$=close]")
    assert "Donors cannot choose it any more." in fetch_address(staff, closed.location).text(".notice")
    assert "Books" not in fetch_address(client, "/en/donate").text("form#gift")
    assert fetch_address(staff, "/staff/plan").texts("form[action$=up]") == ["Move up Books"]
    line = add(staff, "line", **{"title-en": "Rent"})
    costs = fetch_address(staff, line)
    form = f"form[action='{line}/costs']"
    wrong = Page(costs.submit(staff, form, **{"cost-amount": "x", "cost-title-en": "Month"}))
    assert wrong.texts(".error-summary a") == ["Enter an amount, like 35 or 35.50."]
    assert wrong.one("[name=cost-title-en]")["value"] == "Month"
    saved = fetch_address(staff, costs.submit(staff, form, **{"cost-amount": "70", "cost-title-en": "Month"}).location)
    assert "$70.00" in saved.text("#costs")
    cost = fetch_address(staff, saved.link("Change Month"))
    assert Page(cost.submit(staff, amount="x")).texts(".error-summary a") == ["Enter an amount, like 35 or 35.50."]
    assert cost.submit(staff, amount="80").location == line
    assert cost.submit(staff, amount="90").status_code == 409
    saved = fetch_address(staff, line)
    assert "$80.00" in saved.text("#costs")
    saved.submit(staff, "#costs form[action$=remove]")
    assert "No cost is listed yet." in fetch_address(staff, line).text("#costs")
    grant = add(staff, "grant", **{"title-en": "First loom", "opens_on": "2026-12-01", "closes_on": "2026-11-01"})
    assert grant is None


def test_a_part_of_the_plan_that_was_a_mistake_is_removed_after_a_page_that_says_what_goes(
    staff: FlaskClient, client: FlaskClient
) -> None:
    purpose = add(staff, "theme", **{"title-en": "Books"})
    event = add(staff, "event", **EVENT, theme="THEME-1")
    page = fetch_address(staff, fetch_address(staff, purpose).link("Remove it from the plan"))
    assert "Events, grants or costs belong to this purpose." in page.text(".notice")
    assert page.texts("main button.danger") == []
    assert fetch_address(staff, event).submit(staff, theme="").location == event
    for address in (event, purpose):
        page = fetch_address(staff, fetch_address(staff, address).link("Remove it from the plan"))
        assert "This cannot be undone." in page.text("main")
        assert page.submit(staff).location == "/staff/plan"
        assert staff.get(address).status_code == 404
    assert "No event is planned yet." in fetch_address(client, "/en/events/").text("main")


def test_an_administrator_removes_a_draft_campaign(app: Flask, clock: SettableClock, campaign: Campaign) -> None:
    admin = sign_in_as(app, clock, role="admin").client
    a_campaign(slug="mistake", is_featured=False, stage="draft")
    open_one = fetch_address(admin, "/staff/campaign/remove")
    assert "It is no draft." in open_one.text(".notice")
    fetch_address(admin, "/staff/campaigns").submit(admin, "form[action$=choose]:has([value=mistake])")
    page = fetch_address(admin, fetch_address(admin, "/staff/campaigns").link("Remove this draft"))
    assert page.submit(admin).location == "/staff/campaigns"
    assert "mistake" not in fetch_address(admin, "/staff/campaigns").text("main")


def test_times_the_wrong_way_round_are_refused_beside_their_field(staff: FlaskClient) -> None:
    page = fetch_address(staff, "/staff/plan/new/event")
    refused = Page(page.submit(staff, **{**EVENT, "ends_at": "2026-12-05T09:00"}))
    assert refused.texts(".error-summary a") == ["Enter an end that is after the beginning."]
    assert refused.one("#title-ky")["value"] == "Кийиз күнү"
    assert Page(page.submit(staff, **{**EVENT, "begins_at": "soon"})).texts(".error-summary a") == [
        "Enter a day and a time, like 2026-12-31 18:30."
    ]
