"""The moment before an update leaves for a reader: whether it still should, and a mark so that it never leaves twice."""

from sqlalchemy import select, update

from campaign.database import transaction
from campaign.days import local_day
from campaign.domain.news import MailingState, SubscriberState
from campaign.gateways.clock import Clock
from campaign.models.campaign import Update
from campaign.models.news import Subscriber, UpdateDelivery, UpdateMailing
from campaign.services.campaigns.quoted_texts import is_update_hidden
from campaign.services.queues.sendings import HandOver, drop, give_up


def hand_over(message_id: int, *, clock: Clock) -> HandOver:
    """Return whether an update may leave now, and mark that it does."""
    with transaction() as session:
        match = session.execute(
            select(UpdateDelivery, UpdateMailing, Subscriber.state, Update.campaign_id, Update.public_id)
            .join(UpdateMailing, UpdateMailing.id == UpdateDelivery.mailing_id)
            .join(Update, Update.id == UpdateMailing.update_id)
            .join(Subscriber, Subscriber.id == UpdateDelivery.subscriber_id)
            .where(UpdateDelivery.message_id == message_id)
            .with_for_update(of=UpdateDelivery)
        ).one_or_none()
        if match is None:
            return HandOver.NEVER
        delivery, mailing, reader_state, campaign_id, public_id = match
        if delivery.handed_over_at is not None:
            return give_up(session, message_id)
        if mailing.state == MailingState.STOPPED or reader_state != SubscriberState.CONFIRMED:
            if reader_state != SubscriberState.CONFIRMED:
                count = UpdateMailing.left_count + 1
                session.execute(update(UpdateMailing).where(UpdateMailing.id == mailing.id).values(left_count=count))
            return drop(session, delivery, message_id)
        if is_update_hidden(session, campaign_id, public_id, day=local_day(clock.now())):
            return drop(session, delivery, message_id)
        if mailing.state == MailingState.PAUSED:
            return HandOver.LATER
        delivery.handed_over_at = clock.now()
        return HandOver.SEND
