"""Emails to people on the staff pages: their invitation, and what happened to their account."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.days import local_time
from campaign.domain.identity import new_public_id
from campaign.domain.staff_link import LinkPurpose
from campaign.i18n import in_language, moment, text_of
from campaign.models.campaign import Campaign
from campaign.models.staff import Staff
from campaign.services.queues.outbox import OutgoingMail, enqueue


class AccountEvent(StrEnum):
    """What happened to an account, about which its person gets an email."""

    SIGN_IN = "sign_in"
    PASSWORD = "password"  # noqa: S105  # a word, not one to sign in with
    ADDRESS = "address"
    NAME = "name"
    SECOND_STEP = "second_step"
    SECOND_STEP_REMOVED = "second_step_removed"
    PASSKEY = "passkey"
    PASSKEY_REMOVED = "passkey_removed"


def send_invitation(
    session: Session,
    person: Staff,
    nonce: str,
    *,
    actor_id: int | None,
    at: datetime,
    purpose: LinkPurpose = LinkPurpose.INVITATION,
) -> None:
    """Write the email with a person's link, made of its number, within the caller's transaction."""
    actor = session.get(Staff, actor_id) if actor_id else None
    facts: dict[str, object] = {
        "link_nonce": nonce,
        "invited_by": actor.name if actor else "",
        "is_reset": purpose is LinkPurpose.RESET,
    }
    _send(session, person, "staff_invitation", facts, recipient=person.email, at=at)


def send_notice(
    session: Session,
    person: Staff,
    event: AccountEvent,
    *,
    at: datetime,
    device: str = "",
    recipient: str | None = None,
) -> None:
    """Write an email about an account, within the caller's transaction.

    Args:
        device: The browser and system of a sign-in.
        recipient: Another address than the person's present one.
    """
    with in_language(person.language):
        since = moment(local_time(at))
    facts: dict[str, object] = {"event": event.value, "device": device, "address": person.email, "since": since}
    _send(session, person, "staff_notice", facts, recipient=recipient or person.email, at=at)


def _send(
    session: Session, person: Staff, kind: str, facts: dict[str, object], *, recipient: str, at: datetime
) -> None:
    campaign = session.execute(select(Campaign).order_by(Campaign.is_featured.desc(), Campaign.id).limit(1)).scalar()
    with in_language(person.language):
        title = text_of(campaign.title) if campaign else ""
    shared: dict[str, object] = {
        "donor_name": "" if person.name == person.email else person.name,
        "campaign_title": title,
        "help_email": campaign.contact_email if campaign else "",
        "is_test": False,
    }
    mail = OutgoingMail(
        kind=kind,
        language=person.language,
        recipient=recipient,
        facts={**shared, **facts},
        key=f"{kind}:{person.id}:{new_public_id()}",
    )
    enqueue(session, mail, at=at)
