"""Invitations by email: sent, sent again, withdrawn; a person's name and address; refused sign-ins; the trail as a file."""

import csv
import io
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from campaign.database import reading
from campaign.models.outbox import Message
from campaign.models.staff import AuditEvent, Staff
from campaign.services.mail.delivery import preview
from campaign.services.staff import refusals
from tests.blueprints.admin.client import sign_in_as
from tests.support.builders import a_campaign, a_member_of_staff
from tests.support.fakes import SettableClock
from tests.support.pages import Page, fetch_address

pytestmark = pytest.mark.database("sqlite")  # plain rows
EMAIL, PASSWORD = "aida@quilt.example", "a-patch-and-a-seam"


@pytest.fixture
def admin(app: Flask, clock: SettableClock) -> FlaskClient:
    a_campaign()
    return sign_in_as(app, clock, role="admin").client


def invite(admin: FlaskClient, **typed: object) -> Page:
    fields = {"email": EMAIL, "language": "ru", "roles": ["viewer", "finance@quilt"]} | typed
    answer = fetch_address(admin, "/staff/people/new").submit(admin, "main form", **fields)
    return Page(admin.get(answer.location) if answer.status_code == 303 else answer)


def mails(app: Flask) -> list[tuple[str, str, str]]:
    """(kind, recipient, text) of each email to staff, oldest first."""
    with reading() as session:
        rows = session.execute(select(Message).where(Message.kind.startswith("staff")).order_by(Message.id)).scalars()
        named = [(row.kind, row.recipient, row.public_id) for row in rows]
    context = app.extensions["context"]
    return [(kind, recipient, preview(name, context=context).text) for kind, recipient, name in named]


def link_in(text: str) -> str:
    link = re.search(r"(/staff/link/\S+)", text)
    assert link is not None
    return link[1]


def acts() -> list[str]:
    with reading() as session:
        return list(session.execute(select(AuditEvent.action).order_by(AuditEvent.id)).scalars())


def staff_id_of(email: str) -> int:
    with reading() as session:
        return session.execute(select(Staff.id).where(Staff.email == email)).scalar_one()


def test_an_invitation_by_email_is_in_the_chosen_language_and_its_link_opens_the_account(
    app: Flask, admin: FlaskClient
) -> None:
    listed = invite(admin).texts("tbody tr")
    assert any(EMAIL in row and "Invited until December 4, 2026" in row for row in listed), listed
    ((kind, recipient, text),) = mails(app)
    assert (kind, recipient) == ("staff_invitation", EMAIL)
    assert ("Admin" in text, "72" in text, "invited" in text) == (True, True, False)
    with reading() as session:
        facts = str(session.execute(select(Message.facts)).scalars().all())
    assert link_in(text).rsplit("/", 1)[1] not in facts
    client = app.test_client()
    page = Page(client.get(link_in(text)))
    assert page.one("html")["lang"] == "ru"
    page.submit(client, name="Aida", password=PASSWORD, password_again=PASSWORD)
    assert client.get("/staff/").status_code == 200
    row = next(row for row in fetch_address(admin, "/staff/people").texts("tbody tr") if EMAIL in row)
    assert ("Active" in row, "December 1, 2026" in row) == (True, True)
    assert "Somebody with this address has an account already." in invite(admin).text(".error-summary")


def test_an_invitation_is_sent_again_and_withdrawn(app: Flask, admin: FlaskClient, client: FlaskClient) -> None:
    invite(admin)
    person = f"/staff/people/{staff_id_of(EMAIL)}"
    fetch_address(admin, person).submit(admin, "form[action$=invite-again]")
    first, second = (link_in(text) for _kind, _recipient, text in mails(app))
    assert (client.get(first).status_code, client.get(second).status_code) == (404, 200)
    page = fetch_address(admin, person)
    page.submit(admin, "form[action$=withdraw]")
    assert client.get(second).status_code == 404
    assert "Invitation withdrawn" in fetch_address(admin, "/staff/people").text("tbody")
    page.submit(admin, "form[action$=withdraw]")  # a second press
    assert "no open invitation" in fetch_address(admin, "/staff/people").text(".notice")
    invite(admin, roles=["viewer"])
    assert client.get(link_in(mails(app)[-1][2])).status_code == 200
    assert acts() == ["staff:add", "staff:invite_again", "staff:withdraw", "staff:add"]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"roles": []}, "Choose at least one role."),
        ({"email": "aida"}, "address"),
        ({"language": "de"}, "Choose one of the languages shown."),
        ({"roles": ["owner"]}, "Choose one of the roles shown."),
    ],
)
def test_a_wrong_invitation_is_refused_and_what_was_typed_stays(
    app: Flask, admin: FlaskClient, typed: dict[str, object], sentence: str
) -> None:
    page = invite(admin, name="Aida", **typed)
    assert sentence in page.text(".error-summary")
    assert page.one("#name")["value"] == "Aida"
    assert mails(app) == []


