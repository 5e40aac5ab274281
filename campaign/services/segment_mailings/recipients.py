"""Who of some donors may get an email of a purpose: those who have agreed to it, and whose address receives email."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from campaign.domain.donor_consent import ConsentPurpose
from campaign.domain.folding import fold
from campaign.domain.mail import MailState
from campaign.domain.segment_mailing import LeftOut
from campaign.models.donor import Donor, DonorConsent
from campaign.models.outbox import Message
from campaign.services.queues.outbox import is_address_refused

CHUNK = 500
"""Donors of one query: databases bound the values of a statement."""


def has_agreed(purpose: ConsentPurpose) -> ColumnElement[bool]:
    """Return the condition of donors with an open consent of this purpose; an erased one has no address."""
    consent = select(DonorConsent.id).where(
        DonorConsent.donor_id == Donor.id,
        DonorConsent.purpose == purpose,
        DonorConsent.withdrawn_at.is_(None),
    )
    return consent.exists()


def left_out(session: Session, donor_ids: Collection[int], purpose: ConsentPurpose) -> dict[int, LeftOut]:
    """Return which of these donors get no email of this purpose, and why."""
    ids, reasons = list(donor_ids), dict[int, LeftOut]()
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        rows = session.execute(select(Donor.id, Donor.email, has_agreed(purpose)).where(Donor.id.in_(chunk))).all()
        refused = _refused(session, [email for _id, email, _agreed in rows if email])
        for donor_id, email, is_agreed in rows:
            if not is_agreed:
                reasons[donor_id] = LeftOut.CONSENT
            elif not email or fold(email) in refused:
                reasons[donor_id] = LeftOut.ADDRESS
    return reasons


def _refused(session: Session, emails: Collection[str]) -> set[str]:
    """Return the folded addresses of which the newest email was given up, because no mail arrives there."""
    keys = [fold(email) for email in emails]
    newest = (
        select(func.max(Message.id))
        .where(Message.search_text.in_(keys), Message.state.in_((MailState.SENT, MailState.FAILED_PERMANENTLY)))
        .group_by(Message.search_text)
    )
    query = select(Message.search_text).where(Message.id.in_(newest), is_address_refused())
    return set(session.execute(query).scalars())
