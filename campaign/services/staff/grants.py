"""What a person may do and whether they may sign in at all. One administrator always stays."""

from collections.abc import Iterable

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from campaign.database import transaction
from campaign.domain.form_version import check_version
from campaign.domain.staff_link import LinkPurpose
from campaign.gateways.clock import Clock
from campaign.models.staff import Role, Staff, StaffLink, holds_shared_role
from campaign.services import audit
from campaign.services.staff.accounts import (
    LastAdministrator,
    OwnRolesAreFixed,
    RoleGrant,
    forget_sessions,
    grants_of,
    known_grants,
    load_person,
    write_grants,
)

ADMIN = "admin"
CAMPAIGN = "campaign"


def set_grants(
    staff_id: int, *, grants: Iterable[RoleGrant], actor_id: int, clock: Clock, version: str | None = None
) -> None:
    """Give a person these roles in place of those that they have. Their sessions end, so the change applies at once.

    Args:
        version: Which roles the administrator has read; None: whatever they are.

    Raises:
        ChangedMeanwhile: Another administrator changed them since.
        OwnRolesAreFixed, UnknownRole, UnknownCampaign, LastAdministrator, NotFound: see there.
    """
    if staff_id == actor_id:
        raise OwnRolesAreFixed
    known = known_grants(grants)
    with transaction() as session:
        was_administrator = _lock_administrators(session, staff_id)
        person = load_person(session, staff_id)
        before = grants_of(session, person)
        if version is not None:
            check_version(version, grant_facts(before))
        write_grants(session, person, known)
        if was_administrator and RoleGrant(ADMIN) not in known:
            _require_other_administrator(session, staff_id)
        forget_sessions(session, person)
        detail: dict[str, object] = {"before": [*map(str, before)], "after": [*map(str, known)]}
        audit.record(
            session,
            actor_id=actor_id,
            action="staff:set_roles",
            subject=f"staff:{staff_id}",
            at=clock.now(),
            detail=detail,
        )


def take_campaign_role(staff_id: int, *, clock: Clock) -> None:
    """Let an administrator write the texts too: give them the role for campaigns, the only one that they take themselves.

    It moves no money alone: what it proposes, another person approves.

    Raises:
        NotFound: there is nobody with this number.
    """
    with transaction() as session:
        _lock_administrators(session, staff_id)
        person = load_person(session, staff_id)
        before, taken = grants_of(session, person), RoleGrant(CAMPAIGN)
        if taken in before:
            return
        write_grants(session, person, known_grants((*before, taken)))
        audit.record(
            session,
            actor_id=staff_id,
            action="staff:set_roles",
            subject=f"staff:{staff_id}",
            at=clock.now(),
            detail={"before": [*map(str, before)], "after": [*map(str, (*before, taken))]},
        )


def grant_facts(grants: Iterable[RoleGrant]) -> list[str]:
    """Return the roles of a person as a form shows them."""
    return sorted(map(str, grants))


def deactivate(staff_id: int, *, actor_id: int | None, clock: Clock) -> None:
    """Close an account: nobody signs in with it, and its sessions end at once.

    Args:
        actor_id: Who does it; None: the command line.

    Raises:
        OwnRolesAreFixed, LastAdministrator, NotFound: see there.
    """
    if staff_id == actor_id:
        raise OwnRolesAreFixed
    _set_active(staff_id, is_active=False, actor_id=actor_id, clock=clock)


def reactivate(staff_id: int, *, actor_id: int | None, clock: Clock) -> None:
    """Open a closed account again, with the roles that it had.

    Raises:
        NotFound: there is nobody with this number.
    """
    _set_active(staff_id, is_active=True, actor_id=actor_id, clock=clock)


def _set_active(staff_id: int, *, is_active: bool, actor_id: int | None, clock: Clock) -> None:
    with transaction() as session:
        was_administrator = _lock_administrators(session, staff_id)
        person = load_person(session, staff_id)
        if person.active is is_active:
            return
        person.active = is_active
        if was_administrator and not is_active:
            _require_other_administrator(session, staff_id)
        forget_sessions(session, person)
        audit.record(
            session,
            actor_id=actor_id,
            action="staff:reactivate" if is_active else "staff:deactivate",
            subject=f"staff:{staff_id}",
            at=clock.now(),
            detail={},
        )


def _lock_administrators(session: Session, staff_id: int) -> bool:
    """Let one transaction at a time change who administers, for two could each count on the other's administrator.

    Returns:
        Whether this person is an active administrator.
    """
    session.execute(select(Role.id).where(Role.name == ADMIN).with_for_update())
    return session.execute(_administrators().where(Staff.id == staff_id)).first() is not None


def _require_other_administrator(session: Session, staff_id: int) -> None:
    """Raise LastAdministrator where nobody else administers; somebody who was only invited does not count."""
    is_unused = exists().where(
        StaffLink.staff_id == Staff.id, StaffLink.purpose == LinkPurpose.INVITATION, StaffLink.used_at.is_(None)
    )
    if session.execute(_administrators().where(Staff.id != staff_id, ~is_unused)).first() is None:
        raise LastAdministrator


def _administrators() -> Select[int]:
    return select(Staff.id).where(Staff.active, holds_shared_role([ADMIN]))
