"""Sign-in and accounts while others write: nothing fails for it, and nobody gets in without a row in the trail."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_security import changeable
from flask_security.recovery_codes import MfRecoveryCodesUtil
from flask_security.utils import hash_password
from sqlalchemy import event, select

from campaign.blueprints.admin.staff import link
from campaign.extensions import db
from campaign.models.staff import AuditEvent, Staff
from campaign.services.staff import accounts, links
from campaign.services.staff.accounts import RoleGrant, add_staff
from campaign.services.staff.invitations import NewPerson, invite
from tests.blueprints.admin.client import sign_in_as
from tests.support.builders import a_campaign
from tests.support.fakes import SettableClock
from tests.support.pages import Page, fetch_address

pytestmark = pytest.mark.database("sqlite")
EMAIL, PASSWORD = "finance@quilt.example", "a-patch-and-a-seam"
ANOTHER = "another-patch-and-a-seam"


@contextmanager
def another_writer(app: Flask) -> Iterator[sqlite3.Connection]:
    """Another program on the same database; its writing is to wait for nobody."""
    path = app.config["KURAK"].database_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, isolation_level=None, timeout=0.2)) as other:
        yield other


def write(other: sqlite3.Connection) -> None:
    other.execute("UPDATE campaign SET ends_on = date(ends_on, '+1 day')")


def writing_before(right: Any, other: sqlite3.Connection) -> Any:
    """The same function, while another writer commits."""

    def wrapped(*arguments: Any, **more: Any) -> Any:
        write(other)
        return right(*arguments, **more)

    return wrapped


def test_a_password_is_changed_while_somebody_else_writes(
    app: Flask, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_campaign()
    add_staff(EMAIL, name="Finance", roles=("finance",), clock=clock, password=PASSWORD)
    client = app.test_client()
    Page(client.get("/staff/login")).submit(client, email=EMAIL, password=PASSWORD)
    page = fetch_address(client, "/staff/password")
    with another_writer(app) as other:
        monkeypatch.setattr(changeable, "hash_password", writing_before(hash_password, other))
        answer = page.submit(client, password=PASSWORD, new_password=ANOTHER, new_password_confirm=ANOTHER)
    assert answer.status_code == 302
    again = app.test_client()
    assert Page(again.get("/staff/login")).submit(again, email=EMAIL, password=ANOTHER).status_code == 302


def test_recovery_codes_are_made_while_somebody_else_writes(
    app: Flask, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_campaign()
    staff = sign_in_as(app, clock, role="finance")
    page = fetch_address(staff.client, "/staff/recovery-codes")
    with another_writer(app) as other:
        right = MfRecoveryCodesUtil._encrypt_codes
        monkeypatch.setattr(MfRecoveryCodesUtil, "_encrypt_codes", writing_before(right, other))
        answer = page.submit(staff.client, "main form[method=post]", generate_new_codes="yes")
    assert answer.status_code == 200
    codes = re.findall(r"<code>([^<]+)", answer.text)
    assert codes
    stored = db.session.execute(select(Staff.mf_recovery_codes)).scalar_one()
    assert len(stored or []) == len(codes)


def test_adding_staff_blocks_no_other_writer(app: Flask, clock: SettableClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """The hash takes a fifth of a second, in which nobody else could write."""
    a_campaign()
    db.session.rollback()
    with another_writer(app) as other:
        monkeypatch.setattr(accounts, "hash_password", writing_before(hash_password, other))
        add_staff(EMAIL, name="Finance", roles=("finance",), clock=clock, password=PASSWORD)


def test_choosing_a_password_by_a_link_blocks_no_other_writer(
    app: Flask, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_campaign()
    made = invite(NewPerson(email=EMAIL, grants=(RoleGrant("finance"),)), actor_id=None, clock=clock)
    client = app.test_client()
    page = fetch_address(client, links.address_of(made.nonce, public_url=""))
    with another_writer(app) as other:
        monkeypatch.setattr(link, "hash_password", writing_before(hash_password, other))
        answer = page.submit(client, name="Aida", password=PASSWORD, password_again=PASSWORD)
    assert answer.location == "/staff/second-step"


@contextmanager
def impatient(app: Flask) -> Iterator[None]:
    """Nobody waits long for a lock here."""

    def limit(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA busy_timeout=50")

    db.engine.dispose()
    event.listen(db.engine, "connect", limit)
    try:
        yield
    finally:
        event.remove(db.engine, "connect", limit)
        db.engine.dispose()


@pytest.fixture
def signing_in(app: Flask, clock: SettableClock) -> tuple[FlaskClient, Page]:
    a_campaign()
    add_staff(EMAIL, name="Finance", roles=("finance",), clock=clock, password=PASSWORD)
    client = app.test_client()
    return client, Page(client.get("/staff/login"))


def test_nobody_signs_in_while_the_audit_trail_cannot_be_written(
    app: Flask, signing_in: tuple[FlaskClient, Page]
) -> None:
    client, page = signing_in
    with impatient(app), another_writer(app) as other:
        other.execute("BEGIN IMMEDIATE")
        answer = page.submit(client, email=EMAIL, password=PASSWORD)
        other.execute("ROLLBACK")
    assert answer.status_code == 503
    assert client.get("/staff/").location.startswith("/staff/login")
    assert "staff:sign_in" not in db.session.execute(select(AuditEvent.action)).scalars().all()
    assert Page(client.get("/staff/login")).submit(client, email=EMAIL, password=PASSWORD).status_code == 302


def test_a_password_that_cannot_be_saved_stays_and_the_page_says_to_try_again(
    app: Flask, signing_in: tuple[FlaskClient, Page]
) -> None:
    client, page = signing_in
    page.submit(client, email=EMAIL, password=PASSWORD)
    change = fetch_address(client, "/staff/password")
    app.config["PROPAGATE_EXCEPTIONS"] = False
    with impatient(app), another_writer(app) as other:
        other.execute("BEGIN IMMEDIATE")
        answer = change.submit(client, password=PASSWORD, new_password=ANOTHER, new_password_confirm=ANOTHER)
        other.execute("ROLLBACK")
    assert answer.status_code == 503
    again = app.test_client()
    assert Page(again.get("/staff/login")).submit(again, email=EMAIL, password=PASSWORD).status_code == 302


@pytest.mark.parametrize("where", ["campaign.services.audit.record", "flask_security.views._get_post_login_redirect"])
def test_nobody_signs_in_by_a_request_that_fails_afterwards(
    app: Flask, signing_in: tuple[FlaskClient, Page], monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    client, page = signing_in

    def fail(*_arguments: object, **_more: object) -> None:
        raise OSError("the disk is full")

    app.config["PROPAGATE_EXCEPTIONS"] = False
    monkeypatch.setattr(where, fail)
    assert page.submit(client, email=EMAIL, password=PASSWORD).status_code == 500
    monkeypatch.undo()
    assert client.get("/staff/").location.startswith("/staff/login")
