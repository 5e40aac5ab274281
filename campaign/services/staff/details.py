"""Corrections of a person's name and address on the staff pages."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaign.database import transaction
from campaign.domain.errors import DomainError
from campaign.domain.staff_link import LinkPurpose
from campaign.gateways.clock import Clock
from campaign.models.staff import Staff, StaffLink
from campaign.services import audit
from campaign.services.staff.accounts import StaffExists, load_person
from campaign.services.staff.invitations import is_unused
from campaign.services.staff.links import make_link
from campaign.services.staff.mails import AccountEvent, send_invitation, send_notice


class NothingChanged(DomainError):
    """The name and the address are what they were."""


def correct(staff_id: int, *, name: str, email: str, actor_id: int, clock: Clock) -> None:
    """Correct a person's name or address; they get an email, at both addresses where it changed.

    An open link was sent to the former address, so it opens nothing any more; an invitation is sent anew.

    Raises:
        NothingChanged, StaffExists, NotFound: see there.
    """
    address, at = email.strip().casefold(), clock.now()
    with transaction() as session:
        person = load_person(session, staff_id)
        former = person.email
        has_new_address, has_new_name = address != former.casefold(), name != person.name
        if not has_new_address and not has_new_name:
            raise NothingChanged
        if has_new_address:
            _refuse_taken(session, address)
        person.name, person.email = name, address
        if has_new_address:
            _withdraw_open_link(session, staff_id)
        if not is_unused(session, person):
            event = AccountEvent.ADDRESS if has_new_address else AccountEvent.NAME
            for recipient in dict.fromkeys((former, address)):
                send_notice(session, person, event, at=at, recipient=recipient)
        elif has_new_address and person.active:
            new = make_link(session, person, LinkPurpose.INVITATION, actor_id=actor_id, at=at)
            send_invitation(session, person, new.nonce, actor_id=actor_id, at=at)
        detail: dict[str, object] = {"name_corrected": has_new_name, "address_corrected": has_new_address}
        subject = f"staff:{staff_id}"
        audit.record(session, actor_id=actor_id, action="staff:correct", subject=subject, at=at, detail=detail)


def _refuse_taken(session: Session, address: str) -> None:
    if session.execute(select(Staff.id).where(func.lower(Staff.email) == address)).first():
        raise StaffExists(address)


def _withdraw_open_link(session: Session, staff_id: int) -> None:
    link = session.get(StaffLink, staff_id)
    if link is not None and link.used_at is None:
        session.delete(link)
        session.flush()
