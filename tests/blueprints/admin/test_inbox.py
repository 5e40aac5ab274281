"""Staff pages of the inbox: filters, explanations, replaying many with the count first."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.database import transaction
from campaign.models.campaign import Campaign
from campaign.models.inbox import ProviderEvent
from campaign.models.staff import AuditEvent
from tests.blueprints.admin.client import sign_in_as
from tests.support.builders import NOW, a_paid_gift
from tests.support.fakes import SettableClock
from tests.support.pages import Page, fetch, fetch_address

pytestmark = pytest.mark.database("sqlite")

REPLAY = "form[action$='/inbox/replay']"


@pytest.fixture
def finance(app: Flask, clock: SettableClock, campaign: Campaign) -> FlaskClient:
    return sign_in_as(app, clock, role="finance").client


def an_event(event_id: str, *, state: str, error: str | None = None, **facts: object) -> None:
    row = {
        "type": "charge.updated",
        "object_id": "ch_1",
        "livemode": False,
        "created_at": NOW,
        "raw": b'{"id": "evt"}',
        "received_at": NOW,
        "next_try_at": NOW,
        "attempts": 3,
        **facts,
    }
    with transaction() as session:
        session.add(ProviderEvent(event_id=event_id, state=state, error=error, **row))


def states(session: Session) -> dict[str, str]:
    session.rollback()
    rows = session.execute(select(ProviderEvent.event_id, ProviderEvent.state))
    return {row[0]: row[1] for row in rows}


def test_the_reason_of_a_stopped_event_is_shown_in_words_and_as_a_technical_line(finance: FlaskClient) -> None:
    an_event("evt_1", state="failed", reason="provider_unavailable", error="Not possible now: Stripe does not answer")
    for page in (fetch(finance, "admin.inbox"), fetch(finance, "admin.inbox_event", event_id="evt_1")):
        text = page.text("main")
        assert "The payment provider did not respond" in text
        assert "Not possible now: Stripe does not answer" in text


def test_the_states_are_explained(finance: FlaskClient) -> None:
    text = fetch(finance, "admin.inbox").text("main")
    assert "retried automatically, at growing intervals" in text
    assert "The account is also used for something else" in text


def test_an_event_leads_to_its_gift(finance: FlaskClient, campaign: Campaign) -> None:
    gift = a_paid_gift(campaign=campaign)
    an_event("evt_1", state="processed", donation_id=gift.id)
    an_event("evt_2", state="processed")
    page = fetch_address(finance, f"/staff/inbox?gift={gift.public_id}")
    assert page.texts("tbody th a") == ["evt_1"]
    assert page.link(gift.public_id).endswith(gift.public_id)


def test_the_selected_events_are_replayed_after_their_count_was_shown(finance: FlaskClient, session: Session) -> None:
    an_event("evt_1", state="failed_permanently")
    an_event("evt_2", state="failed_permanently")
    inbox = fetch(finance, "admin.inbox")
    preview = Page(inbox.submit(finance, REPLAY, event="evt_1", step="chosen"))
    assert "1 event will be processed again." in preview.text("main")
    assert states(session)["evt_1"] == "failed_permanently"
    answer = preview.submit(finance, REPLAY, step="confirm")
    assert answer.status_code == 303
    assert states(session) == {"evt_1": "new", "evt_2": "failed_permanently"}


def test_all_events_of_a_state_are_replayed_and_are_in_the_audit_trail(finance: FlaskClient, session: Session) -> None:
    an_event("evt_1", state="failed_permanently")
    an_event("evt_2", state="failed_permanently")
    an_event("evt_3", state="failed")
    inbox = fetch_address(finance, "/staff/inbox?state=dead")  # the former name of the state
    preview = Page(inbox.submit(finance, REPLAY, event=None, step="all"))
    assert "2 events will be processed again." in preview.text("main")
    preview.submit(finance, REPLAY, step="confirm")
    assert states(session) == {"evt_1": "new", "evt_2": "new", "evt_3": "failed"}
    act = session.execute(select(AuditEvent).order_by(AuditEvent.id.desc()).limit(1)).scalar_one()
    assert (act.action, act.detail["count"]) == ("inbox:replay_many", 2)


def test_selecting_nothing_changes_nothing(finance: FlaskClient, session: Session) -> None:
    an_event("evt_1", state="failed_permanently")
    answer = fetch(finance, "admin.inbox").submit(finance, REPLAY, event=None, step="chosen")
    assert answer.status_code == 303
    assert states(session) == {"evt_1": "failed_permanently"}


def test_a_permanently_failed_event_is_set_aside_by_a_button(finance: FlaskClient, session: Session) -> None:
    an_event("evt_1", state="failed_permanently")
    page = fetch(finance, "admin.inbox_event", event_id="evt_1")
    assert page.submit(finance, "form[action$='/set-aside']").status_code == 303
    assert states(session) == {"evt_1": "ignored"}
    assert not fetch(finance, "admin.inbox_event", event_id="evt_1").soup.select("form[action$='/set-aside']")


@pytest.mark.parametrize("role", ["viewer", "campaign", "approver"])
def test_only_finance_and_administrators_replay(
    app: Flask, clock: SettableClock, campaign: Campaign, role: str
) -> None:
    staff = sign_in_as(app, clock, role=role)
    assert staff.client.post("/staff/inbox/replay", data={"step": "all"}).status_code in {400, 403}
