"""The mails that call for somebody, counted in one query."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import Session

from campaign.domain.mail import MailHoldReason, MailState
from campaign.domain.news import NEWS_KIND
from campaign.domain.receipt import ReceiptState
from campaign.domain.segment_mailing import SEGMENT_MAIL_KIND
from campaign.models.outbox import Message
from campaign.models.receipt import Receipt
from campaign.services.alarms.sign_types import Backlog

DEAD_LATELY = timedelta(days=7)
"""How long a mail that was given up calls for somebody; it can be sent again ever after."""


def read_mail_signs(session: Session, *, at: datetime) -> Mapping[str, Backlog]:
    """Return the mails of each state that call for somebody."""
    rows = session.execute(_MAILS, {"dead_since": at - DEAD_LATELY})
    return defaultdict(Backlog, {state: Backlog(count=count, oldest_at=oldest) for state, count, oldest in rows})


_MAILS = (
    select(Message.state, func.count(), func.min(Message.created_at))
    .outerjoin(Receipt, Receipt.id == Message.receipt_id)
    .where(
        Message.state.in_((MailState.QUEUED, MailState.FAILED_PERMANENTLY, MailState.HELD)),
        Message.kind.not_in((NEWS_KIND, SEGMENT_MAIL_KIND)),
        Message.hold_reason.is_distinct_from(MailHoldReason.LATE_NEWS),
        or_(Message.state != MailState.FAILED_PERMANENTLY, Message.created_at >= bindparam("dead_since")),
        or_(Message.state != MailState.HELD, Receipt.state == ReceiptState.ISSUED),
    )
    .group_by(Message.state)
)
"""Updates for readers are not among them: their page says what became of each.

A mail that was given up long ago, or is held with a receipt that is void meanwhile, needs nobody any more.
"""
