"""Roles for campaigns are given on staff pages and on the command line, and are in the audit trail."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select

from campaign.database import reading
from campaign.domain.errors import DomainError
from campaign.models.campaign import Campaign
from campaign.models.staff import AuditEvent, Staff
from campaign.services.staff import grants
from campaign.services.staff.accounts import LastAdministrator, RoleGrant, UnknownCampaign, people
from campaign.services.staff.invitations import NewPerson, invite
from tests.blueprints.admin.client import browser_of, sign_in_as, token_of
from tests.support.builders import a_campaign, a_member_of_staff, a_paid_gift
from tests.support.fakes import SettableClock
from tests.support.pages import Page, fetch_address

pytestmark = pytest.mark.database("sqlite")  # plain rows; the race runs on both


@pytest.fixture
def own(app: Flask) -> Campaign:
    return a_campaign()


def test_an_administrator_gives_a_role_for_one_campaign_and_it_is_in_the_audit_trail(
    app: Flask, clock: SettableClock, own: Campaign
) -> None:
    admin, viewer = sign_in_as(app, clock, role="admin"), a_member_of_staff(role="viewer")
    address = f"/staff/people/{viewer.id}"
    page = fetch_address(admin.client, address)
    assert [box["value"] for box in page.soup.select("input[name=roles][checked]")] == ["viewer"]
    saved = page.submit(admin.client, f"form[action='{address}']", roles=["viewer@quilt", "finance@quilt"])
    assert saved.location == "/staff/people"
    row = fetch_address(admin.client, "/staff/people").texts("tbody tr")[-1]
    assert "Viewer, Finance Quilt (en)" in row
    with reading() as session:
        detail = session.execute(select(AuditEvent.detail).where(AuditEvent.action == "staff:set_roles")).scalar_one()
    assert detail == {"before": ["viewer"], "after": ["viewer@quilt", "finance@quilt"]}
    refused = fetch_address(admin.client, address).submit(
        admin.client, f"form[action='{address}']", roles=["viewer@nowhere"]
    )
    assert Page(refused).texts(".error-summary li") == ["Choose one of the roles shown."]


def test_the_command_line_adds_staff_for_one_campaign(app: Flask, own: Campaign) -> None:
    runner = app.test_cli_runner()
    added = runner.invoke(args=["staff", "add", "one@quilt.example", "--role", "viewer", "--campaign", "quilt"])
    assert added.exit_code == 0
    assert [row.grants for row in people()] == [(RoleGrant("viewer", "quilt"),)]
    refused = runner.invoke(args=["staff", "add", "two@quilt.example", "--role", "viewer", "--campaign", "nowhere"])
    assert (refused.exit_code, len(people())) == (1, 1)


def test_an_unknown_campaign_gives_no_role(app: Flask, clock: SettableClock, own: Campaign) -> None:
    nowhere = (RoleGrant("viewer", "nowhere"),)
    with pytest.raises(UnknownCampaign):
        invite(NewPerson(email="one@quilt.example", grants=nowhere), actor_id=None, clock=clock)
    member, admin = a_member_of_staff(role="viewer"), a_member_of_staff(role="admin")
    with pytest.raises(UnknownCampaign):
        grants.set_grants(member.id, grants=nowhere, actor_id=admin.id, clock=clock)


def test_a_person_of_two_campaigns_switches_between_them_with_the_roles_of_each(
    app: Flask, clock: SettableClock, own: Campaign
) -> None:
    mountain, third = (a_campaign(slug=slug, is_featured=False) for slug in ("mountain", "third"))
    gift = a_paid_gift(campaign=mountain, payer_name="Zulfiya")
    admin, member = a_member_of_staff(role="admin"), a_member_of_staff(role="viewer", email="two@quilt.example")
    given = [RoleGrant("viewer", "quilt"), RoleGrant("finance", "mountain")]
    grants.set_grants(member.id, grants=given, actor_id=admin.id, clock=clock)
    with reading() as session:
        client = browser_of(app, clock, session.get_one(Staff, member.id))
    assert client.get("/staff/audit").status_code == 403  # a viewer of the first campaign
    assert client.get(f"/staff/donations/{gift.public_id}").status_code == 404
    page = fetch_address(client, "/staff/account")
    assert [option["value"] for option in page.soup.select("select[name=campaign] option")] == ["quilt", "mountain"]
    assert page.submit(client, "main form[action$=campaign]", campaign="mountain").status_code == 303
    assert "Zulfiya" in fetch_address(client, f"/staff/donations/{gift.public_id}").text()
    assert client.get("/staff/audit").status_code == 200
    assert client.get("/staff/reconciliation").status_code == 403
    form = {"csrf_token": token_of(client), "campaign": third.slug}
    assert client.post("/staff/account/campaign", data=form).status_code == 404


def test_a_role_for_one_campaign_beside_one_for_all_opens_nothing_of_others(
    app: Flask, clock: SettableClock, own: Campaign
) -> None:
    """Somebody reads everything and is finance of one campaign: files and names are of that campaign alone."""
    mountain = a_campaign(slug="mountain", is_featured=False)
    gift = a_paid_gift(campaign=own, payer_name="Aigul", public_name=None)
    admin, member = a_member_of_staff(role="admin"), a_member_of_staff(role="viewer", email="two@quilt.example")
    given = [RoleGrant("viewer"), RoleGrant("finance", mountain.slug)]
    grants.set_grants(member.id, grants=given, actor_id=admin.id, clock=clock)
    with reading() as session:
        client = browser_of(app, clock, session.get_one(Staff, member.id))
    assert fetch_address(client, "/staff/audit").texts("tbody tr") == []
    assert client.get("/staff/reconciliation").status_code == 403
    client.post("/staff/account/campaign", data={"csrf_token": token_of(client), "campaign": "quilt"})
    assert "Aigul" not in fetch_address(client, f"/staff/donations/{gift.public_id}").text()
    assert client.get("/staff/donations/file.csv").status_code == 403


@pytest.mark.database("sqlite", "postgresql")
def test_of_two_administrators_who_close_each_others_accounts_at_once_one_stays(
    app: Flask, clock: SettableClock, own: Campaign
) -> None:
    ids = [a_member_of_staff(role="admin", email=f"{n}@quilt.example").id for n in range(2)]
    together = Barrier(2)

    def close(pair: tuple[int, int]) -> str:
        with app.app_context():
            together.wait()
            try:
                grants.deactivate(pair[0], actor_id=pair[1], clock=clock)
            except DomainError as error:
                return type(error).__name__
        return "done"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(close, [(ids[0], ids[1]), (ids[1], ids[0])])) == ["LastAdministrator", "done"]


def test_the_last_administrator_keeps_the_role(app: Flask, clock: SettableClock, own: Campaign) -> None:
    admin = a_member_of_staff(role="admin")
    invite(NewPerson(email="new@quilt.example", grants=(RoleGrant("admin"),)), actor_id=admin.id, clock=clock)
    with pytest.raises(LastAdministrator):  # an invitation that nobody has used is no administrator
        grants.set_grants(admin.id, grants=[RoleGrant("admin", "quilt")], actor_id=0, clock=clock)
    with pytest.raises(LastAdministrator):
        grants.deactivate(admin.id, actor_id=None, clock=clock)
    a_member_of_staff(role="admin", email="second@quilt.example")
    grants.deactivate(admin.id, actor_id=None, clock=clock)