def test_several_people_are_invited_by_one_form_or_nobody(app: Flask, admin: FlaskClient) -> None:
    several = f"{EMAIL}\n\n  bermet@quilt.example; {EMAIL.upper()}"
    listed = invite(admin, email=several, then="another")
    assert (listed.h1, listed.texts(".notice")) == ("Invite a person", ["2 invitations are on their way."])
    assert [recipient for _kind, recipient, _text in mails(app)] == [EMAIL, "bermet@quilt.example"]
    member = a_member_of_staff(role="viewer", email="old@quilt.example", password="$argon2id$x")
    for wrong, sentence in (
        (f"new@quilt.example\n{member.email}", "old@quilt.example: Somebody with this address has an account already."),
        ("new@quilt.example\nnew", "Enter an email address, like name@example.com."),
        ("\n".join(f"a{n}@quilt.example" for n in range(21)), "Invite at most 20 people at a time."),
    ):
        page = invite(admin, email=wrong)
        assert page.texts(".error-summary a") == [sentence]
        assert page.text("#email") == " ".join(wrong.split())
    named = invite(admin, email=several, name="Aida")
    assert named.texts(".error-summary a") == ["A name belongs to one person. Leave it empty for several people."]
    assert len(mails(app)) == 2


def test_a_corrected_address_gets_an_email_at_both_addresses(app: Flask, admin: FlaskClient) -> None:
    member = a_member_of_staff(role="viewer", email="old@quilt.example", password="$argon2id$x")
    page = fetch_address(admin, f"/staff/people/{member.id}")
    form = "form[action$=details]"
    assert "already" in Page(page.submit(admin, form)).text(".error-summary")
    taken = page.submit(admin, form, email="ADMIN@quilt.example")
    assert "has an account already" in Page(taken).text(".error-summary")
    assert page.submit(admin, form, email="new@quilt.example").status_code == 303
    sent = mails(app)
    assert [recipient for _kind, recipient, _text in sent] == ["old@quilt.example", "new@quilt.example"]
    assert all("is now new@quilt.example" in text for _kind, _recipient, text in sent)
    with reading() as session:
        detail = session.execute(select(AuditEvent.detail).where(AuditEvent.action == "staff:correct")).scalar_one()
    assert detail == {"name_corrected": False, "address_corrected": True}


def test_a_corrected_address_of_an_invitation_gets_a_new_link(
    app: Flask, admin: FlaskClient, client: FlaskClient
) -> None:
    invite(admin)
    page = fetch_address(admin, f"/staff/people/{staff_id_of(EMAIL)}")
    page.submit(admin, "form[action$=details]", name="Aida", email="right@quilt.example")
    (_kind, _old, former), (_kind, recipient, text) = mails(app)
    assert recipient == "right@quilt.example"
    assert (client.get(link_in(former)).status_code, client.get(link_in(text)).status_code) == (404, 200)


def test_refused_sign_ins_are_audited_without_addresses_and_are_bounded(
    app: Flask, clock: SettableClock, client: FlaskClient, admin: FlaskClient
) -> None:
    hashed = "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA"
    member = a_member_of_staff(role="finance", email=EMAIL, password=hashed)
    page = fetch_address(client, "/staff/login")
    for email in (EMAIL.upper(), "secret@elsewhere.example"):
        for _ in range(refusals.MAX_IN_AN_HOUR + 2):
            page.submit(client, email=email, password="not the password")
    with reading() as session:
        rows = session.execute(select(AuditEvent).where(AuditEvent.action == "staff:refused")).scalars().all()
        subjects = [row.subject for row in rows]
        assert "elsewhere" not in str([(row.subject, row.detail) for row in rows])
    assert subjects == [f"staff:{member.id}"] * 5 + ["stranger:sign_in"] * 5
    clock.advance(minutes=25)
    assert "Step: Password" in fetch_address(admin, "/staff/audit?action=staff:refused").text("tbody")


def test_the_audit_trail_is_downloaded_with_the_filters_of_its_page(
    app: Flask, clock: SettableClock, admin: FlaskClient
) -> None:
    invite(admin)
    invite(admin, email="two@quilt.example", roles=["viewer"])
    member = staff_id_of(EMAIL)
    file = admin.get(f"/staff/audit/file.csv?subject=staff:{member}", buffered=True)
    lines = list(csv.reader(io.StringIO(file.data.decode("utf-8-sig"))))
    acted = [line for line in lines if "Added a person" in line]
    assert len(acted) == 1
    assert "Roles: Viewer, Finance (quilt)" in acted[0][-1]
    assert admin.get("/staff/audit/file.xlsx", buffered=True).data.startswith(b"PK")
    assert acts()[-1] == "audit:download"
    assert sign_in_as(app, clock, role="viewer").client.get("/staff/audit/file.csv").status_code == 403


def test_the_command_line_lists_and_closes_accounts_and_it_is_audited(app: Flask, admin: FlaskClient) -> None:
    a_member_of_staff(role="viewer", email=EMAIL)
    runner = app.test_cli_runner()
    assert runner.invoke(args=["staff", "deactivate", EMAIL]).exit_code == 0
    assert f"{EMAIL}  deactivated  viewer" in runner.invoke(args=["staff", "list"]).output
    assert runner.invoke(args=["staff", "reactivate", EMAIL]).exit_code == 0
    assert runner.invoke(args=["staff", "deactivate", "admin@quilt.example"]).exit_code == 1
    assert acts() == ["staff:deactivate", "staff:reactivate"]
