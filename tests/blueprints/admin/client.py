"""Sign-in for tests of staff pages: a client with a role's session, without the time that argon2 takes."""

import time
from dataclasses import dataclass

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from campaign.database import transaction
from campaign.domain.identity import new_public_id
from campaign.gateways.clock import Clock
from campaign.models.campaign import Campaign
from campaign.models.staff import Staff, StaffSession
from tests.support.builders import a_member_of_staff

FRESH_SECONDS = 300


@dataclass
class StaffClient:
    """A member of staff: the id of their row, and their browser."""

    staff_id: int
    client: FlaskClient


def sign_in_as(
    app: Flask, clock: Clock, *, role: str, is_fresh: bool = True, campaign: Campaign | None = None
) -> StaffClient:
    """Add a member of staff and open their session as sign-in does; `is_fresh`: the password was just entered."""
    member = a_member_of_staff(role=role, campaign=campaign)
    return StaffClient(staff_id=member.id, client=browser_of(app, clock, member, is_fresh=is_fresh))


def browser_of(app: Flask, clock: Clock, member: Staff, *, is_fresh: bool = True) -> FlaskClient:
    """A browser in which this person is signed in."""
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = member.fs_uniquifier
        session["_fresh"] = True
        session["fs_paa"] = time.time() - (0 if is_fresh else FRESH_SECONDS + 1)  # Flask-Security asks the machine
        session["in_at"] = session["seen_at"] = clock.now().timestamp()
        session["session_id"] = new_public_id()
    with transaction() as rows:
        rows.get_one(Staff, member.id).last_active_at = clock.now()
        rows.add(
            StaffSession(
                public_id=session["session_id"],
                staff_id=member.id,
                browser="",
                system="",
                signed_in_at=clock.now(),
                last_used_at=clock.now(),
            )
        )
    return client


def token_of(client: FlaskClient) -> str:
    """The session's CSRF token, from the form that every staff page has: signing out."""
    page = client.get("/staff/account").text
    return page.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]


def send_files(client: FlaskClient, address: str, files: list[tuple[str, str, bytes]], **fields: str) -> TestResponse:
    """Send a form with files, each (field, name, content), as browsers do; Werkzeug’s client would leave temporary files open."""
    heads = [(f'name="{name}"', str(value).encode()) for name, value in fields.items()]
    heads += [(f'name="{field}"; filename="{name}"', data) for field, name, data in files]
    parts = [f"--x\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + body + b"\r\n" for head, body in heads]
    return client.post(address, data=b"".join([*parts, b"--x--\r\n"]), content_type="multipart/form-data; boundary=x")
