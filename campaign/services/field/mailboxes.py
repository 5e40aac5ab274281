"""Secret addresses: what a person of the campaign staff sends to theirs becomes a draft.

An address is `updates+NUMBER-CAMPAIGN-SEAL@example.org`: the person's number, the campaign's key, and a seal of both made with
the secret key. The database has the number alone, which opens nothing; a new number makes all earlier addresses void.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from campaign.config import Config
from campaign.database import reading, transaction
from campaign.domain.identity import ALPHABET, LENGTH, new_public_id
from campaign.gateways.clock import Clock
from campaign.models.staff import Role, Staff, StaffGrant
from campaign.services import audit

ROLE = "campaign"
"""Who may write updates."""
_ADDRESS = re.compile(r"([^+@\s]+)\+([a-z0-9]{16})-([0-9]{1,9})-([a-z0-9]{16})@([^@\s]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxOwner:
    """Whose address it is, and for which campaign."""

    staff_id: int
    campaign_id: int
    language: str
    email: str
    name: str


def address_of(staff_id: int, campaign_id: int) -> str:
    """Return a person's address for a campaign; empty where they have none, or none is set up."""
    with reading() as session:
        nonce = session.execute(select(Staff.mail_nonce).where(Staff.id == staff_id)).scalar_one_or_none()
    local, _at, domain = _base().partition("@")
    if not nonce or not domain:
        return ""
    return f"{local}+{nonce}-{campaign_id}-{_seal(nonce, campaign_id)}@{domain}"


def is_set_up() -> bool:
    """Whether the installation takes updates by email."""
    return bool(_base())


def renew_address(staff_id: int, *, clock: Clock) -> None:
    """Give a person new addresses; those before are void from now on."""
    _set(staff_id, new_public_id(), at=clock.now())


def remove_address(staff_id: int, *, clock: Clock) -> None:
    """Make a person's addresses void; twice, they are void as well."""
    _set(staff_id, None, at=clock.now())


def owner_of(address: str) -> MailboxOwner | None:
    """Return whose address it is; None for one that is void, of another mailbox, or of who may not write updates there."""
    match = _ADDRESS.fullmatch(address.strip().casefold())
    if match is None or f"{match[1]}@{match[5]}" != _base().casefold():
        return None
    nonce, campaign_id = match[2], int(match[3])
    if not hmac.compare_digest(_seal(nonce, campaign_id), match[4]):
        return None
    with reading() as session:
        person = session.execute(select(Staff).where(Staff.mail_nonce == nonce, Staff.active)).scalar_one_or_none()
        if person is None or not _may_write(session, person.id, campaign_id):
            return None
        return MailboxOwner(
            staff_id=person.id,
            campaign_id=campaign_id,
            language=person.language,
            email=person.email,
            name=person.name,
        )


def _base() -> str:
    config: Config = current_app.config["KURAK"]
    return config.field_address


def _seal(nonce: str, campaign_id: int) -> str:
    key = hashlib.sha256(f"field mailbox:{current_app.secret_key!s}".encode()).digest()
    digest = hmac.new(key, f"{nonce}:{campaign_id}".encode(), hashlib.sha256).digest()
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in digest[:LENGTH])


def _may_write(session: Session, staff_id: int, campaign_id: int) -> bool:
    query = (
        select(StaffGrant.id)
        .join(Role, StaffGrant.role_id == Role.id)
        .where(
            StaffGrant.staff_id == staff_id,
            Role.name == ROLE,
            or_(StaffGrant.campaign_id.is_(None), StaffGrant.campaign_id == campaign_id),
        )
    )
    return session.execute(query).first() is not None


def _set(staff_id: int, nonce: str | None, *, at: datetime) -> None:
    with transaction() as session:
        person = session.get_one(Staff, staff_id, with_for_update=True)
        if nonce is None and person.mail_nonce is None:
            return
        person.mail_nonce = nonce
        action = "staff:mail_address" if nonce else "staff:mail_address_removed"
        audit.record(session, actor_id=staff_id, action=action, subject=f"staff:{staff_id}", at=at, detail={})
