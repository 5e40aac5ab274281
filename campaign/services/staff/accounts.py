"""Staff accounts: people and their roles."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from flask_security.utils import hash_password
from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from campaign.database import reading, transaction
from campaign.domain.errors import Conflict, DomainError, NotFound
from campaign.domain.staff_link import LinkPurpose
from campaign.gateways.clock import Clock
from campaign.models.campaign import Campaign
from campaign.models.staff import Role, Staff, StaffGrant, StaffLink, StaffSession
from campaign.services import audit

ROLES = ("viewer", "campaign", "finance", "approver", "admin")
DEMO_PASSWORD = "many-small-pieces"  # noqa: S105  # printed at every demo start, refused in production
DEMO_PEOPLE = (
    ("campaign@demo.kurak.example", "Demo campaign desk", "campaign"),
    ("finance@demo.kurak.example", "Demo finance desk", "finance"),
    ("approver@demo.kurak.example", "Demo approver", "approver"),
)


class UnknownRole(DomainError):
    """A role was named that does not exist."""


class UnknownCampaign(DomainError):
    """A campaign was named that does not exist."""


class StaffExists(Conflict):
    """There is a member of staff with this address already."""


class LastAdministrator(Conflict):
    """Nobody else could administer the installation any more."""


class OwnRolesAreFixed(DomainError):
    """Nobody changes their own roles or closes their own account: another administrator does."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """An address with its password in the clear, to be shown once."""

    email: str
    password: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True, order=True)
class RoleGrant:
    """A role, and the slug of the campaign for which it holds; None: the whole organisation."""

    role: str
    campaign: str | None = None

    def __str__(self) -> str:
        return self.role if self.campaign is None else f"{self.role}@{self.campaign}"

    @classmethod
    def parse(cls, text: str) -> "RoleGrant":
        """Read what `str` writes: finance, or finance@quilt."""
        role, _at, campaign = text.partition("@")
        return cls(role, campaign or None)


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffRow:
    """A member of staff as the list of people shows them."""

    id: int
    name: str
    email: str
    grants: tuple[RoleGrant, ...]
    language: str
    is_active: bool
    is_unused: bool  # they were invited, and have not chosen a password yet
    has_second_factor: bool
    last_active_at: datetime | None
    invited_until: datetime | None  # when their invitation expires or has expired; None: used or withdrawn

    @property
    def roles_by_campaign(self) -> dict[str, list[str]]:
        """The roles for the organisation, under an empty name, and for each campaign, under its slug."""
        return {
            place: [grant.role for grant in grants]
            for place, grants in groupby(self.grants, lambda grant: grant.campaign or "")
        }


def add_staff(email: str, *, name: str, roles: Iterable[str], clock: Clock, password: str) -> SignIn:
    """Add a person with a password, for the demonstration; their roles hold for the whole organisation.

    Raises:
        UnknownRole, StaffExists: see there.
    """
    known = known_grants(map(RoleGrant, roles))
    address = email.strip().casefold()
    hashed = hash_password(password)  # slow, so before the transaction
    with transaction() as session:
        if session.execute(select(Staff.id).where(func.lower(Staff.email) == address)).first():
            raise StaffExists(address)
        person = new_person(address, name=name.strip() or address, hashed=hashed, at=clock.now())
        write_account(session, person, known, actor_id=None, at=clock.now())
    return SignIn(email=address, password=password, roles=tuple(grant.role for grant in known))


def write_account(
    session: Session, person: Staff, grants: tuple[RoleGrant, ...], *, actor_id: int | None, at: datetime
) -> None:
    """Write a new person with their grants and the act, within the caller's transaction."""
    session.add(person)
    write_grants(session, person, grants)
    detail: dict[str, object] = {"roles": [str(grant) for grant in grants]}
    audit.record(session, actor_id=actor_id, action="staff:add", subject=f"staff:{person.id}", at=at, detail=detail)


def new_person(address: str, *, name: str, hashed: str | None, at: datetime) -> Staff:
    """Return a person who is not written yet."""
    return Staff(
        email=address,
        name=name,
        language="en",
        password=hashed,
        active=True,
        fs_uniquifier=secrets.token_hex(16),
        created_at=at,
    )


def add_demo_staff(*, clock: Clock) -> list[SignIn]:
    """Add the three demo sign-ins that are missing; for development only, as their password is public."""
    sign_ins = []
    for email, name, role in DEMO_PEOPLE:
        try:
            sign_ins.append(add_staff(email, name=name, roles=(role,), clock=clock, password=DEMO_PASSWORD))
        except StaffExists:
            sign_ins.append(SignIn(email=email, password=DEMO_PASSWORD, roles=(role,)))
    return sign_ins


