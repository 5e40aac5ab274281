"""The sending of a text to a segment: in batches after all other emails, at most one to each, paused and resumed.

The donors of the segment are written down when it begins. Consent is checked then, when an email is written, and once more
before it leaves.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaign.database import reading, transaction
from campaign.domain.donor_consent import ConsentPurpose
from campaign.domain.errors import NotFound
from campaign.domain.mail import MailState
from campaign.domain.news import MailingState
from campaign.domain.segment_mailing import SEGMENT_MAIL_KIND, LeftOut
from campaign.gateways.clock import Clock
from campaign.models.campaign import Campaign
from campaign.models.donor import Donor
from campaign.models.outbox import Message
from campaign.models.segment_mailing import SegmentDelivery, SegmentMailing
from campaign.services import audit
from campaign.services.queues.outbox import OutgoingMail, enqueue
from campaign.services.queues.sendings import BATCH, Sendings, mail_of_sending
from campaign.services.segment_mailings.recipients import left_out

SENT = (MailState.SENT, MailState.STORED)


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentMailingView:
    """A sending as staff pages show it."""

    public_id: str
    segment_name: str
    purpose: ConsentPurpose
    title: Mapping[str, str]
    body: Mapping[str, str]
    state: MailingState
    started_at: datetime
    sent: int
    waiting: int
    failed: int
    left_out: Mapping[str, int]  # a LeftOut → donors


def segment_mailings(campaign_id: int) -> Sequence[SegmentMailingView]:
    """Return the 50 latest sendings of a campaign, latest first."""
    query = select(SegmentMailing).where(SegmentMailing.campaign_id == campaign_id)
    with reading() as session:
        rows = session.execute(query.order_by(SegmentMailing.id.desc()).limit(50)).scalars().all()
        counts = _counts(session, [row.id for row in rows])
        return [_view(row, counts) for row in rows]


def segment_mailing(campaign_id: int, public_id: str) -> SegmentMailingView:
    """Return one sending.

    Raises:
        NotFound: The campaign has no such sending.
    """
    with reading() as session:
        row = _row(session, campaign_id, public_id)
        return _view(row, _counts(session, [row.id]))


def set_state(campaign_id: int, public_id: str, state: MailingState, *, actor_id: int, clock: Clock) -> None:
    """Pause a running sending or resume a paused one; anything else changes nothing.

    Raises:
        NotFound: The campaign has no such sending.
    """
    opposite = {MailingState.PAUSED: MailingState.RUNNING, MailingState.RUNNING: MailingState.PAUSED}
    at = clock.now()
    with transaction() as session:
        row = _row(session, campaign_id, public_id, is_locking=True)
        if row.state != opposite.get(state):
            return
        row.state = state
        if state == MailingState.RUNNING:
            SENDINGS.resume(session, row.id, at=at)
        action = "segment_mailing:resume" if state == MailingState.RUNNING else "segment_mailing:pause"
        subject = f"segment_mailing:{public_id}"
        audit.record(session, actor_id=actor_id, action=action, subject=subject, at=at, detail={})


def _write_batch(session: Session, mailing: SegmentMailing, at: datetime) -> bool:
    rows = session.execute(
        select(SegmentDelivery)
        .where(
            SegmentDelivery.mailing_id == mailing.id,
            SegmentDelivery.message_id.is_(None),
            SegmentDelivery.left_out.is_(None),
        )
        .order_by(SegmentDelivery.donor_id)
        .limit(BATCH)
    ).scalars()
    deliveries = rows.all()
    if deliveries:
        _write(session, mailing, deliveries, at=at)
    return bool(deliveries)


SENDINGS = Sendings(SegmentMailing, SegmentDelivery, _write_batch)


def _write(session: Session, mailing: SegmentMailing, rows: Sequence[SegmentDelivery], *, at: datetime) -> None:
    campaign = session.get_one(Campaign, mailing.campaign_id)
    reasons = left_out(session, [row.donor_id for row in rows], ConsentPurpose(mailing.purpose))
    for row in rows:
        donor = session.get_one(Donor, row.donor_id)
        if row.donor_id in reasons:
            row.left_out = reasons[row.donor_id]
            continue
        mail = _mail_to(donor, mailing, campaign)
        if enqueue(session, mail, at=at):
            row.message_id = session.execute(select(Message.id).where(Message.dedupe_key == mail.key)).scalar_one()


def _mail_to(donor: Donor, mailing: SegmentMailing, campaign: Campaign) -> OutgoingMail:
    names = {"mailing": mailing.public_id, "donor": donor.public_id}
    address = donor.email or ""
    return mail_of_sending(SEGMENT_MAIL_KIND, names, recipient=address, language=donor.language, campaign=campaign)


def _row(session: Session, campaign_id: int, public_id: str, *, is_locking: bool = False) -> SegmentMailing:
    query = select(SegmentMailing).where(
        SegmentMailing.campaign_id == campaign_id, SegmentMailing.public_id == public_id
    )
    row = session.execute(query.with_for_update() if is_locking else query).scalar_one_or_none()
    if row is None:
        raise NotFound(f"segment_mailing:{public_id}")
    return row


def _counts(session: Session, mailing_ids: Sequence[int]) -> Mapping[tuple[int, str], int]:
    """Return (sending, state of its emails, or why there is none) → donors."""
    what = func.coalesce(SegmentDelivery.left_out, Message.state, "")
    query = (
        select(SegmentDelivery.mailing_id, what, func.count())
        .outerjoin(Message, Message.id == SegmentDelivery.message_id)
        .where(SegmentDelivery.mailing_id.in_(mailing_ids))
        .group_by(SegmentDelivery.mailing_id, what)
    )
    return {(mailing_id, name): count for mailing_id, name, count in session.execute(query)}


def _view(row: SegmentMailing, counts: Mapping[tuple[int, str], int]) -> SegmentMailingView:
    return SegmentMailingView(
        public_id=row.public_id,
        segment_name=row.segment_name,
        purpose=ConsentPurpose(row.purpose),
        title=row.title,
        body=row.body,
        state=MailingState(row.state),
        started_at=row.started_at,
        sent=sum(counts.get((row.id, state), 0) for state in SENT),
        waiting=counts.get((row.id, ""), 0) + counts.get((row.id, MailState.QUEUED), 0),
        failed=counts.get((row.id, MailState.FAILED_PERMANENTLY), 0),
        left_out={reason: counts.get((row.id, reason), 0) for reason in LeftOut},
    )
