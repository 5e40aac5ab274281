"""The log of consents to be written to: one row for each time that somebody agreed, with the end of it.

Readers of the updates and donors stand in the same log. Within the caller's transaction, so that no consent is without
the act that gave or withdrew it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, update
from sqlalchemy.orm import Session

from campaign.database import insert_once
from campaign.domain.donor_consent import ConsentPurpose, ConsentSource
from campaign.domain.identity import new_public_id
from campaign.models.donor import DonorConsent

TEXTS: Mapping[ConsentPurpose, Mapping[str, object]] = {
    ConsentPurpose.UPDATES: {
        "2026-11": _(
            "I agree to get the updates of this campaign by email. Each email has a link with which I can stop at once. "
            "The address is used for nothing else."
        )
    },
    ConsentPurpose.THANKS: {
        "2026-11": _(
            "I agree to get emails with thanks and with news of what my gift became. Each email has a link with which I "
            "can stop at once."
        )
    },
    ConsentPurpose.INVITATIONS: {
        "2026-11": _(
            "I agree to get invitations to events by email. Each email has a link with which I can stop at once."
        )
    },
}
"""What people agree to, by purpose and version. A version that somebody agreed to is never removed or changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewConsent:
    """Who agrees to what: exactly one of the two ids is set."""

    purpose: ConsentPurpose
    language: str
    source: ConsentSource
    donor_id: int | None = None
    subscriber_id: int | None = None
    evidence: str = ""
    recorded_by: int | None = None


def newest_version(purpose: ConsentPurpose) -> str:
    """Return the version of the text that is agreed to today."""
    return max(TEXTS[purpose])


def give(session: Session, consent: NewConsent, *, at: datetime) -> bool:
    """Record a consent; False where the person has agreed already."""
    row = {
        "public_id": new_public_id(),
        "donor_id": consent.donor_id,
        "subscriber_id": consent.subscriber_id,
        "purpose": consent.purpose,
        "text_version": newest_version(consent.purpose),
        "language": consent.language,
        "source": consent.source,
        "evidence": consent.evidence,
        "given_at": at,
        "recorded_by": consent.recorded_by,
    }
    return insert_once(session, DonorConsent, row)


def withdraw(session: Session, *rows: ColumnElement[bool], at: datetime, actor_id: int | None = None) -> int:
    """End the open consents of this selection; return how many there were."""
    ended = session.execute(
        update(DonorConsent)
        .where(DonorConsent.withdrawn_at.is_(None), *rows)
        .values(withdrawn_at=at, withdrawn_by=actor_id)
        .returning(DonorConsent.id)
    )
    return len(ended.all())
