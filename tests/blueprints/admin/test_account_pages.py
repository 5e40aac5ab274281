"""Staff pages of people and of the own account, and the details in the audit trail."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.database import transaction
from campaign.models.staff import AuditEvent, Staff
from campaign.services import audit
from tests.blueprints.admin.client import sign_in_as, token_of
from tests.support.builders import NOW, a_campaign
from tests.support.fakes import SettableClock
from tests.support.pages import fetch, fetch_address

pytestmark = [pytest.mark.database("sqlite"), pytest.mark.usefixtures("campaign")]  # services are tested on both


@pytest.fixture
def admin(app: Flask, clock: SettableClock) -> FlaskClient:
    return sign_in_as(app, clock, role="admin").client


def test_the_audit_trail_shows_details_in_words_and_amounts_as_money(finance: FlaskClient) -> None:
    records: list[tuple[str, dict[str, object], str]] = [
        (
            "allocation:propose",
            {"from": "GEN", "to": "EVENT-1", "amount_minor": 150_00, "currency": "USD"},
            "From: GEN; To: EVENT-1; Amount: $150.00",
        ),
        (
            "disbursement:record",
            {"fund": "EVENT-1", "amount_minor": 1_000_00, "currency": "KGS", "paid_on": "2026-11-30"},
            "Fund: EVENT-1; Amount: KGS 1,000.00; Paid on: November 30, 2026",
        ),
        ("refund:request", {"refund": "abc", "minor": 500, "reason": ""}, "Refund: abc"),
        (
            "allocation:approve",
            {"amount_minor": 78_00, "currency": "USD", "figures": "28367:0:9000"},
            "Amount: $78.00",
        ),
        ("allocation:approve", {"amount_minor": 78_00}, ""),
        ("donations:download", {"filters": ["since", "until"]}, "Filters in use: Paid from, Paid until"),
        (
            "shield:up",
            {"cause": "staff", "failed": 3, "started": 0},
            "Cause: turned on manually; Payments failed in the last hour: 3; Payment pages opened in the last hour: 0",
        ),
        ("shield:away", {"after": "quiet"}, "Reason: no attempts for 30 minutes"),
        (
            "staff:set_roles",
            {"before": ["viewer"], "after": ["viewer", "finance"], "active": True},
            "Roles before: Viewer; Roles after: Viewer, Finance; May sign in: yes",
        ),
        (
            "ledger:download",
            {"format": "csv", "since": "", "until": "", "tomorrows": "key"},
            "Format: csv; tomorrows: key",
        ),
    ]
    with transaction() as session:
        for action, detail, _sentence in records:
            audit.record(session, actor_id=None, action=action, subject="thing:1", at=NOW, detail=detail)
    page = fetch(finance, "admin.audit_trail", subject="thing:1")
    assert page.texts("tbody td.small") == [sentence for *_rest, sentence in reversed(records)]


def test_an_administrator_changes_roles_and_the_person_is_signed_out(
    app: Flask, clock: SettableClock, admin: FlaskClient, session: Session
) -> None:
    viewer = sign_in_as(app, clock, role="viewer")
    page = fetch(admin, "admin.person", staff_id=viewer.staff_id)
    answer = page.submit(admin, f"form[action$='/{viewer.staff_id}']", roles=["viewer", "approver"])
    assert answer.status_code == 303
    assert "/staff/login" in viewer.client.get("/staff/").location
    roles = session.get_one(Staff, viewer.staff_id).roles
    assert {role.name for role in roles} == {"viewer", "approver"}
    actions = session.execute(select(AuditEvent.action).order_by(AuditEvent.id)).scalars().all()
    assert actions[-1] == "staff:set_roles"


def test_nobody_changes_their_own_roles(admin: FlaskClient, session: Session) -> None:
    own = session.execute(select(Staff).where(Staff.email == "admin@quilt.example")).scalar_one()
    form = {"csrf_token": token_of(admin), "roles": ["admin", "approver"], "active": "yes"}
    answer = admin.post(f"/staff/people/{own.id}", data=form)
    assert "You cannot change your own roles." in fetch_address(admin, answer.location).text(".notice")


def test_an_account_can_be_closed(app: Flask, clock: SettableClock, admin: FlaskClient, session: Session) -> None:
    viewer = sign_in_as(app, clock, role="viewer")
    page = fetch(admin, "admin.person", staff_id=viewer.staff_id)
    page.submit(admin, "form[action$=deactivate]")
    assert "/staff/login" in viewer.client.get("/staff/").location
    assert session.get_one(Staff, viewer.staff_id).active is False
    assert "Deactivated" in fetch(admin, "admin.people").text("tbody")
    fetch(admin, "admin.person", staff_id=viewer.staff_id).submit(admin, "form[action$=reactivate]")
    session.rollback()
    assert session.get_one(Staff, viewer.staff_id).active is True


def test_the_account_page_keeps_the_language(finance: FlaskClient) -> None:
    page = fetch(finance, "admin.account")
    page.submit(finance, "main form[action$=language]", language="ky")
    assert fetch(finance, "admin.account").one("html")["lang"] == "ky"


def test_unmatched_money_is_called_a_discrepancy_in_russian(finance: FlaskClient) -> None:
    fetch(finance, "admin.account").submit(finance, "main form[action$=language]", language="ru")
    assert "Расхождения" in fetch(finance, "admin.reconciliation").texts("main h2")


def test_the_account_page_names_the_roles(admin: FlaskClient) -> None:
    assert "Roles Administrator " in fetch(admin, "admin.account").text(".facts")


def test_people_are_listed_with_the_names_of_their_roles(app: Flask, clock: SettableClock, admin: FlaskClient) -> None:
    sign_in_as(app, clock, role="viewer")
    rows = " ".join(fetch(admin, "admin.people").texts("tbody tr"))
    assert "Viewer" in rows
    assert "Administrator" in rows


def test_another_campaign_can_be_chosen(finance: FlaskClient) -> None:
    a_campaign(slug="other", is_featured=False)
    page = fetch(finance, "admin.account")
    page.submit(finance, "main form[action$=campaign]", campaign="other")
    assert fetch(finance, "admin.donations").text("[role=status]") == "0 donations"
