"""Roles for one campaign are given on staff pages and on the command line, and are in the audit trail."""

import pytest
from flask import Flask
from sqlalchemy import select

from campaign.database import reading
from campaign.models.campaign import Campaign
from campaign.models.staff import AuditEvent
from campaign.services.staff.accounts import NewPerson, UnknownCampaign, invite, people, set_roles
from tests.blueprints.admin.client import sign_in_as
from tests.support.builders import a_campaign, a_member_of_staff
from tests.support.fakes import SettableClock
from tests.support.pages import Page, fetch_address

pytestmark = pytest.mark.database("sqlite")  # plain rows


@pytest.fixture
def own(app: Flask) -> Campaign:
    return a_campaign()


def test_an_administrator_gives_a_role_for_one_campaign_and_it_is_in_the_audit_trail(
    app: Flask, clock: SettableClock, own: Campaign
) -> None:
    admin, viewer = sign_in_as(app, clock, role="admin"), a_member_of_staff(role="viewer")
    address = f"/staff/people/{viewer.id}"
    page = fetch_address(admin.client, address)
    assert page.texts("select[name=campaign] option[selected]") == ["All campaigns"]
    assert page.submit(admin.client, campaign="quilt").location == "/staff/people"
    row = fetch_address(admin.client, "/staff/people").texts("tbody tr")[-1]
    assert "Quilt (en)" in row
    with reading() as session:
        detail = session.execute(select(AuditEvent.detail).where(AuditEvent.action == "staff:set_roles")).scalar_one()
    assert (detail["campaign_before"], detail["campaign"]) == (None, "quilt")
    refused = fetch_address(admin.client, address).submit(admin.client, campaign="nowhere")
    assert Page(refused).texts(".error-summary li") == ["Choose one of the campaigns shown."]


def test_the_command_line_adds_staff_for_one_campaign(app: Flask, own: Campaign) -> None:
    runner = app.test_cli_runner()
    added = runner.invoke(args=["staff", "add", "one@quilt.example", "--role", "viewer", "--campaign", "quilt"])
    assert added.exit_code == 0
    assert [row.campaign_slug for row in people()] == ["quilt"]
    refused = runner.invoke(args=["staff", "add", "two@quilt.example", "--role", "viewer", "--campaign", "nowhere"])
    assert (refused.exit_code, len(people())) == (1, 1)


def test_an_unknown_campaign_gives_no_role(app: Flask, clock: SettableClock, own: Campaign) -> None:
    with pytest.raises(UnknownCampaign):
        invite(NewPerson(email="one@quilt.example", roles=("viewer",), campaign="nowhere"), actor_id=None, clock=clock)
    member, admin = a_member_of_staff(role="viewer"), a_member_of_staff(role="admin")
    with pytest.raises(UnknownCampaign):
        set_roles(member.id, roles=("viewer",), campaign="nowhere", is_active=True, actor_id=admin.id, clock=clock)
