"""Emails to people who signed up: they name the sign-up and what is said; the rest is read when the email leaves."""

from datetime import datetime

from sqlalchemy.orm import Session

from campaign.domain.event_sign_up import MAIL_KIND, SignUpNotice
from campaign.domain.language import in_language_of
from campaign.models.campaign import Campaign
from campaign.models.event_sign_up import EventSignUp
from campaign.services.queues.outbox import OutgoingMail, enqueue


def mail_key(public_id: str) -> str:
    """Return how the keys of all emails about a sign-up begin."""
    return f"{MAIL_KIND}:{public_id}:"


def confirm_mail_key(public_id: str) -> str:
    """Return the key of the one email with the link that confirms a sign-up."""
    return f"{mail_key(public_id)}{SignUpNotice.CONFIRM}:once"


def enqueue_notice(
    session: Session, row: EventSignUp, notice: SignUpNotice, *, campaign: Campaign, at: datetime, key: str = ""
) -> bool:
    """Put an email into the outbox; False where it is there already, or the person has no address.

    Args:
        key: The key of the email; by default two of one notice differ by their moments.
    """
    if row.email is None:
        return False
    mail = OutgoingMail(
        kind=MAIL_KIND,
        language=row.language,
        recipient=row.email,
        facts={
            "sign_up": row.public_id,
            "notice": notice.value,
            "donor_name": "",
            "campaign_title": in_language_of(campaign.title, row.language),
            "help_email": campaign.contact_email,
            "is_test": False,
        },
        key=key or f"{mail_key(row.public_id)}{notice}:{int(at.timestamp())}",
        campaign_id=campaign.id,
    )
    return enqueue(session, mail, at=at)
