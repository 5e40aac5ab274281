"""An email to many people: written into the outbox in batches, so that receipts never wait behind it.

A delivery is a person's row of a sending. It is marked, and the mark committed, before the mail server is asked. A worker
that dies in between leaves the mark behind, and nobody knows whether the email has arrived: it is not sent again. (A
receipt is: it must not be lost, and a second one does no harm.)
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import Any, cast

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.orm import Session

from campaign.database import reading, transaction
from campaign.domain.language import in_language_of
from campaign.domain.mail import MailFailure, MailState
from campaign.domain.news import MailingState
from campaign.gateways.clock import Clock
from campaign.models.campaign import Campaign
from campaign.models.news import UpdateDelivery, UpdateMailing
from campaign.models.outbox import Message
from campaign.models.segment_mailing import SegmentDelivery, SegmentMailing
from campaign.services.queues.outbox import OutgoingMail

BATCH = 50
"""People whose emails are written at once."""
FEW = 10
"""The next batch is written when no more emails than this wait."""


class HandOver(Enum):
    """What a worker does with an email that it has claimed."""

    SEND = auto()
    LATER = auto()  # the sending is paused
    NEVER = auto()  # it is closed or deleted


@dataclass(frozen=True, slots=True)
class Sendings:
    """The sendings of one kind.

    Attributes:
        mailing: The table of the sendings.
        delivery: The table of their deliveries.
        write_batch: Writes the next emails of a sending, at a moment; False when nobody is left to write to.
    """

    mailing: type[UpdateMailing] | type[SegmentMailing]
    delivery: type[UpdateDelivery] | type[SegmentDelivery]
    write_batch: Callable[[Session, Any, datetime], bool]

    def queue_next_batch(self, *, clock: Clock) -> bool:
        """Write the next emails of one sending; False when nothing is to be done."""
        running = select(self.mailing.id).where(self.mailing.state == MailingState.RUNNING).order_by(self.mailing.id)
        with reading() as session:
            ready = [number for number in session.execute(running).scalars() if self._is_ready(session, number)]
        return any(self._queue_batch(number, at=clock.now()) for number in ready)

    def resume(self, session: Session, mailing_id: int, *, at: datetime) -> None:
        """Let the emails of a sending that wait leave now."""
        waiting = self._waiting(mailing_id).with_only_columns(Message.id)
        session.execute(update(Message).where(Message.id.in_(waiting)).values(next_try_at=at))

    def take_back(self, message_id: int) -> None:
        """Remove the mark: the mail server has not taken the email, which is tried again."""
        with transaction() as session:
            marked = update(self.delivery).where(self.delivery.message_id == message_id)
            session.execute(marked.values(handed_over_at=None))

    def _queue_batch(self, mailing_id: int, *, at: datetime) -> bool:
        with transaction() as session:
            row = session.execute(
                select(self.mailing)
                .where(self.mailing.id == mailing_id, self.mailing.state == MailingState.RUNNING)
                .with_for_update(skip_locked=True)
            ).scalar_one_or_none()
            mailing = cast("UpdateMailing | SegmentMailing | None", row)  # of the union of two classes mypy makes Model
            if mailing is None or not self._is_ready(session, mailing_id):
                return False
            if self.write_batch(session, mailing, at):
                return True
            is_done = not session.execute(self._waiting(mailing_id)).scalar_one()
            mailing.state = MailingState.FINISHED if is_done else mailing.state
            return is_done

    def _is_ready(self, session: Session, mailing_id: int) -> bool:
        return session.execute(self._waiting(mailing_id)).scalar_one() <= FEW

    def _waiting(self, mailing_id: int) -> Select[int]:
        """Count the emails of a sending that have not left yet."""
        return (
            select(func.count())
            .select_from(self.delivery)
            .join(Message, Message.id == self.delivery.message_id)
            .where(self.delivery.mailing_id == mailing_id, Message.state == MailState.QUEUED)
        )


def mail_of_sending(
    kind: str, names: dict[str, str], *, recipient: str, language: str, campaign: Campaign
) -> OutgoingMail:
    """Return one email of a sending; `names` are the public ids of the sending and of the reader, and its key."""
    return OutgoingMail(
        kind=kind,
        language=language,
        recipient=recipient,
        facts={
            **names,
            "donor_name": "",
            "campaign_title": in_language_of(campaign.title, language),
            "help_email": campaign.contact_email,
            "is_test": False,
        },
        key=":".join((kind, *names.values())),
        campaign_id=campaign.id,
    )


def give_up(session: Session, message_id: int) -> HandOver:
    """Close an email that was marked before: whether it has arrived is uncertain."""
    session.execute(
        update(Message)
        .where(Message.id == message_id, Message.state == MailState.QUEUED)
        .values(state=MailState.FAILED_PERMANENTLY, failure=MailFailure.UNCERTAIN)
    )
    return HandOver.NEVER


def drop(session: Session, delivery: UpdateDelivery | SegmentDelivery, message_id: int) -> HandOver:
    """Delete an email that shall not leave."""
    delivery.message_id = None
    session.flush()
    session.execute(delete(Message).where(Message.id == message_id))
    return HandOver.NEVER
