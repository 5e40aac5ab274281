"""Goals besides the sum: set at the desk, shown on the dashboard."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.models.campaign import Campaign
from campaign.models.staff import AuditEvent
from campaign.services.dashboard.goals import Goals, goals_of
from tests.blueprints.admin.client import sign_in_as
from tests.support.builders import a_donor, a_paid_gift
from tests.support.fakes import SettableClock
from tests.support.pages import fetch

pytestmark = pytest.mark.database("sqlite")
FORM = "main form[action='/staff/progress/goals']"


@pytest.fixture
def campaigner(app: Flask, clock: SettableClock, campaign: Campaign) -> FlaskClient:
    return sign_in_as(app, clock, role="campaign").client


def test_goals_are_saved_and_shown(campaigner: FlaskClient, campaign: Campaign, session: Session) -> None:
    page = fetch(campaigner, "admin.goals")
    for _ in range(2):
        page.submit(campaigner, FORM, gifts="1 000", donors="", monthly="500")
    assert goals_of(campaign.id) == Goals(gifts=1000, monthly_minor=500_00)
    assert session.execute(select(AuditEvent.detail).where(AuditEvent.action == "campaign:goals")).scalars().all() == [
        {"gifts": 1000, "donors": None, "minor": 500_00, "currency": "USD"}
    ]
    a_paid_gift(campaign=campaign, donor_id=a_donor().id)
    shown = fetch(campaigner, "admin.dashboard").texts("[aria-labelledby=goals] .row span")
    assert shown == ["Gifts", "1 of 1,000", "From monthly gifts, each month", "$0.00 of $500.00"]
    fetch(campaigner, "admin.goals").submit(campaigner, FORM, gifts="", donors="", monthly="")
    assert goals_of(campaign.id) == Goals()


def test_what_is_no_number_is_shown_again_with_the_fix(campaigner: FlaskClient, campaign: Campaign) -> None:
    for typed in ("many", "0", "-3", "2.5", "1000001", "9" * 400):
        answer = fetch(campaigner, "admin.goals").submit(campaigner, FORM, gifts=typed, monthly="ten")
        assert answer.status_code == 422
        assert "Enter a whole number from 1 to 1,000,000, or nothing." in answer.text
        assert f'value="{typed}"' in answer.text
    assert goals_of(campaign.id) == Goals()
