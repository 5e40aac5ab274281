"""The moment before an email to a segment leaves: whether it still should, and a mark so that it never leaves twice."""

from sqlalchemy import select

from campaign.database import transaction
from campaign.domain.donor_consent import ConsentPurpose
from campaign.domain.news import MailingState
from campaign.domain.segment_mailing import LeftOut
from campaign.gateways.clock import Clock
from campaign.models.donor import Donor
from campaign.models.segment_mailing import SegmentDelivery, SegmentMailing
from campaign.services.queues.sendings import HandOver, drop, give_up
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
            return give_up(session, message_id)
        agreed = select(Donor.id).where(
            Donor.id == delivery.donor_id, Donor.email.is_not(None), has_agreed(ConsentPurpose(mailing.purpose))
        )
        if session.execute(agreed).first() is None:
            delivery.left_out = LeftOut.CONSENT
            return drop(session, delivery, message_id)
        if mailing.state == MailingState.PAUSED:
            return HandOver.LATER
        delivery.handed_over_at = clock.now()
        return HandOver.SEND
