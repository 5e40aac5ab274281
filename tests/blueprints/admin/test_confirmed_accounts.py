"""Whoever made an account does not decide with it until another administrator confirmed it."""

import pytest
from flask import Flask
from sqlalchemy import select

from campaign.database import transaction
from campaign.models.staff import Staff, StaffGrant
from campaign.services import audit
from tests.blueprints.admin.client import sign_in_as
from tests.blueprints.admin.test_allocations import Team, decide, notice, team  # noqa: F401  # the fixture
from tests.support.fakes import SettableClock
from tests.support.pages import fetch_address

pytestmark = pytest.mark.database("sqlite")


def test_an_account_that_the_proposer_made_approves_once_another_administrator_confirmed_it(
    app: Flask,
    team: Team,  # noqa: F811  # the fixture
    clock: SettableClock,
) -> None:
    with transaction() as session:
        people = {
            role: session.execute(select(Staff.id).where(Staff.grants.any(StaffGrant.role.has(name=role)))).scalar_one()
            for role in ("campaign", "approver")
        }
        proposer, approver = people["campaign"], people["approver"]
        audit.record(
            session,
            actor_id=proposer,
            action="staff:add",
            subject=f"staff:{approver}",
            at=clock.now(),
            detail={},
        )
    address = team.propose(team.general, team.event, "30")
    page = fetch_address(team.approver, address)
    assert page.soup.select("form[action$=approve]") == []
    assert "this could be one person" in page.text(".decisions")
    token = {"csrf_token": page.one("[name=csrf_token]")["value"]}
    refused = team.approver.post(f"{address}/approve", data=token)
    assert "this could be one person" in notice(team.approver, refused)
    admin = sign_in_as(app, clock, role="admin").client
    person = fetch_address(admin, f"/staff/people/{approver}")
    confirmed = person.submit(admin, "main form[action$=confirm]")
    assert notice(admin, confirmed).startswith("Confirmed.")
    assert fetch_address(admin, f"/staff/people/{approver}").soup.select("form[action$=confirm]") == []
    assert decide(team.approver, fetch_address(team.approver, address), "approve") == "Approved. The money has moved."
