"""What was unfinished when a backup was made and may have been done since: a person has to check it."""

from dataclasses import dataclass

from sqlalchemy import func, select

from campaign.database import reading
from campaign.domain.donation import RefundState
from campaign.domain.mail import MailState
from campaign.models.donation import Refund
from campaign.models.outbox import Message


@dataclass(frozen=True, slots=True)
class Leftovers:
    """The number of emails not sent yet, and of refunds not confirmed by the provider."""

    waiting_mails: int
    open_refunds: int


def read_leftovers() -> Leftovers:
    """Count them in the database."""
    mails = select(func.count()).select_from(Message).where(Message.state == MailState.QUEUED)
    refunds = (
        select(func.count()).select_from(Refund).where(Refund.state.in_((RefundState.REQUESTED, RefundState.PENDING)))
    )
    with reading() as session:
        return Leftovers(
            waiting_mails=session.execute(mails).scalar_one(), open_refunds=session.execute(refunds).scalar_one()
        )
