"""Staff pages of the shield: an alarm on the overview, its own page, manual changes with a reason."""

import pytest
from flask import Flask

from campaign.database import transaction
from campaign.domain.abuse import Cause, Tally
from campaign.services import audit
from campaign.services.audit import AuditFilter
from campaign.services.shield.state import activate, active_shield
from tests.blueprints.admin.client import StaffClient, sign_in_as
from tests.support.builders import a_campaign
from tests.support.fakes import SettableClock
from tests.support.pages import Page, fetch

pytestmark = pytest.mark.database("sqlite")

FORM = "form[action='/staff/shield']"


@pytest.fixture
def staff(app: Flask, clock: SettableClock) -> StaffClient:
    a_campaign()
    return sign_in_as(app, clock, role="finance")


def put_up_by_itself(clock: SettableClock) -> None:
    with transaction() as session:
        counts = Tally(started=60, failed=41)
        assert activate(session, Cause.FAILURES, counts=counts, actor_id=None, reason=None, at=clock.now())


def test_the_overview_raises_the_alarm_and_leads_to_the_page(staff: StaffClient, clock: SettableClock) -> None:
    put_up_by_itself(clock)
    overview = fetch(staff.client, "admin.overview")
    assert overview.text(".concerns li").startswith("Stolen cards are being tested: protection is on since")
    assert overview.link("Stolen cards are being tested: protection is on") == "/staff/shield"


def test_the_overview_does_not_speak_of_stolen_cards_after_a_manual_activation(staff: StaffClient) -> None:
    fetch(staff.client, "admin.shield").submit(staff.client, FORM, reason="A warning of our bank")
    overview = fetch(staff.client, "admin.overview")
    alarm = overview.text(".concerns li")
    assert alarm.startswith("Protection is on: turned on manually since")
    assert alarm.endswith("A warning of our bank")
    assert overview.link("Protection is on: turned on manually") == "/staff/shield"


def test_it_is_activated_and_deactivated_manually_with_a_reason(staff: StaffClient) -> None:
    page = fetch(staff.client, "admin.shield")
    assert "It has never been on before." in page.text()
    refused = page.submit(staff.client, FORM, reason=" ")
    assert refused.status_code == 422
    assert Page(refused).texts(".error-summary li") == ["Say why."]
    assert page.submit(staff.client, FORM, reason="A warning of our bank").status_code == 303
    up = fetch(staff.client, "admin.shield")
    assert "A warning of our bank" in up.text()
    assert up.submit(staff.client, FORM, reason="All clear").status_code == 303
    assert active_shield() is None
    assert "All clear" in fetch(staff.client, "admin.shield").text("table")
    acts = [(act.action, act.detail["reason"]) for act in audit.trail(AuditFilter(action="shield"))]
    assert acts == [("shield:away", "All clear"), ("shield:up", "A warning of our bank")]


def test_the_second_of_two_simultaneous_actions_is_refused(staff: StaffClient, clock: SettableClock) -> None:
    page = fetch(staff.client, "admin.shield")
    put_up_by_itself(clock)
    answer = page.submit(staff.client, FORM, reason="A warning")
    assert answer.status_code == 303
    assert "Someone else acted first." in fetch(staff.client, "admin.shield").text("main")


@pytest.mark.database("sqlite")
def test_campaign_staff_see_the_shield_and_cannot_change_it(app: Flask, clock: SettableClock) -> None:
    a_campaign()
    put_up_by_itself(clock)
    staff = sign_in_as(app, clock, role="campaign")
    page = fetch(staff.client, "admin.shield")
    assert "very many payments failed" in page.text()
    assert not page.soup.select(FORM)
