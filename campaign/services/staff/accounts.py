"""Staff accounts: people and their roles."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_security.utils import hash_password
from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from campaign.database import reading, transaction
from campaign.domain.errors import Conflict, DomainError, NotFound
from campaign.domain.staff_link import LinkPurpose
from campaign.gateways.clock import Clock
from campaign.models.campaign import Campaign
from campaign.models.staff import Role, Staff, StaffLink, StaffSession
from campaign.services import audit
from campaign.services.staff.links import NewLink, make_link

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


class OwnRolesAreFixed(DomainError):
    """Nobody changes their own roles or closes their own account: another administrator does."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """An address with its password in the clear, to be shown once."""

    email: str
    password: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    """Somebody who is to be invited."""

    email: str
    name: str = ""
    roles: tuple[str, ...]
    campaign: str | None = None  # the slug of the only campaign for which the roles are valid; None: all campaigns
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffRow:
    """A member of staff as the list of people shows them."""

    id: int
    name: str
    email: str
    roles: tuple[str, ...]
    is_active: bool
    has_second_factor: bool
    campaign_slug: str | None  # the only campaign for which the roles are valid; None: all campaigns
    campaign_name: dict[str, str] | None


def invite(new: NewPerson, *, actor_id: int | None, clock: Clock) -> NewLink:
    """Add a person, or change one who has not used their invitation, and make the link by which they choose a password.

    Args:
        actor_id: Who invites; None: the command line.

    Raises:
        UnknownRole, UnknownCampaign: see there.
        StaffExists: somebody with this address has an account in use.
    """
    known_roles = _known(new.roles)
    address, at = new.email.strip().casefold(), clock.now()
    with transaction() as session:
        person = session.execute(select(Staff).where(func.lower(Staff.email) == address)).scalar_one_or_none()
        if person is None:
            person = _new_person(address, name=address, hashed=None, at=at)
        elif not is_invited(session, person):
            raise StaffExists(address)
        person.name, person.language = new.name.strip() or person.name, new.language
        _write_account(session, person, known_roles, new.campaign, actor_id=actor_id, at=at)
        return make_link(session, person, LinkPurpose.INVITATION, actor_id=actor_id, at=at)


def add_staff(
    email: str, *, name: str, roles: Iterable[str], campaign: str | None = None, clock: Clock, password: str
) -> SignIn:
    """Add a person with a password, for the demonstration.

    Args:
        campaign: The slug of the only campaign for which the roles are valid; None: all campaigns.

    Raises:
        UnknownRole, UnknownCampaign, StaffExists: see there.
    """
    known_roles = _known(roles)
    address = email.strip().casefold()
    hashed = hash_password(password)  # slow, so before the transaction
    with transaction() as session:
        if session.execute(select(Staff.id).where(func.lower(Staff.email) == address)).first():
            raise StaffExists(address)
        person = _new_person(address, name=name.strip() or address, hashed=hashed, at=clock.now())
        _write_account(session, person, known_roles, campaign, actor_id=None, at=clock.now())
    return SignIn(email=address, password=password, roles=known_roles)


def is_invited(session: Session, person: Staff) -> bool:
    """Return whether the person has not used their invitation yet."""
    link = session.get(StaffLink, person.id)
    return person.password is None and link is not None and link.purpose == LinkPurpose.INVITATION


def _write_account(
    session: Session, person: Staff, roles: tuple[str, ...], campaign: str | None, *, actor_id: int | None, at: datetime
) -> None:
    person.campaign_id = _campaign_id(session, campaign)
    person.roles = _role_rows(session, roles)
    session.add(person)
    session.flush()
    detail: dict[str, object] = {"roles": list(roles), "campaign": campaign}
    audit.record(session, actor_id=actor_id, action="staff:add", subject=f"staff:{person.id}", at=at, detail=detail)


def _new_person(address: str, *, name: str, hashed: str | None, at: datetime) -> Staff:
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
    """Return everybody who has ever had an account, by name; with a campaign, those of it and of all campaigns."""
    query = select(Staff, Campaign).outerjoin(Campaign, Campaign.id == Staff.campaign_id)
    if campaign_id is not None:
        query = query.where(or_(Staff.campaign_id == campaign_id, Staff.campaign_id.is_(None)))
    with reading() as session:
        rows = session.execute(query.order_by(Staff.name, Staff.id)).all()
        return [_row(person, only) for person, only in rows]


def person(staff_id: int) -> StaffRow:
    """Return one member of staff.

    Raises:
        NotFound: there is none.
    """
    with reading() as session:
        person = _load(session, staff_id)
        return _row(person, session.get(Campaign, person.campaign_id) if person.campaign_id else None)


def set_roles(
    staff_id: int, *, roles: Iterable[str], campaign: str | None, is_active: bool, actor_id: int, clock: Clock
) -> None:
    """Give a person these roles, or close their account. Their sessions end, so the change applies at once.

    Args:
        campaign: The slug of the only campaign for which the roles are valid; None: all campaigns.

    Raises:
        OwnRolesAreFixed, UnknownRole, UnknownCampaign, NotFound: see there.
    """
    if staff_id == actor_id:
        raise OwnRolesAreFixed
    known_roles = _known(roles)
    with transaction() as session:
        person = _load(session, staff_id)
        before = [role.name for role in person.roles]
        campaign_before = session.get(Campaign, person.campaign_id) if person.campaign_id else None
        person.roles = _role_rows(session, known_roles)
        person.campaign_id = _campaign_id(session, campaign)
        person.active = is_active
        person.fs_uniquifier = secrets.token_hex(16)
        _forget_sessions(session, staff_id)
        audit.record(
            session,
            actor_id=actor_id,
            action="staff:set_roles",
            subject=f"staff:{staff_id}",
            at=clock.now(),
            detail={
                "before": sorted(before),
                "after": list(known_roles),
                "campaign_before": campaign_before.slug if campaign_before else None,
                "campaign": campaign,
                "active": is_active,
            },
        )


def end_sessions(staff_id: int) -> None:
    """Invalidate every session of this person, and every copy of its cookie."""
    with transaction() as session:
        _load(session, staff_id).fs_uniquifier = secrets.token_hex(16)
        _forget_sessions(session, staff_id)


def set_language(staff_id: int, language: str) -> None:
    """Set the language of the staff pages for this person."""
    with transaction() as session:
        _load(session, staff_id).language = language


def _forget_sessions(session: Session, staff_id: int) -> None:
    session.execute(delete(StaffSession).where(StaffSession.staff_id == staff_id))


def _known(roles: Iterable[str]) -> tuple[str, ...]:
    known_roles = tuple(sorted(set(roles)))
    unknown = set(known_roles) - set(ROLES)
    if unknown:
        raise UnknownRole(", ".join(sorted(unknown)))
    return known_roles


def _campaign_id(session: Session, slug: str | None) -> int | None:
    if slug is None:
        return None
    campaign_id = session.execute(select(Campaign.id).where(Campaign.slug == slug)).scalar()
    if campaign_id is None:
        raise UnknownCampaign(slug)
    return campaign_id


def _role_rows(session: Session, names: Iterable[str]) -> list[Role]:
    known = {role.name: role for role in session.execute(select(Role)).scalars()}
    for name in names:
        if name not in known:
            known[name] = Role(name=name)
            session.add(known[name])
    return [known[name] for name in names]


def _load(session: Session, staff_id: int) -> Staff:
    person = session.get(Staff, staff_id)
    if person is None:
        raise NotFound(f"staff:{staff_id}")
    return person


def _row(person: Staff, campaign: Campaign | None) -> StaffRow:
    return StaffRow(
        id=person.id,
        name=person.name,
        email=person.email,
        roles=tuple(sorted(role.name for role in person.roles)),
        is_active=person.active,
        has_second_factor=person.tf_totp_secret is not None,
        campaign_slug=campaign.slug if campaign else None,
        campaign_name=campaign.name if campaign else None,
    )
