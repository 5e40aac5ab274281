"""Sessions of staff: each person sees their own, ends one or all others, and gets a new token with each."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from campaign.database import reading
from campaign.domain.user_agent import browser_of, system_of
from campaign.models.staff import AuditEvent, StaffSession
from campaign.services.staff.accounts import RoleGrant, add_staff
from campaign.services.staff.grants import set_grants
from tests.blueprints.admin import client as admin_client
from tests.support.builders import a_campaign, a_member_of_staff
from tests.support.fakes import SettableClock
from tests.support.pages import Page, fetch_address

pytestmark = pytest.mark.database("sqlite")  # plain rows
EMAIL, PASSWORD = "finance@quilt.example", "a-patch-and-a-seam"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Mobile Safari/604.1"
CHROME = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36"
)
EDGE = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0"


@pytest.fixture
def member(app: Flask, clock: SettableClock) -> None:
    a_campaign()
    add_staff(EMAIL, name="Finance", roles=("finance",), clock=clock, password=PASSWORD)


def signed_in(app: Flask, agent: str) -> FlaskClient:
    client = app.test_client()
    client.environ_base["HTTP_USER_AGENT"] = agent
    page = fetch_address(client, "/staff/login")
    assert page.submit(client, email=EMAIL, password=PASSWORD).location == "/staff/"
    return client


def test_a_person_sees_their_sessions_and_ends_one(app: Flask, clock: SettableClock, member: None) -> None:
    phone = signed_in(app, PHONE)
    clock.advance(minutes=5)
    here = signed_in(app, FIREFOX)
    page = fetch_address(here, "/staff/sessions")
    first, second = page.texts("tbody tr")
    assert ("Firefox on Windows" in first, "This browser" in first) == (True, True)
    assert ("Safari on iPhone" in second, "09:00" in second, "This browser" in second) == (True, True, False)
    address = str(page.one("tbody form")["action"])
    ended = here.post(address, data={"csrf_token": admin_client.token_of(here)})
    assert ended.location == "/staff/sessions"
    assert "The session has ended." in fetch_address(here, "/staff/sessions").text()
    assert "/staff/login" in phone.get("/staff/").location
    assert "This session has ended." in fetch_address(phone, "/staff/login").text()
    assert here.get("/staff/").status_code == 200
    with reading() as session:
        assert session.execute(select(AuditEvent.action)).scalars().all()[-1] == "staff:end_sessions"


def test_all_other_sessions_end_at_once(app: Flask, clock: SettableClock, member: None) -> None:
    others, here = [signed_in(app, PHONE), signed_in(app, FIREFOX)], signed_in(app, FIREFOX)
    ended = here.post("/staff/sessions/end-others", data={"csrf_token": admin_client.token_of(here)})
    assert "2 other sessions have ended." in fetch_address(here, ended.location).text()
    assert all("/staff/login" in other.get("/staff/").location for other in others)
    assert len(fetch_address(here, "/staff/sessions").texts("tbody tr")) == 1


def test_nobody_sees_or_ends_another_persons_session(app: Flask, clock: SettableClock, member: None) -> None:
    theirs = signed_in(app, PHONE)
    with reading() as session:
        name = session.execute(select(StaffSession.public_id)).scalar_one()
    admin = admin_client.sign_in_as(app, clock, role="admin").client
    assert "Safari" not in fetch_address(admin, "/staff/sessions").text()
    data = {"csrf_token": admin_client.token_of(admin)}
    assert admin.post(f"/staff/sessions/{name}/end", data=data).status_code == 404
    admin.post("/staff/sessions/end-others", data=data)
    assert theirs.get("/staff/").status_code == 200


def test_a_cookie_without_its_row_is_invalid(app: Flask, clock: SettableClock) -> None:
    a_campaign()
    client = admin_client.sign_in_as(app, clock, role="finance").client
    with client.session_transaction() as stored:
        stored["session_id"] = "zzzzzzzzzzzzzzzz"
    assert "/staff/login" in client.get("/staff/").location


def test_signing_out_a_new_password_and_new_roles_leave_no_session(
    app: Flask, clock: SettableClock, member: None
) -> None:
    other, here = signed_in(app, PHONE), signed_in(app, FIREFOX)
    new = {"new_password": "another-patch-and-a-seam", "new_password_confirm": "another-patch-and-a-seam"}
    assert fetch_address(here, "/staff/password").submit(here, password=PASSWORD, **new).status_code == 302
    assert "/staff/login" in other.get("/staff/").location
    assert len(rows()) == 1
    here.post("/staff/logout", data={"csrf_token": admin_client.token_of(here)})
    assert rows() == []
    staff = admin_client.sign_in_as(app, clock, role="viewer")
    admin = a_member_of_staff(role="admin")
    set_grants(staff.staff_id, grants=[RoleGrant("finance")], actor_id=admin.id, clock=clock)
    assert rows() == []


def test_expired_sessions_are_removed_at_the_next_sign_in(app: Flask, clock: SettableClock, member: None) -> None:
    signed_in(app, PHONE)
    clock.advance(minutes=31)
    signed_in(app, FIREFOX)
    assert [row.browser for row in rows()] == ["Firefox"]


def rows() -> list[StaffSession]:
    with reading() as session:
        return list(session.execute(select(StaffSession)).scalars())


def test_the_csrf_token_changes_at_sign_in(app: Flask, client: FlaskClient, member: None) -> None:
    page = fetch_address(client, "/staff/login")
    before = str(page.one("input[name=csrf_token]")["value"])
    page.submit(client, email=EMAIL, password=PASSWORD)
    with client.session_transaction() as stored:
        assert "csrf_token" not in stored
    assert client.post("/staff/account/language", data={"csrf_token": before, "language": "ru"}).status_code == 400
    after = admin_client.token_of(client)
    assert client.post("/staff/account/language", data={"csrf_token": after, "language": "ru"}).status_code == 303


@pytest.mark.parametrize(
    ("agent", "named"),
    [
        (FIREFOX, ("Firefox", "Windows")),
        (PHONE, ("Safari", "iPhone")),
        (CHROME, ("Chrome", "Android")),
        (EDGE, ("Edge", "macOS")),
        ("curl/8.0", ("", "")),
        ("", ("", "")),
    ],
)
def test_a_browser_is_named_as_its_person_knows_it(agent: str, named: tuple[str, str]) -> None:
    assert (browser_of(agent), system_of(agent)) == named


def test_an_unknown_browser_is_called_so(app: Flask, member: None) -> None:
    client = signed_in(app, "<script>alert(1)</script>")
    assert "Unknown browser" in Page(client.get("/staff/sessions")).text()