def people(*, campaign_id: int | None = None) -> Sequence[StaffRow]:
    """Return everybody who has ever had an account, by name; with a campaign, those of it and of the organisation."""
    query = select(Staff)
    if campaign_id is not None:
        is_visible = or_(StaffGrant.campaign_id == campaign_id, StaffGrant.campaign_id.is_(None))
        query = query.where(Staff.grants.any(is_visible))
    with reading() as session:
        slugs, links = _slugs(session), _open_invitations(session)
        rows = session.execute(query.order_by(Staff.name, Staff.id)).scalars()
        return [_row(person, slugs, links.get(person.id)) for person in rows]


def person(staff_id: int) -> StaffRow:
    """Return one member of staff.

    Raises:
        NotFound: there is none.
    """
    with reading() as session:
        return _row(load_person(session, staff_id), _slugs(session), _open_invitations(session).get(staff_id))


def end_sessions(staff_id: int) -> None:
    """Invalidate every session of this person, and every copy of its cookie."""
    with transaction() as session:
        forget_sessions(session, load_person(session, staff_id))


def set_language(staff_id: int, language: str) -> None:
    """Set the language of the staff pages for this person."""
    with transaction() as session:
        load_person(session, staff_id).language = language


def forget_sessions(session: Session, person: Staff) -> None:
    """End all sessions of a person within the caller's transaction."""
    person.fs_uniquifier = secrets.token_hex(16)
    session.execute(delete(StaffSession).where(StaffSession.staff_id == person.id))


def known_grants(grants: Iterable[RoleGrant]) -> tuple[RoleGrant, ...]:
    """Return grants in their order, each once.

    Raises:
        UnknownRole: one is not of ours.
    """
    return tuple(sorted(set(grants), key=lambda grant: (grant.campaign or "", ROLES.index(_known(grant.role)))))


def write_grants(session: Session, person: Staff, grants: Iterable[RoleGrant]) -> None:
    """Give a person these grants in place of those that they have, within the caller's transaction.

    Raises:
        UnknownCampaign: a campaign was named that does not exist.
    """
    ids = {slug: key for key, slug in _slugs(session).items()}
    roles = {role.name: role for role in session.execute(select(Role)).scalars()}
    rows = {(grant.role.name, grant.campaign_id): grant for grant in person.grants}
    granted = []
    for grant in grants:
        if grant.campaign is not None and grant.campaign not in ids:
            raise UnknownCampaign(grant.campaign)
        role = roles.setdefault(grant.role, Role(name=grant.role))
        place = ids[grant.campaign] if grant.campaign else None
        granted.append(rows.get((grant.role, place)) or StaffGrant(role=role, campaign_id=place))
    person.grants = granted
    session.flush()


def grants_of(session: Session, person: Staff) -> tuple[RoleGrant, ...]:
    """Return what a person holds."""
    return _grants(person, _slugs(session))


def load_person(session: Session, staff_id: int) -> Staff:
    """Return the row of a person.

    Raises:
        NotFound: there is none.
    """
    person = session.get(Staff, staff_id)
    if person is None:
        raise NotFound(f"staff:{staff_id}")
    return person


def _known(role: str) -> str:
    if role not in ROLES:
        raise UnknownRole(role)
    return role


def _slugs(session: Session) -> dict[int, str]:
    return dict(session.execute(select(Campaign.id, Campaign.slug)).all())


def _open_invitations(session: Session) -> dict[int, datetime]:
    query = select(StaffLink.staff_id, StaffLink.expires_at).where(
        StaffLink.purpose == LinkPurpose.INVITATION, StaffLink.used_at.is_(None)
    )
    return dict(session.execute(query).all())


def _grants(person: Staff, slugs: Mapping[int, str]) -> tuple[RoleGrant, ...]:
    return known_grants(
        RoleGrant(grant.role.name, None if grant.campaign_id is None else slugs[grant.campaign_id])
        for grant in person.grants
    )


def _row(person: Staff, slugs: Mapping[int, str], invited_until: datetime | None) -> StaffRow:
    return StaffRow(
        id=person.id,
        name=person.name,
        email=person.email,
        grants=_grants(person, slugs),
        language=person.language,
        is_active=person.active,
        is_unused=person.password is None and person.last_active_at is None,
        has_second_factor=person.tf_totp_secret is not None,
        last_active_at=person.last_active_at,
        invited_until=invited_until if person.password is None else None,
    )
