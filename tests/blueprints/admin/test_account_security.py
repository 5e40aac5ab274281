"""Sessions and resets by an administrator, emails about an account, and roles that need a second step."""

import json
import re
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from passlib.totp import TOTP  # type: ignore[import-untyped]
from sqlalchemy import select

from campaign import create_app
from campaign.database import reading, transaction
from campaign.models.outbox import Message
from campaign.models.staff import AuditEvent, Staff, StaffPasskey
from campaign.services.mail.delivery import preview
from campaign.services.staff.accounts import RoleGrant, add_staff, set_language
from campaign.services.staff.grants import set_grants
from campaign.services.staff.second_step_rules import set_roles_with_second_step
from tests.blueprints.admin.client import StaffClient, browser_of, sign_in_as, token_of
from tests.support.builders import a_campaign
from tests.support.fakes import SettableClock
from tests.support.pages import Page, fetch_address

pytestmark = pytest.mark.database("sqlite")  # plain rows
EMAIL, PASSWORD = "aida@quilt.example", "a-patch-and-a-seam"
ANOTHER = "another-patch-and-a-seam"


@pytest.fixture
def admin(app: Flask, clock: SettableClock) -> StaffClient:
    a_campaign()
    add_staff(EMAIL, name="Aida", roles=("finance",), clock=clock, password=PASSWORD)
    return sign_in_as(app, clock, role="admin")


def row_of(email: str) -> Staff:
    with reading() as session:
        person = session.execute(select(Staff).where(Staff.email == email)).scalar_one()
        session.expunge(person)
        return person


def sign_in(client: FlaskClient, password: str = PASSWORD) -> None:
    assert fetch_address(client, "/staff/login").submit(client, email=EMAIL, password=password).status_code == 302


def mails(app: Flask) -> list[str]:
    """Subject and text of each email to staff, oldest first."""
    with reading() as session:
        query = select(Message.public_id).where(Message.kind.startswith("staff")).order_by(Message.id)
        names = session.execute(query).scalars().all()
    written = [preview(name, context=app.extensions["context"]) for name in names]
    return [f"{mail.subject}\n{mail.text}" for mail in written]


def last_act() -> tuple[str, int | None, dict[str, object]]:
    with reading() as session:
        act = session.execute(select(AuditEvent).order_by(AuditEvent.id.desc()).limit(1)).scalar_one()
        return act.action, act.actor_id, act.detail


def test_an_administrator_sees_and_ends_the_sessions_of_another(app: Flask, admin: StaffClient) -> None:
    phone, office = app.test_client(), app.test_client()
    for client in (phone, office):
        sign_in(client)
    address = f"/staff/people/{row_of(EMAIL).id}"
    page = fetch_address(admin.client, address)
    assert len(page.texts("tbody tr")) == 2
    page.submit(admin.client, "form[action$='/end']")  # the one that was used last
    assert [client.get("/staff/").status_code for client in (phone, office)] == [200, 302]
    assert last_act()[:2] == ("staff:end_sessions_of", admin.staff_id)
    fetch_address(admin.client, address).submit(admin.client, "form[action$='sessions/end']")
    assert "/staff/login" in phone.get("/staff/").location


def test_a_reset_needs_a_reason_and_reaches_the_person_by_email(app: Flask, admin: StaffClient) -> None:
    client = app.test_client()
    sign_in(client)
    page = fetch_address(admin.client, f"/staff/people/{row_of(EMAIL).id}")
    form = "form[action$=reset]"
    refused = Page(page.submit(admin.client, form, password="yes"))
    assert "Say why." in refused.text(".error-summary")
    assert "Choose what to reset" in Page(page.submit(admin.client, form, reason="Phone lost")).text(".error-summary")
    page.submit(admin.client, form, password="yes", second_step="yes", reason="Phone lost")
    assert "/staff/login" in client.get("/staff/").location
    assert last_act() == (
        "staff:reset",
        admin.staff_id,
        {"password": True, "second_step": True, "reason": "Phone lost"},
    )
    removed, link = mails(app)
    assert "The second step of your account was removed." in removed
    assert link.startswith("Choose a new password")
    address = re.search(r"(/staff/link/\S+)", link)
    assert address is not None
    chosen = fetch_address(client, address[1]).submit(client, name="Aida", password=ANOTHER, password_again=ANOTHER)
    assert chosen.location == "/staff/second-step"


def a_passkey_of(person: Staff, clock: SettableClock) -> None:
    facts = {"public_key": b"k", "sign_count": 0, "backup_state": False, "device_type": "single_device"}
    with transaction() as session:
        session.add(
            StaffPasskey(
                staff_id=person.id,
                name="Phone",
                credential_id=b"c",
                usage="first",
                lastuse_datetime=clock.now(),
                **facts,
            )
        )


def test_a_new_password_leaves_no_passkey_that_signs_in_without_it(
    app: Flask, admin: StaffClient, clock: SettableClock
) -> None:
    person = row_of(EMAIL)
    a_passkey_of(person, clock)
    page = fetch_address(admin.client, f"/staff/people/{person.id}")
    page.submit(admin.client, "form[action$=reset]", password="yes", reason="A stranger was in the account")
    with reading() as session:
        assert session.execute(select(StaffPasskey)).first() is None
    assert "passkey" in mails(app)[0]


def test_nobody_resets_their_own_account_at_the_desk(admin: StaffClient) -> None:
    form = {"csrf_token": token_of(admin.client), "password": "yes", "reason": "x"}
    answer = admin.client.post(f"/staff/people/{admin.staff_id}/reset", data=form)
    assert answer.location == "/staff/people"
    assert last_act()[0] != "staff:reset"


