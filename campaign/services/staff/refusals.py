"""Refused sign-ins in the audit trail: of whose account, and at which step; never what was typed.

A stranger can cause them, so of one account a few are recorded in an hour, and of all unknown addresses together as many.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import false, func, or_, select

from campaign.database import transaction
from campaign.gateways.clock import Clock
from campaign.models.staff import AuditEvent, Staff, StaffPasskey
from campaign.services import audit

ACTION = "staff:refused"
STRANGER = "stranger:sign_in"
"""The subject of a refusal that concerns no account."""
MAX_IN_AN_HOUR = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedAccount:
    """The account that somebody tried, by what the request says of it."""

    email: str | None = None
    uniquifier: str | None = None
    staff_id: int | None = None
    credential_id: bytes | None = None  # of a passkey


def record_refusal(tried: RefusedAccount, *, step: str, clock: Clock) -> None:
    """Record that a password, a code or a passkey was refused, unless this account has enough of such rows in the last hour."""
    at = clock.now()
    with transaction() as session:
        conditions = [
            func.lower(Staff.email) == tried.email.strip().casefold() if tried.email else false(),
            Staff.fs_uniquifier == tried.uniquifier if tried.uniquifier else false(),
            Staff.id == tried.staff_id if tried.staff_id else false(),
            Staff.webauthn.any(StaffPasskey.credential_id == tried.credential_id) if tried.credential_id else false(),
        ]
        staff_id = session.execute(select(Staff.id).where(or_(*conditions)).limit(1)).scalar()
        subject = f"staff:{staff_id}" if staff_id else STRANGER
        recent = select(func.count()).where(
            AuditEvent.subject == subject, AuditEvent.action == ACTION, AuditEvent.at > at - timedelta(hours=1)
        )
        if session.execute(recent).scalar_one() < MAX_IN_AN_HOUR:
            audit.record(session, actor_id=None, action=ACTION, subject=subject, at=at, detail={"step": step})
