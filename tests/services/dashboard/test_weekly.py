"""Who wants the weekly email gets one for each week, in their language, as long as they may see the campaign."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from campaign.database import transaction
from campaign.jobs import work_off_everything
from campaign.models.campaign import Campaign
from campaign.models.fund import Event
from campaign.models.outbox import Message
from campaign.models.staff import StaffGrant
from campaign.services.dashboard import weekly
from tests.blueprints.admin.client import sign_in_as
from tests.support.builders import NOW, a_campaign, a_fund, a_member_of_staff, a_paid_gift
from tests.support.contexts import a_context
from tests.support.fakes import RecordingMailer, SettableClock
from tests.support.pages import fetch

URL = "http://localhost"


@pytest.fixture
def campaign(app: Flask) -> Campaign:
    return a_campaign()


def write_all(clock: SettableClock) -> int:
    count = 0
    while weekly.write_next(a_context(clock)):
        count += 1
    return count


def mails(session: Session) -> list[str]:
    keys = session.execute(select(Message.dedupe_key).where(Message.kind == weekly.KIND).order_by(Message.id))
    rows = [str(key).rpartition(":")[2] for key in keys.scalars()]
    session.rollback()
    return rows


def test_each_week_is_told_once_and_a_missed_one_is_not_told_twice(campaign: Campaign, session: Session) -> None:
    clock = SettableClock(at=NOW)  # a Tuesday
    staff = a_member_of_staff(role="campaign")
    a_paid_gift(campaign=campaign)
    weekly.set_weekday(staff.id, campaign.id, NOW.weekday(), clock=clock)
    assert write_all(clock) == 0, "the first one comes in a week"
    clock.advance(days=7)
    assert (write_all(clock), write_all(clock)) == (1, 0)
    clock.advance(days=23)  # nobody sent anything for three weeks
    assert (write_all(clock), write_all(clock)) == (1, 0)
    first, second = mails(session)
    assert (first, second) == ("2026-12-08", "2026-12-29")
    weekly.set_weekday(staff.id, campaign.id, None, clock=clock)
    weekly.set_weekday(staff.id, campaign.id, 3, clock=clock)
    clock.advance(days=3)
    assert write_all(clock) == 0, "another day of the week brings no second email in it"


@pytest.mark.database("sqlite")
def test_who_may_not_see_the_campaign_any_more_gets_nothing(campaign: Campaign) -> None:
    clock = SettableClock(at=NOW)
    staff = a_member_of_staff(role="campaign", campaign=campaign)
    weekly.set_weekday(staff.id, campaign.id, 2, clock=clock)
    with transaction() as session:
        session.execute(delete(StaffGrant).where(StaffGrant.staff_id == staff.id))
    clock.advance(days=9)
    assert write_all(clock) == 0


@pytest.mark.database("sqlite")
def test_a_worker_that_dies_before_the_commit_leaves_it_due(
    campaign: Campaign, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = SettableClock(at=NOW)
    weekly.set_weekday(a_member_of_staff(role="viewer").id, campaign.id, 2, clock=clock)
    clock.advance(days=9)
    with monkeypatch.context() as patched:
        patched.setattr(f"{weekly.__name__}._enqueue", _die)
        with pytest.raises(KeyboardInterrupt):
            write_all(clock)
    assert mails(session) == []
    assert write_all(clock) == 1


def _die(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.database("sqlite")
def test_it_is_chosen_on_the_account_page_and_stopped_by_its_link(
    app: Flask, client: FlaskClient, campaign: Campaign, clock: SettableClock, session: Session
) -> None:
    signed_in = sign_in_as(app, clock, role="campaign").client
    page = fetch(signed_in, "admin.account")
    page.submit(signed_in, "form[action$=weekly]", weekday=str(clock.now().weekday()))
    event = a_fund(campaign=campaign, code="EVENT-1", kind="event")
    with transaction() as unit:
        unit.get_one(Event, event.id).starts_on = clock.now().date() - timedelta(days=28)
    clock.advance(days=7)
    work_off_everything()
    [mail] = session.execute(select(Message).where(Message.kind == weekly.KIND)).scalars().all()
    assert mail.state in {"sent", "stored"}
    assert mail.facts["late_reports"] == "EVENT-1 (en)"
    path = str(mail.facts["stop_url"]).partition("localhost")[2]
    session.rollback()
    assert client.get(path).status_code == 200
    work_off_everything()
    token = fetch_token(client, path)
    assert "It is stopped." in client.post(path, data={"csrf_token": token}).text
    clock.advance(days=7)
    work_off_everything()
    assert len(mails(session)) == 1
    assert client.get("/staff/weekly/none").status_code == 404


@pytest.mark.database("sqlite")
def test_a_mail_program_stops_it_with_one_click(
    client: FlaskClient, campaign: Campaign, clock: SettableClock, mailer: RecordingMailer
) -> None:
    staff = a_member_of_staff(role="viewer")
    weekly.set_weekday(staff.id, campaign.id, clock.now().weekday(), clock=clock)
    clock.advance(days=7)
    work_off_everything()
    headers = dict(mailer.sent[0].list_headers)
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = headers["List-Unsubscribe"].strip("<>").removeprefix(URL)
    browser = {"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"}
    assert client.post(path, headers=browser).status_code == 403  # a page of another site presses no button
    assert weekly.weekday_of(staff.id, campaign.id) is not None
    for _press in range(2):
        assert client.post(path, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert weekly.weekday_of(staff.id, campaign.id) is None


def fetch_token(client: FlaskClient, path: str) -> str:
    from tests.support.pages import Page

    return str(Page(client.get(path)).one("main input[name=csrf_token]")["value"])
