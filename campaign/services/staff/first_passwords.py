"""First passwords: made by the program, valid for 72 hours and one sign-in, then replaced by the person's own."""

import secrets
from datetime import datetime, timedelta
from typing import cast

from flask_security.utils import hash_password
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from campaign.database import transaction
from campaign.domain.errors import Conflict, NotFound
from campaign.gateways.clock import Clock
from campaign.models.staff import Staff, StaffSession
from campaign.services import audit

VALID_FOR = timedelta(hours=72)


class FirstPasswordSpent(Conflict):
    """The first password was used or has expired: an administrator makes another."""


def new_first_password() -> str:
    """A random password of 96 bits, to be shown once."""
    return secrets.token_urlsafe(12)


def reset_password(email: str, *, clock: Clock) -> str:
    """Give a person a new first password and end their sessions; their second factor stays.

    Returns:
        The password, in the clear, to be shown once.

    Raises:
        NotFound: nobody has this address.
    """
    password, address = new_first_password(), email.strip().casefold()
    hashed = hash_password(password)  # slow, so before the transaction
    with transaction() as session:
        person = session.execute(select(Staff).where(func.lower(Staff.email) == address)).scalar_one_or_none()
        if person is None:
            raise NotFound("staff")
        person.password, person.fs_uniquifier = hashed, secrets.token_hex(16)
        person.first_password_until = clock.now() + VALID_FOR
        session.execute(delete(StaffSession).where(StaffSession.staff_id == person.id))
        subject = f"staff:{person.id}"
        audit.record(session, actor_id=None, action="staff:reset_password", subject=subject, at=clock.now(), detail={})
    return password


def is_spent(person: object, *, clock: Clock) -> bool:
    """Return whether this person has a first password that is no longer valid."""
    until = cast(Staff, person).first_password_until
    return until is not None and until <= clock.now()


def forget(person: object) -> None:
    """Note on the row of a member of staff, which the caller writes, that they have chosen a password of their own."""
    cast(Staff, person).first_password_until = None


def spend(session: Session, staff_id: int, *, at: datetime) -> None:
    """Use up the first password of somebody who signs in, if it is one.

    Raises:
        FirstPasswordSpent: it was used before, or it has expired.
    """
    query = select(Staff).where(Staff.id == staff_id).with_for_update()
    person = session.execute(query.execution_options(populate_existing=True)).scalar_one()
    if person.first_password_until is None:
        return
    if person.first_password_until <= at:
        raise FirstPasswordSpent
    person.first_password_until = at
