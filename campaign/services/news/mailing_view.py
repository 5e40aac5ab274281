"""What has become of the sending of an update: emails sent, waiting and failed, and readers left out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaign.database import reading
from campaign.domain.mail import MailState
from campaign.domain.news import MailingState, SubscriberState
from campaign.models.campaign import Update
from campaign.models.news import Subscriber, UpdateDelivery, UpdateMailing
from campaign.models.outbox import Message

SENT = (MailState.SENT, MailState.STORED)


@dataclass(frozen=True, slots=True, kw_only=True)
class MailingView:
    """The sending of an update as staff pages show it."""

    state: MailingState
    started_at: datetime
    sent: int
    waiting: int  # readers whose email has not left yet, written or not
    failed: Mapping[str, int]  # a MailFailure → emails
    refused: int  # readers left out: their address cannot receive email
    left: int  # readers who unsubscribed in between

    @property
    def failed_count(self) -> int:
        return sum(self.failed.values())


def mailing_view(campaign_id: int, public_id: str) -> MailingView | None:
    """Return the sending of an update; None where it has not begun."""
    with reading() as session:
        mailing = session.execute(
            select(UpdateMailing)
            .join(Update, Update.id == UpdateMailing.update_id)
            .where(Update.campaign_id == campaign_id, Update.public_id == public_id)
        ).scalar_one_or_none()
        if mailing is None:
            return None
        counts = session.execute(
            select(Message.state, func.coalesce(Message.failure, ""), func.count())
            .join(UpdateDelivery, UpdateDelivery.message_id == Message.id)
            .where(UpdateDelivery.mailing_id == mailing.id)
            .group_by(Message.state, Message.failure)
        ).all()
        return MailingView(
            state=MailingState(mailing.state),
            started_at=mailing.started_at,
            sent=sum(count for state, _failure, count in counts if state in SENT),
            waiting=_unwritten(session, mailing)
            + sum(count for state, _failure, count in counts if state == MailState.QUEUED),
            failed={failure: count for state, failure, count in counts if state == MailState.FAILED_PERMANENTLY},
            refused=mailing.refused_count,
            left=mailing.left_count,
        )


def _unwritten(session: Session, mailing: UpdateMailing) -> int:
    """Return how many readers have no email in the outbox yet."""
    query = select(func.count()).where(
        Subscriber.campaign_id == mailing.campaign_id,
        Subscriber.state == SubscriberState.CONFIRMED,
        Subscriber.id > mailing.last_subscriber_id,
        Subscriber.id <= mailing.max_subscriber_id,
    )
    return session.execute(query).scalar_one()
