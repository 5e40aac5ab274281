"""Staff accounts: added once, with known roles, and never changed by their own owner."""

import pytest
from flask import Flask
from flask_security.utils import verify_password
from passlib.hash import argon2  # type: ignore[import-untyped]
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign import create_app
from campaign.extensions import db
from campaign.models.staff import AuditEvent, Staff
from campaign.services.staff.accounts import (
    DEMO_PASSWORD,
    OwnRolesAreFixed,
    RoleGrant,
    StaffExists,
    UnknownRole,
    add_demo_staff,
    add_staff,
    people,
)
from campaign.services.staff.grants import set_grants
from campaign.services.staff.invitations import NewPerson, invite
from tests.support.builders import a_member_of_staff
from tests.support.fakes import SettableClock
from tests.support.pytest_hooks import ARGON2_AS_SHIPPED

pytestmark = pytest.mark.database("sqlite")  # plain rows; the tests of the staff pages run on both

PASSWORD = "a-patch-and-a-seam"


def member(session: Session, email: str) -> Staff:
    return session.execute(select(Staff).where(Staff.email == email)).scalar_one()


def test_an_invited_person_has_no_password_yet(app: Flask, clock: SettableClock, session: Session) -> None:
    invited = NewPerson(email=" Aida@Quilt.example ", name="Aida", grants=(RoleGrant("finance"), RoleGrant("viewer")))
    assert invite(invited, actor_id=None, clock=clock).email == "aida@quilt.example"
    person = member(session, "aida@quilt.example")
    assert (person.name, person.password) == ("Aida", None)
    assert session.execute(select(AuditEvent.action)).scalars().all() == ["staff:add"]


def test_a_password_costs_whoever_guesses_it_memory_and_time(
    app: Flask, clock: SettableClock, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, cost in ARGON2_AS_SHIPPED.items():
        monkeypatch.setattr(argon2, name, cost)
    with create_app(app.config["KURAK"], app.extensions["context"]).app_context():
        given = add_staff("aida@quilt.example", name="Aida", roles=("finance",), clock=clock, password=PASSWORD)
        db.engine.dispose()
    stored = member(session, given.email).password
    assert stored is not None
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert verify_password(PASSWORD, stored)


def test_an_address_belongs_to_one_account(app: Flask, clock: SettableClock) -> None:
    add_staff("aida@quilt.example", name="Aida", roles=("finance",), clock=clock, password=PASSWORD)
    with pytest.raises(StaffExists):
        add_staff("AIDA@quilt.example", name="Aida", roles=("finance",), clock=clock, password=PASSWORD)
    with pytest.raises(StaffExists):
        invite(NewPerson(email="AIDA@quilt.example", grants=(RoleGrant("finance"),)), actor_id=None, clock=clock)


def test_an_unknown_role_is_refused(app: Flask, clock: SettableClock) -> None:
    with pytest.raises(UnknownRole):
        invite(NewPerson(email="aida@quilt.example", grants=(RoleGrant("owner"),)), actor_id=None, clock=clock)
    assert people() == []


def test_the_demo_sign_ins_are_three_and_are_added_once(app: Flask, clock: SettableClock) -> None:
    first, second = add_demo_staff(clock=clock), add_demo_staff(clock=clock)
    assert first == second
    assert [person.roles for person in first] == [("campaign",), ("finance",), ("approver",)]
    assert {person.password for person in first} == {DEMO_PASSWORD}
    assert len(people()) == 3


def test_a_change_of_roles_ends_the_persons_sessions(app: Flask, clock: SettableClock, session: Session) -> None:
    admin, viewer = a_member_of_staff(role="admin"), a_member_of_staff(role="viewer")
    before = viewer.fs_uniquifier
    set_grants(viewer.id, grants=[RoleGrant("approver")], actor_id=admin.id, clock=clock)
    session.rollback()
    changed = member(session, viewer.email)
    assert [role.name for role in changed.roles] == ["approver"]
    assert changed.fs_uniquifier != before


def test_nobody_gives_themselves_a_role(app: Flask, clock: SettableClock, session: Session) -> None:
    admin = a_member_of_staff(role="admin")
    with pytest.raises(OwnRolesAreFixed):
        set_grants(admin.id, grants=[RoleGrant("admin"), RoleGrant("approver")], actor_id=admin.id, clock=clock)
    assert [role.name for role in member(session, admin.email).roles] == ["admin"]
