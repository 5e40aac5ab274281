"""The shield at the desk: an alarm on the overview, its own page, and both ways by hand with a reason."""

import pytest
from flask import Flask

from campaign.database import transaction
from campaign.domain.abuse import Cause, Tally
from campaign.services import audit
from campaign.services.audit import AuditFilter
from campaign.services.shield.state import activate, active_shield
from tests.blueprints.admin.client import StaffClient, sit_down
from tests.support.builders import a_campaign
from tests.support.fakes import SettableClock
from tests.support.pages import Page, fetch

FORM = "form[action='/staff/shield']"


@pytest.fixture
def chair(app: Flask, clock: SettableClock) -> StaffClient:
    a_campaign()
    return sit_down(app, clock, role="finance")


def put_up_by_itself(clock: SettableClock) -> None:
    with transaction() as session:
        seen = Tally(started=60, failed=41)
        assert activate(session, Cause.FAILURES, counts=seen, actor_id=None, reason=None, at=clock.now())


def test_the_overview_raises_the_alarm_and_leads_to_the_page(chair: StaffClient, clock: SettableClock) -> None:
    put_up_by_itself(clock)
    overview = fetch(chair.client, "admin.overview")
    assert overview.text(".concerns li").startswith("Stolen cards are being tested: protection is on since")
    assert overview.link("Stolen cards are being tested: protection is on") == "/staff/shield"


def test_the_overview_does_not_speak_of_stolen_cards_when_somebody_put_it_up(chair: StaffClient) -> None:
    fetch(chair.client, "admin.shield").submit(chair.client, FORM, reason="A warning of our bank")
    overview = fetch(chair.client, "admin.overview")
    told = overview.text(".concerns li")
    assert told.startswith("Protection is on: turned on manually since")
    assert told.endswith("A warning of our bank")
    assert overview.link("Protection is on: turned on manually") == "/staff/shield"


def test_it_is_put_up_and_away_by_hand_for_a_reason(chair: StaffClient) -> None:
    page = fetch(chair.client, "admin.shield")
    assert "It has never been on before." in page.text()
    refused = page.submit(chair.client, FORM, reason=" ")
    assert refused.status_code == 422
    assert Page(refused).texts(".error-summary li") == ["Say why."]
    assert page.submit(chair.client, FORM, reason="A warning of our bank").status_code == 303
    up = fetch(chair.client, "admin.shield")
    assert "A warning of our bank" in up.text()
    assert up.submit(chair.client, FORM, reason="All clear").status_code == 303
    assert active_shield() is None
    assert "All clear" in fetch(chair.client, "admin.shield").text("table")
    acts = [(act.action, act.detail["reason"]) for act in audit.trail(AuditFilter(action="shield"))]
    assert acts == [("shield:away", "All clear"), ("shield:up", "A warning of our bank")]


def test_two_who_act_at_once_are_told(chair: StaffClient, clock: SettableClock) -> None:
    page = fetch(chair.client, "admin.shield")
    put_up_by_itself(clock)
    answer = page.submit(chair.client, FORM, reason="A warning")
    assert answer.status_code == 303
    assert "Someone else acted first." in fetch(chair.client, "admin.shield").text("main")


@pytest.mark.database("sqlite")
def test_who_only_looks_after_the_campaign_sees_it_and_turns_nothing(app: Flask, clock: SettableClock) -> None:
    a_campaign()
    put_up_by_itself(clock)
    chair = sit_down(app, clock, role="campaign")
    page = fetch(chair.client, "admin.shield")
    assert "very many payments failed" in page.text()
    assert not page.soup.select(FORM)
