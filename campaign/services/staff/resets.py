"""Resets of an account: a link to a new password, and a second step that was lost."""

from sqlalchemy import func, select

from campaign.database import transaction
from campaign.domain.errors import NotFound
from campaign.domain.staff_link import LinkPurpose
from campaign.gateways.clock import Clock
from campaign.models.staff import Staff
from campaign.services import audit
from campaign.services.staff.accounts import forget_sessions
from campaign.services.staff.invitations import is_unused
from campaign.services.staff.links import NewLink, make_link


def reset(email: str, *, second_step: bool, clock: Clock) -> NewLink:
    """Take the password of a person away, end their sessions, and make the link by which they choose another.

    Args:
        second_step: Whether the app and the recovery codes of the second step are removed too.

    Raises:
        NotFound: nobody has this address.
    """
    address, at = email.strip().casefold(), clock.now()
    with transaction() as session:
        person = session.execute(select(Staff).where(func.lower(Staff.email) == address)).scalar_one_or_none()
        if person is None:
            raise NotFound("staff")
        purpose = LinkPurpose.INVITATION if is_unused(session, person) else LinkPurpose.RESET
        person.password = None
        if second_step:
            person.tf_primary_method = person.tf_totp_secret = person.mf_recovery_codes = None
        forget_sessions(session, person)
        detail: dict[str, object] = {"second_step": second_step}
        subject = f"staff:{person.id}"
        audit.record(session, actor_id=None, action="staff:reset_password", subject=subject, at=at, detail=detail)
        return make_link(session, person, purpose, actor_id=None, at=at)
