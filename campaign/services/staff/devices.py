"""Browsers that a person has signed in with before; the person gets an email about a sign-in from another one."""

import hashlib
import secrets
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from campaign.i18n import in_language
from campaign.models.staff import Staff, StaffDevice
from campaign.services.staff.mails import AccountEvent, send_notice

REMEMBERED_FOR = timedelta(days=400)
"""As long as browsers store a cookie at most."""


def new_device() -> str:
    """Return a cookie of 256 bits for a browser that has none."""
    return secrets.token_urlsafe(32)


def note_device(session: Session, person: Staff, cookie: str, *, browser: str, system: str, at: datetime) -> None:
    """Record with which browser a person signs in; they get an email about one that is not their first."""
    session.execute(delete(StaffDevice).where(StaffDevice.last_used_at < at - REMEMBERED_FOR))
    digest = hashlib.sha256(cookie.encode("utf-8", "surrogatepass")).hexdigest()
    devices = session.execute(select(StaffDevice).where(StaffDevice.staff_id == person.id)).scalars().all()
    known = next((device for device in devices if device.digest == digest), None)
    if known is not None:
        known.last_used_at = at
        return
    session.add(StaffDevice(staff_id=person.id, digest=digest, last_used_at=at))
    if devices:
        with in_language(person.language):
            name = _("%(browser)s on %(system)s", browser=browser, system=system) if browser and system else ""
            device = name or browser or system or _("Unknown browser")
        send_notice(session, person, AccountEvent.SIGN_IN, at=at, device=device)
