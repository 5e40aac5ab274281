"""One-time links: whoever opens theirs chooses a name and a password, once and within 72 hours.

A link has 256 bits. The database has a digest of it, and an email to be sent has a number from which the link is made with
the secret key, so neither opens an account. A newer link of the same person replaces the older one.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.database import reading, transaction
from campaign.domain.staff_link import LinkPurpose, StaffLinkBroken, StaffLinkExpired, StaffLinkSpent
from campaign.gateways.clock import Clock
from campaign.models.staff import Staff, StaffLink
from campaign.services import audit
from campaign.services.staff.mails import AccountEvent, send_notice

VALID_FOR = timedelta(hours=72)


@dataclass(frozen=True, slots=True)
class NewLink:
    """A link that was just made, by the number from which its address is computed."""

    nonce: str
    email: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class OpenLink:
    """Whom a valid link is for."""

    staff_id: int
    email: str
    name: str
    language: str
    purpose: LinkPurpose


@dataclass(frozen=True, slots=True)
class UsedLink:
    """Whose password was set; somebody with a second step signs in with it afterwards."""

    staff_id: int
    has_second_step: bool


def make_link(session: Session, person: Staff, purpose: LinkPurpose, *, actor_id: int | None, at: datetime) -> NewLink:
    """Make a link for a person, within the caller's transaction; it replaces an earlier one."""
    nonce, expires_at = secrets.token_urlsafe(32), at + VALID_FOR
    link = session.get(StaffLink, person.id) or StaffLink(staff_id=person.id)
    link.digest, link.purpose, link.made_by_id = _digest(_token(nonce)), purpose, actor_id
    link.made_at, link.expires_at, link.used_at = at, expires_at, None
    session.add(link)
    return NewLink(nonce, person.email, expires_at)


def address_of(nonce: str, *, public_url: str) -> str:
    """Return the whole address of a link; it is shown once and never stored."""
    return f"{public_url}/staff/link/{_token(nonce)}"


def with_address(facts: Mapping[str, object], *, public_url: str) -> dict[str, object]:
    """Return the facts of an email with the address of its link, where it brings one, in place of the link's number."""
    if "link_nonce" not in facts:
        return dict(facts)
    shown = {name: value for name, value in facts.items() if name != "link_nonce"}
    return {**shown, "staff_link_url": address_of(str(facts["link_nonce"]), public_url=public_url)}


def open_link(token: str, *, clock: Clock) -> OpenLink:
    """Return whom a link is for; it stays valid.

    Raises:
        StaffLinkBroken: The link is wrong, replaced, spent or expired.
    """
    with reading() as session:
        link, person = _valid(session, token, at=clock.now())
        return OpenLink(person.id, person.email, person.name, person.language, LinkPurpose(link.purpose))


def use_link(token: str, *, name: str, language: str, hashed_password: str, clock: Clock) -> UsedLink:
    """Set the name and password of the person and spend the link; other sessions of theirs end.

    Raises:
        StaffLinkBroken: The link is wrong, replaced, spent or expired.
    """
    at = clock.now()
    with transaction() as session:
        link, person = _valid(session, token, at=at, is_locked=True)
        link.used_at = at
        person.name, person.language, person.password = name, language, hashed_password
        person.fs_uniquifier = secrets.token_hex(16)
        if link.purpose == LinkPurpose.RESET:
            send_notice(session, person, AccountEvent.PASSWORD, at=at)
        audit.record(
            session,
            actor_id=person.id,
            action="staff:use_link",
            subject=f"staff:{person.id}",
            at=at,
            detail={"purpose": link.purpose},
        )
        return UsedLink(person.id, person.tf_totp_secret is not None)


def _valid(session: Session, token: str, *, at: datetime, is_locked: bool = False) -> tuple[StaffLink, Staff]:
    query = select(StaffLink).where(StaffLink.digest == _digest(token))
    link = session.execute(query.with_for_update() if is_locked else query).scalar_one_or_none()
    if link is None:
        raise StaffLinkBroken
    maker = session.get(Staff, link.made_by_id) if link.made_by_id else None
    made_by = maker.name if maker else None
    person = session.get_one(Staff, link.staff_id)
    if link.used_at is not None:
        raise StaffLinkSpent(made_by)
    if link.expires_at <= at:
        raise StaffLinkExpired(made_by)
    if not person.active:
        raise StaffLinkBroken(made_by)
    return link, person


def _token(nonce: str) -> str:
    key = hashlib.sha256(f"staff link:{current_app.secret_key!s}".encode()).digest()
    return base64.urlsafe_b64encode(hmac.digest(key, nonce.encode(), "sha256")).decode().rstrip("=")


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
