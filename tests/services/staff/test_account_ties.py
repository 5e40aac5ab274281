"""A second mailbox of an administrator decides nothing with them until another administrator has confirmed it."""

import pytest
from flask import Flask
from sqlalchemy import select

from campaign.database import reading
from campaign.models.staff import Staff
from campaign.services.staff.account_ties import ConfirmedByMaker, are_independent, confirm, unconfirmed
from campaign.services.staff.accounts import RoleGrant
from campaign.services.staff.grants import set_grants
from campaign.services.staff.invitations import NewPerson, invite
from tests.support.builders import a_member_of_staff
from tests.support.fakes import SettableClock


def invited(email: str, role: str, *, by: int, clock: SettableClock) -> int:
    invite(NewPerson(email=email, grants=(RoleGrant(role),)), actor_id=by, clock=clock)
    with reading() as session:
        return session.execute(select(Staff.id).where(Staff.email == email)).scalar_one()


def test_an_account_is_confirmed_by_somebody_who_did_not_make_it(app: Flask, clock: SettableClock) -> None:
    boss, other = a_member_of_staff(role="admin").id, a_member_of_staff(role="admin", email="other@x.org").id
    second = invited("second@x.org", "approver", by=boss, clock=clock)
    third = invited("third@x.org", "finance", by=boss, clock=clock)
    assert not are_independent(boss, second)
    assert not are_independent(second, boss)
    assert are_independent(second, third)
    for actor in (boss, second):
        with pytest.raises(ConfirmedByMaker):
            confirm(second, actor_id=actor, clock=clock)
    confirm(second, actor_id=other, clock=clock)
    assert are_independent(boss, second)
    assert unconfirmed(second) is None
    set_grants(second, grants=[RoleGrant("approver"), RoleGrant("viewer")], actor_id=boss, clock=clock)
    assert are_independent(boss, second), "no role over money is new"
    set_grants(second, grants=[RoleGrant("approver"), RoleGrant("finance")], actor_id=boss, clock=clock)
    assert not are_independent(boss, second)
