"""Invitations: a new person gets a one-time link, printed on the command line or sent by email from the staff pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from campaign.database import transaction
from campaign.domain.errors import Conflict
from campaign.domain.staff_link import LinkPurpose
from campaign.gateways.clock import Clock
from campaign.models.staff import Staff, StaffLink
from campaign.services import audit
from campaign.services.staff.accounts import (
    RoleGrant,
    StaffExists,
    known_grants,
    load_person,
    new_person,
    write_account,
)
from campaign.services.staff.links import NewLink, make_link
from campaign.services.staff.mails import send_invitation


class InvitationUsed(Conflict):
    """The person has chosen a password already, or their account is closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    """Somebody who is to be invited."""

    email: str
    name: str = ""
    grants: tuple[RoleGrant, ...]
    language: str = "en"


def invite(new: NewPerson, *, actor_id: int | None, clock: Clock, by_email: bool = False) -> NewLink:
    """Add a person, or change one who has not used their invitation, and make the link by which they choose a password.

    Args:
        actor_id: Who invites; None: the command line.
        by_email: Whether the link is sent to the person.

    Raises:
        UnknownRole, UnknownCampaign: see there.
        StaffExists: somebody with this address has an account in use.
    """
    known, at = known_grants(new.grants), clock.now()
    with transaction() as session:
        return _invite(session, new, known, actor_id=actor_id, at=at, by_email=by_email)


def invite_all(people: Sequence[NewPerson], *, actor_id: int, clock: Clock) -> None:
    """Invite several people by email: all of them, or nobody.

    Raises:
        UnknownRole, UnknownCampaign, StaffExists: as in `invite`; the address is its argument.
    """
    known, at = [known_grants(new.grants) for new in people], clock.now()
    with transaction() as session:
        for new, grants in zip(people, known, strict=True):
            _invite(session, new, grants, actor_id=actor_id, at=at, by_email=True)


def send_again(staff_id: int, *, actor_id: int, clock: Clock) -> None:
    """Send a new link to somebody who has not used their invitation; it replaces the old one.

    Raises:
        InvitationUsed, NotFound: see there.
    """
    at = clock.now()
    with transaction() as session:
        person = _invited(session, staff_id)
        link = make_link(session, person, LinkPurpose.INVITATION, actor_id=actor_id, at=at)
        send_invitation(session, person, link.nonce, actor_id=actor_id, at=at)
        subject = f"staff:{staff_id}"
        audit.record(session, actor_id=actor_id, action="staff:invite_again", subject=subject, at=at, detail={})


def withdraw(staff_id: int, *, actor_id: int, clock: Clock) -> None:
    """Take an invitation back: its link opens nothing any more. The same address can be invited again.

    Raises:
        InvitationUsed, NotFound: see there.
    """
    with transaction() as session:
        person = _invited(session, staff_id)
        person.active = False
        session.execute(delete(StaffLink).where(StaffLink.staff_id == staff_id))
        subject = f"staff:{staff_id}"
        audit.record(session, actor_id=actor_id, action="staff:withdraw", subject=subject, at=clock.now(), detail={})


def is_unused(session: Session, person: Staff) -> bool:
    """Return whether the person was invited and has never chosen a password."""
    link = session.get(StaffLink, person.id)
    is_reset = link is not None and link.purpose == LinkPurpose.RESET
    return person.password is None and person.last_active_at is None and not is_reset


def _invite(
    session: Session,
    new: NewPerson,
    known: tuple[RoleGrant, ...],
    *,
    actor_id: int | None,
    at: datetime,
    by_email: bool,
) -> NewLink:
    address = new.email.strip().casefold()
    person = session.execute(select(Staff).where(func.lower(Staff.email) == address)).scalar_one_or_none()
    if person is None:
        person = new_person(address, name=address, hashed=None, at=at)
    elif not is_unused(session, person):
        raise StaffExists(address)
    person.name, person.language, person.active = new.name.strip() or person.name, new.language, True
    write_account(session, person, known, actor_id=actor_id, at=at)
    link = make_link(session, person, LinkPurpose.INVITATION, actor_id=actor_id, at=at)
    if by_email:
        send_invitation(session, person, link.nonce, actor_id=actor_id, at=at)
    return link


def _invited(session: Session, staff_id: int) -> Staff:
    person = load_person(session, staff_id)
    link = session.get(StaffLink, staff_id, with_for_update=True)
    is_used = link is not None and link.used_at is not None
    if is_used or not person.active or not is_unused(session, person):
        raise InvitationUsed(f"staff:{staff_id}")
    return person
