"""Which roles need a second step: as an administrator sets it, else those that deal with money and people."""

from collections.abc import Collection, Iterable

from sqlalchemy import select

from campaign.database import reading, transaction
from campaign.gateways.clock import Clock
from campaign.models.staff import Role
from campaign.services import audit
from campaign.services.staff.accounts import ROLES, UnknownRole

BY_DEFAULT = frozenset({"finance", "approver", "admin"})
"""In development none does, so that the demonstration is open to everybody who tries it."""


def needs_second_step(roles: Iterable[Role], *, is_development: bool) -> bool:
    """Return whether one of these roles needs a second step."""
    return any(_needs(role, is_development=is_development) for role in roles)


def roles_with_second_step(*, is_development: bool) -> list[str]:
    """Return the names of the roles that need a second step, in their order."""
    with reading() as session:
        rows = {role.name: role for role in session.execute(select(Role)).scalars()}
        shown = [rows.get(name) or Role(name=name) for name in ROLES]
        return [role.name for role in shown if _needs(role, is_development=is_development)]


def set_roles_with_second_step(names: Collection[str], *, actor_id: int, is_development: bool, clock: Clock) -> None:
    """Set which roles need a second step. Whoever lacks theirs is led to its set-up at their next request.

    Raises:
        UnknownRole: one is not of ours.
    """
    if unknown := set(names) - set(ROLES):
        raise UnknownRole(", ".join(sorted(unknown)))
    before = roles_with_second_step(is_development=is_development)
    with transaction() as session:
        rows = {role.name: role for role in session.execute(select(Role)).scalars()}
        for name in ROLES:
            role = rows.get(name) or Role(name=name)
            role.needs_second_step = name in names
            session.add(role)
        detail: dict[str, object] = {"before": before, "after": [name for name in ROLES if name in names]}
        audit.record(
            session,
            actor_id=actor_id,
            action="staff:second_step_rules",
            subject="staff:all",
            at=clock.now(),
            detail=detail,
        )


def _needs(role: Role, *, is_development: bool) -> bool:
    if role.needs_second_step is not None:
        return role.needs_second_step
    return role.name in BY_DEFAULT and not is_development