def test_a_sign_in_from_a_new_browser_is_told_in_the_persons_language(app: Flask, admin: StaffClient) -> None:
    set_language(row_of(EMAIL).id, "ru")
    first, second = app.test_client(), app.test_client()
    for client in (first, first, second, second):
        sign_in(client)
        client.post("/staff/logout", data={"csrf_token": token_of(client)})
    (mail,) = mails(app)
    assert mail.startswith("Новый вход")


def test_a_new_password_and_a_new_second_step_are_told(app: Flask, clock: SettableClock, admin: StaffClient) -> None:
    client = app.test_client()
    sign_in(client)
    page = fetch_address(client, "/staff/password")
    page.submit(client, password=PASSWORD, new_password=ANOTHER, new_password_confirm=ANOTHER)
    shown = Page(fetch_address(client, "/staff/second-step").submit(client, setup="authenticator"))
    key = re.sub(r"\s", "", shown.text("main code"))
    shown.submit(client, code=TOTP(key=key).generate(time=clock.now()).token)
    assert last_act()[:2] == ("staff:second_step", row_of(EMAIL).id)
    password, second_step = mails(app)
    assert "The password of your account was changed." in password
    assert "The second step of your account was set up or changed." in second_step


def test_a_role_needs_a_second_step_from_the_next_request_on(
    app: Flask, clock: SettableClock, admin: StaffClient
) -> None:
    client = browser_of(app, clock, row_of(EMAIL))
    viewer = sign_in_as(app, clock, role="viewer").client
    assert client.get("/staff/").status_code == 200
    page = fetch_address(admin.client, "/staff/people/second-step")
    assert page.submit(admin.client, "main form", roles=["finance"]).location == "/staff/people"
    assert last_act()[2] == {"before": [], "after": ["finance"]}
    for address in ("/staff/", "/staff/donations/file.csv", "/staff/account", "/staff/sessions"):
        assert client.get(address, buffered=True).location == "/staff/second-step"
    assert fetch_address(client, "/staff/second-step").texts(".desk-nav a") == []
    assert viewer.get("/staff/").status_code == 200
    refused = fetch_address(admin.client, "/staff/people/second-step").submit(
        admin.client, "main form", roles=["owner"]
    )
    assert refused.status_code == 422


def test_finance_approvers_and_administrators_need_one_in_production_unless_it_is_switched_off(
    app: Flask, clock: SettableClock, admin: StaffClient
) -> None:
    strict = create_app(replace(app.config["KURAK"], app_env="production"), app.extensions["context"])
    clients = {
        role: sign_in_as(strict, clock, role=role).client for role in ("viewer", "campaign", "finance", "approver")
    }
    clients["admin"] = browser_of(strict, clock, row_of("admin@quilt.example"))
    needs = {role: client.get("/staff/").status_code == 302 for role, client in clients.items()}
    assert needs == {"viewer": False, "campaign": False, "finance": True, "approver": True, "admin": True}
    set_roles_with_second_step((), actor_id=admin.staff_id, is_development=False, clock=clock)
    assert browser_of(strict, clock, row_of("finance@quilt.example")).get("/staff/").status_code == 200


def test_a_role_for_one_campaign_needs_its_second_step_too(
    app: Flask, clock: SettableClock, admin: StaffClient
) -> None:
    set_roles_with_second_step(("approver",), actor_id=admin.staff_id, is_development=True, clock=clock)
    granted = [RoleGrant("viewer"), RoleGrant("approver", "quilt")]
    set_grants(row_of(EMAIL).id, grants=granted, actor_id=admin.staff_id, clock=clock)
    assert browser_of(app, clock, row_of(EMAIL)).get("/staff/").location == "/staff/second-step"


def test_a_refused_passkey_is_in_the_audit_trail_with_its_account(
    app: Flask, admin: StaffClient, clock: SettableClock
) -> None:
    person = row_of(EMAIL)
    a_passkey_of(person, clock)
    stranger = app.test_client()
    for credential_id, subject in (("Yw", f"staff:{person.id}"), ("eHh4", "stranger:sign_in")):
        answer = {"id": credential_id, "rawId": credential_id, "type": "public-key", "response": {}}
        page = Page(fetch_address(stranger, "/staff/passkey").submit(stranger))
        assert page.submit(stranger, credential=json.dumps(answer)).status_code == 302
        with reading() as session:
            act = session.execute(select(AuditEvent).order_by(AuditEvent.id.desc()).limit(1)).scalar_one()
            assert (act.action, act.subject, act.detail) == ("staff:refused", subject, {"step": "wan_signin_response"})
    broken = {"clientDataJSON": "e30", "authenticatorData": "AA", "signature": "AA", "userHandle": "A"}
    bad = ["", "{", "[]", '{"rawId": 1}', "[" * 9000, '{"id":' * 9000, "9" * 9000]
    bad += [json.dumps({"id": i, "rawId": "Yw", "type": "public-key", "response": broken}) for i in ("Yw", "é", "")]
    bad += [json.dumps({"id": "Yw", "rawId": "Yw", "type": [], "response": broken | {"userHandle": None}})]
    assert {page.submit(stranger, credential=text).status_code for text in bad} == {302}


def test_a_new_passkey_that_cannot_be_read_is_refused(admin: StaffClient) -> None:
    page = Page(fetch_address(admin.client, "/staff/passkeys").submit(admin.client, name="Phone"))
    attestation = {"clientDataJSON": "e30", "attestationObject": "AA"}
    whole = json.dumps({"id": "Yw", "rawId": "Yw", "type": "public-key", "response": attestation})
    assert {page.submit(admin.client, credential=text).status_code for text in ("[" * 9000, whole)} == {302}
