"""The moment before an update leaves for a reader: whether it still should, and a mark so that it never leaves twice.

The mark is committed before the mail server is asked. A worker that dies in between leaves it behind, and nobody knows
whether the email has arrived: it is not sent again. (A receipt is: it must not be lost, and a second one does no harm.)
"""

from enum import Enum, auto

from sqlalchemy import delete, select, update

from campaign.database import transaction
from campaign.domain.mail import MailFailure, MailState
from campaign.domain.news import MailingState, SubscriberState
from campaign.gateways.clock import Clock
from campaign.models.news import Subscriber, UpdateDelivery, UpdateMailing
from campaign.models.outbox import Message


class HandOver(Enum):
    """What a worker does with an email that it has claimed."""

    SEND = auto()
    LATER = auto()  # the sending is paused
    NEVER = auto()  # it is closed or deleted


def hand_over(message_id: int, *, clock: Clock) -> HandOver:
    """Return whether an update may leave now, and mark that it does."""
    with transaction() as session:
        match = session.execute(
            select(UpdateDelivery, UpdateMailing, Subscriber.state)
            .join(UpdateMailing, UpdateMailing.id == UpdateDelivery.mailing_id)
            .join(Subscriber, Subscriber.id == UpdateDelivery.subscriber_id)
            .where(UpdateDelivery.message_id == message_id)
            .with_for_update(of=UpdateDelivery)
        ).one_or_none()
        if match is None:
            return HandOver.NEVER
        delivery, mailing, reader_state = match
        if delivery.handed_over_at is not None:
            session.execute(
                update(Message)
                .where(Message.id == message_id, Message.state == MailState.QUEUED)
                .values(state=MailState.FAILED_PERMANENTLY, failure=MailFailure.UNCERTAIN)
            )
            return HandOver.NEVER
        if mailing.state == MailingState.STOPPED or reader_state != SubscriberState.CONFIRMED:
            delivery.message_id = None
            session.flush()
            session.execute(delete(Message).where(Message.id == message_id))
            if reader_state != SubscriberState.CONFIRMED:
                count = UpdateMailing.left_count + 1
                session.execute(update(UpdateMailing).where(UpdateMailing.id == mailing.id).values(left_count=count))
            return HandOver.NEVER
        if mailing.state == MailingState.PAUSED:
            return HandOver.LATER
        delivery.handed_over_at = clock.now()
        return HandOver.SEND


def take_back(message_id: int) -> None:
    """Remove the mark: the mail server has not taken the email, which is tried again."""
    with transaction() as session:
        session.execute(
            update(UpdateDelivery).where(UpdateDelivery.message_id == message_id).values(handed_over_at=None)
        )
