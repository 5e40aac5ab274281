"""The moment before an email to a segment leaves: whether it still should, and a mark so that it never leaves twice."""

from sqlalchemy import delete, select, update

from campaign.database import transaction
from campaign.domain.donor_consent import ConsentPurpose
from campaign.domain.mail import MailFailure, MailState
from campaign.domain.news import MailingState
from campaign.domain.segment_mailing import LeftOut
from campaign.gateways.clock import Clock
from campaign.models.donor import Donor
from campaign.models.outbox import Message
from campaign.models.segment_mailing import SegmentDelivery, SegmentMailing
from campaign.services.news.handing_over import HandOver
from campaign.services.segment_mailings.recipients import has_agreed


def hand_over_to_donor(message_id: int, *, clock: Clock) -> HandOver:
    """Return whether the email may leave now, and mark that it does; a donor who withdrew meanwhile gets none."""
    with transaction() as session:
        match = session.execute(
            select(SegmentDelivery, SegmentMailing)
            .join(SegmentMailing, SegmentMailing.id == SegmentDelivery.mailing_id)
            .where(SegmentDelivery.message_id == message_id)
            .with_for_update(of=SegmentDelivery)
        ).one_or_none()
        if match is None:
            return HandOver.NEVER
        delivery, mailing = match
        if delivery.handed_over_at is not None:
            session.execute(
                update(Message)
                .where(Message.id == message_id, Message.state == MailState.QUEUED)
                .values(state=MailState.FAILED_PERMANENTLY, failure=MailFailure.UNCERTAIN)
            )
            return HandOver.NEVER
        agreed = select(Donor.id).where(
            Donor.id == delivery.donor_id, Donor.email.is_not(None), has_agreed(ConsentPurpose(mailing.purpose))
        )
        if session.execute(agreed).first() is None:
            delivery.message_id, delivery.left_out = None, LeftOut.CONSENT
            session.flush()
            session.execute(delete(Message).where(Message.id == message_id))
            return HandOver.NEVER
        if mailing.state == MailingState.PAUSED:
            return HandOver.LATER
        delivery.handed_over_at = clock.now()
        return HandOver.SEND


def take_back_from_donor(message_id: int) -> None:
    """Remove the mark: the mail server has not taken the email, which is tried again."""
    with transaction() as session:
        session.execute(
            update(SegmentDelivery).where(SegmentDelivery.message_id == message_id).values(handed_over_at=None)
        )
