"""Resets of an account: a link to a new password, and a second step that was lost."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from campaign.database import transaction
from campaign.domain.errors import DomainError
from campaign.domain.staff_link import LinkPurpose
from campaign.gateways.clock import Clock
from campaign.models.staff import Staff
from campaign.services import audit
from campaign.services.staff.accounts import OwnRolesAreFixed, forget_sessions, load_person
from campaign.services.staff.invitations import is_unused
from campaign.services.staff.links import NewLink, make_link
from campaign.services.staff.mails import AccountEvent, send_invitation, send_notice


class NothingToReset(DomainError):
    """Neither the password nor the second step was to be reset."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetOrder:
    """What is to be reset, by whom and why. `actor_id` None: the command line, which prints the link."""

    password: bool = True
    second_step: bool = False
    reason: str = ""
    actor_id: int | None = None


def reset(staff_id: int, order: ResetOrder, *, clock: Clock) -> NewLink | None:
    """Reset a person's account and end their sessions; they get an email.

    Returns:
        The link by which they choose another password, where it was reset. From the staff pages it is sent to them.

    Raises:
        NothingToReset, OwnRolesAreFixed, NotFound: see there.
    """
    if not order.password and not order.second_step:
        raise NothingToReset
    if staff_id == order.actor_id:
        raise OwnRolesAreFixed
    at = clock.now()
    with transaction() as session:
        person = load_person(session, staff_id)
        purpose = LinkPurpose.INVITATION if is_unused(session, person) else LinkPurpose.RESET
        link = None
        if order.second_step:
            _remove_second_step(person)
            send_notice(session, person, AccountEvent.SECOND_STEP_REMOVED, at=at)
        if order.password:
            person.password = None
            _remove_passkeys(session, person, at=at)
            link = make_link(session, person, purpose, actor_id=order.actor_id, at=at)
            if order.actor_id is not None:
                send_invitation(session, person, link.nonce, actor_id=order.actor_id, at=at, purpose=purpose)
        forget_sessions(session, person)
        detail: dict[str, object] = {
            "password": order.password,
            "second_step": order.second_step,
            "reason": order.reason,
        }
        subject = f"staff:{staff_id}"
        audit.record(session, actor_id=order.actor_id, action="staff:reset", subject=subject, at=at, detail=detail)
    return link


def _remove_passkeys(session: Session, person: Staff, *, at: datetime) -> None:
    """Remove what signs in without the password: whoever had the account in their hands may have added one."""
    if person.webauthn:
        person.webauthn = []
        send_notice(session, person, AccountEvent.PASSKEY_REMOVED, at=at)


def _remove_second_step(person: Staff) -> None:
    person.tf_primary_method = person.tf_totp_secret = person.mf_recovery_codes = None
    person.webauthn = []
