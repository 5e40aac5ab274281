"""Campaign staff open the sign-up of an event and see who signed up."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.database import transaction
from campaign.domain.event_sign_up import SignUpState
from campaign.domain.mail import MailState
from campaign.models.campaign import Campaign
from campaign.models.outbox import Message
from tests.blueprints.admin.client import sign_in_as
from tests.support.builders import a_campaign, a_fund
from tests.support.events import BEGINS_AT, a_request, an_event, change, public_id_of, someone, states
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
    assert "Nobody has a place yet." in page.text()
    form = f'form[action="{settings(fund.public_id)}"]'
    late = Page(page.submit(staff, form, is_offered="yes", until="2026-12-05T10:01"))
    assert late.texts(".error-summary a") == ["Enter a moment before the event begins."]
    assert page.submit(staff, form, is_offered="yes", until="2026-12-04T20:00").status_code == 303
    assert "People can sign up now." in fetch_address(staff, settings(fund.public_id)).text()
    public = fetch_address(client, f"/en/events/{fund.public_id}/sign-up")
    assert "Sign-up is open until December 4, 2026, 20:00 UTC" in public.text().replace("\xa0", " ")
    someone(fund, clock=clock, access_needs="A ramp", phone="0555 123456")
    change(fund, capacity=0)
    stale = page.submit(staff, form, has_waiting_list="yes")
    assert stale.status_code == 409
    assert "Saved by someone else" in Page(stale).text()
    text = fetch_address(staff, settings(fund.public_id)).text()
    assert "1 person more has a place than there are places. Nobody was removed" in text
    assert "Aida Needs: A ramp 1 aida@example.org 0555 123456" in text


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


def act(page: Page, staff: FlaskClient, name: str) -> str:
    """Press the button of a row; what the page then says."""
    button = next(tag for tag in page.soup.select("td form button") if name in tag.get_text())
    form = button.find_parent("form")
    assert form is not None
    answer = page.submit(staff, f'form[action="{form["action"]}"]')
    return fetch_address(staff, answer.location).text(".notice")


def test_somebody_is_added_by_hand_moved_up_and_cancelled(
    staff: FlaskClient, campaign: Campaign, clock: SettableClock
) -> None:
    fund = an_event(campaign, capacity=2, takes_sign_ups=False)
    form = fetch_address(staff, fetch_address(staff, settings(fund.public_id)).link("Add somebody"))
    wrong = Page(form.submit(staff, name=" ", email="aida@", places="0"))
    assert len(wrong.texts(".error-summary a")) == 3
    done = form.submit(staff, name="Aida", email="aida@example.org", places="1")
    assert "Added. They have a place." in fetch_address(staff, done.location).text(".notice")
    assert form.submit(staff, name="Aida", email="aida@example.org", places="1").status_code == 303  # twice is once
    again = fetch_address(staff, f"{settings(fund.public_id)}/add")
    taken = Page(again.submit(staff, name="Another", email="AIDA@example.org", places="1"))
    assert taken.texts(".error-summary a") == ["This address has signed up for the event already."]
    change(fund, capacity=1)
    for name, places in (("Burul", "1"), ("Chynar", "1")):
        fetch_address(staff, f"{settings(fund.public_id)}/add").submit(staff, name=name, places=places)
    assert list(states(fund).values()) == [SignUpState.CONFIRMED, SignUpState.WAITING, SignUpState.WAITING]
    page = fetch_address(staff, settings(fund.public_id))
    assert "There are not enough free places." in act(page, staff, "Give a place Burul")
    change(fund, capacity=2)
    assert "They have a place now." in act(page, staff, "Give a place Chynar")
    assert "This sign-up has changed meanwhile." in act(page, staff, "Give a place Chynar")
    assert "1 sign-up that came later has a place" in fetch_address(staff, settings(fund.public_id)).text()
    change(fund, capacity=1)
    question = fetch_address(staff, page.link("Cancel Aida"))
    assert "They are told by email" in question.text()
    assert question.submit(staff).status_code == 303
    assert question.submit(staff).status_code == 303  # twice is once
    again = fetch_address(staff, settings(fund.public_id))
    assert any("This sign-up has changed meanwhile." in notice for notice in again.texts(".notice"))
    assert list(states(fund).values()) == [SignUpState.CANCELLED, SignUpState.WAITING, SignUpState.CONFIRMED]
    other = an_event(a_campaign(slug="other", is_featured=False))
    someone(other, clock=clock)
    assert staff.get(settings(other.public_id)).status_code == 404
    token = page.one("input[name=csrf_token]")["value"]
    foreign = f"{settings(fund.public_id)}/{public_id_of(other)}/cancel"
    assert staff.post(foreign, data={"csrf_token": token}).status_code == 404


def test_an_email_that_does_not_arrive_and_too_few_places_are_shown(
    staff: FlaskClient, campaign: Campaign, clock: SettableClock
) -> None:
    fund = an_event(campaign)
    for name in ("aida", "burul"):
        someone(fund, name, clock=clock)
    with transaction() as session:
        to_burul = select(Message).where(Message.recipient == "burul@example.org").order_by(Message.id)
        session.execute(to_burul).scalars().all()[-1].state = MailState.FAILED_PERMANENTLY
    cells = fetch_address(staff, settings(fund.public_id)).texts("tbody tr")
    assert ["An email did not arrive" in cell for cell in cells] == [False, True]
    saved = fetch_address(staff, f"/staff/plan/{fund.public_id}").submit(staff, capacity="1")
    notices = fetch_address(staff, saved.location).texts(".notice")
    assert any("1 person more has a place than there are places." in notice for notice in notices)


def test_a_person_who_asks_for_it_is_deleted(
    staff: FlaskClient, campaign: Campaign, clock: SettableClock, session: Session
) -> None:
    fund = an_event(campaign)
    someone(fund, clock=clock, access_needs="A ramp")
    someone(fund, "burul", clock=clock)
    address = f"{settings(fund.public_id)}/{public_id_of(fund)}/erase"
    question = fetch_address(staff, address)
    early = fetch_address(staff, question.submit(staff).location)
    assert "Cancel the sign-up first, then delete the data." in early.text(".notice")
    fetch_address(staff, address.replace("/erase", "/cancel")).submit(staff)
    assert question.submit(staff).status_code == 303
    assert states(fund) == {"": SignUpState.CANCELLED, "Burul": SignUpState.CONFIRMED}
    session.rollback()
    assert set(session.execute(select(Message.recipient)).scalars()) == {"burul@example.org"}
    assert staff.get(address).status_code == 404
    assert "Deleted" in fetch_address(staff, settings(fund.public_id)).text()


def test_who_came_is_ticked_and_the_report_begins_with_it(
    staff: FlaskClient, campaign: Campaign, clock: SettableClock
) -> None:
    fund = an_event(campaign, capacity=5)
    someone(fund, "aida", clock=clock)
    someone(fund, "burul", clock=clock, places=3)
    aida, burul = (f"came-{public_id_of(fund, name)}" for name in ("Aida", "Burul"))
    page = fetch_address(staff, f"{settings(fund.public_id)}/attendance")
    early = fetch_address(staff, page.submit(staff, **{aida: "1"}).location)
    assert "Its day has not come yet." in early.text(".notice")
    clock.at = BEGINS_AT
    with staff.session_transaction() as session:
        session["in_at"] = session["seen_at"] = clock.now().timestamp()
    page = fetch_address(staff, f"{settings(fund.public_id)}/attendance")
    wrong = Page(page.submit(staff, **{aida: "1", burul: "2", "women": "9"}))
    assert wrong.texts(".error-summary a") == [
        "There cannot be more women or first-time visitors than people who came."
    ]
    assert page.submit(staff, **{aida: "1", burul: "99", "walk_ins": "4", "women": "7"}).status_code == 303
    assert "Came 4" in fetch_address(staff, settings(fund.public_id)).text("dl.kpis")
    fetch_address(staff, f"/staff/plan/{fund.public_id}/complete").submit(staff)
    report = fetch_address(staff, f"/staff/plan/{fund.public_id}/report")
    assert [report.one(f"#{name}")["value"] for name in ("came", "women", "first_time")] == ["8", "7", ""]


def test_the_list_is_printed_and_downloaded(staff: FlaskClient, campaign: Campaign, clock: SettableClock) -> None:
    fund = an_event(campaign)
    someone(fund, "=hyperlink(1)", clock=clock, email="aida@example.org", access_needs="=1+1")
    a_request(fund, "burul", clock=clock)
    desk = fetch_address(staff, settings(fund.public_id))
    assert "They have no place, and after 48 hours their sign-up is deleted." in desk.text()
    sheet = fetch_address(staff, f"{settings(fund.public_id)}/sheet")
    assert "Burul" not in sheet.text()
    assert "=Hyperlink(1)" in sheet.text("table.attendance")
    assert "aida@example.org" not in sheet.text()
    with staff.get(f"{settings(fund.public_id)}.csv") as answer:
        file = answer.get_data(as_text=True)
    assert "'=Hyperlink(1)" in file
    assert "'=1+1" in file
    assert "burul" not in file
    fetch_address(staff, desk.link("Delete the data Burul")).submit(staff)
    assert list(states(fund)) == ["=Hyperlink(1)"]
    assert "aida@example.org" in file
