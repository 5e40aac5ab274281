"""Writing to a segment: who would get the email and who is left out, and the beginning of the sending."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from campaign.database import insert_once_for_key, reading, transaction
from campaign.domain.donor_consent import ConsentPurpose
from campaign.domain.news import MailingState
from campaign.domain.segment_mailing import (
    MAX_RECIPIENTS,
    PURPOSES,
    LeftOut,
    NobodyAgreed,
    TooManyRecipients,
    check_texts,
)
from campaign.gateways.clock import Clock
from campaign.models.segment_mailing import SegmentDelivery, SegmentMailing
from campaign.services import audit
from campaign.services.donors.filters import DonorFilter, donors_of
from campaign.services.segment_mailings.recipients import left_out


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How many donors of a segment an email of a purpose reaches, and how many it does not, by reason."""

    donors: int
    left_out: Mapping[LeftOut, int]

    @property
    def recipients(self) -> int:
        """Return how many get the email."""
        return self.donors - sum(self.left_out.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSegmentMailing:
    """An email to a segment; `public_id` comes with the form, so that a form sent twice sends once."""

    public_id: str
    segment_name: str
    filters: DonorFilter
    purpose: ConsentPurpose
    title: Mapping[str, str]
    body: Mapping[str, str]
    actor_id: int


def reach_of(filters: DonorFilter) -> Mapping[ConsentPurpose, Reach]:
    """Return whom an email of each purpose would reach now."""
    with reading() as session:
        ids = _donor_ids(session, filters)
        return {purpose: _reach(session, ids, purpose) for purpose in PURPOSES}


def start_segment_mailing(new: NewSegmentMailing, *, clock: Clock) -> None:
    """Begin to send; a form that was sent before changes nothing.

    Raises:
        MailingIncomplete: A language has a title without a text, or no language has both.
        NobodyAgreed: Nobody in the segment may be written to.
        TooManyRecipients: There are more than 20,000 donors in it.
    """
    check_texts(new.title, new.body)
    at, campaign_id = clock.now(), new.filters.campaign_id
    with transaction() as session:
        known = select(SegmentMailing.id).where(SegmentMailing.public_id == new.public_id)
        if session.execute(known).scalar() is not None:
            return
        ids = _donor_ids(session, new.filters)
        reasons = left_out(session, ids, new.purpose)
        if len(reasons) >= len(ids):
            raise NobodyAgreed(new.purpose)
        row = {
            "public_id": new.public_id,
            "campaign_id": campaign_id,
            "segment_name": new.segment_name,
            "purpose": new.purpose,
            "title": dict(new.title),
            "body": dict(new.body),
            "state": MailingState.RUNNING,
            "started_at": at,
            "started_by": new.actor_id,
        }
        mailing_id = insert_once_for_key(session, SegmentMailing, row)
        if mailing_id is None:
            return
        deliveries = [
            {"mailing_id": mailing_id, "donor_id": donor_id, "left_out": reasons.get(donor_id)} for donor_id in ids
        ]
        session.execute(insert(SegmentDelivery), deliveries)
        detail: dict[str, object] = {"purpose": new.purpose.value, "count": len(ids) - len(reasons)}
        subject = f"segment_mailing:{new.public_id}"
        audit.record(
            session, actor_id=new.actor_id, action="segment_mailing:start", subject=subject, at=at, detail=detail
        )


def _donor_ids(session: Session, filters: DonorFilter) -> list[int]:
    per_donor = donors_of(filters).subquery()
    query = select(per_donor.c.donor_id).order_by(per_donor.c.donor_id).limit(MAX_RECIPIENTS + 1)
    ids = [int(donor_id) for donor_id in session.execute(query).scalars()]
    if len(ids) > MAX_RECIPIENTS:
        raise TooManyRecipients(str(len(ids)))
    return ids


def _reach(session: Session, ids: list[int], purpose: ConsentPurpose) -> Reach:
    reasons = Counter(left_out(session, ids, purpose).values())
    return Reach(donors=len(ids), left_out={reason: reasons.get(reason, 0) for reason in LeftOut})
