"""Mail is written with the work that it tells of, in the same transaction; `delivery` sends it afterwards."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.orm import Session

from campaign.database import insert_once
from campaign.domain.folding import fold
from campaign.domain.identity import new_public_id
from campaign.domain.mail import ADDRESS_FAILURES, MailHoldReason, MailState
from campaign.models.outbox import Message

REPLACEABLE = (MailState.QUEUED, MailState.HELD, MailState.FAILED_PERMANENTLY)
"""States in which an email may still bring another receipt than the one that it was written for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingMail:
    """A mail to be: its kind (a folder of templates), whom it goes to, and plain facts for the templates."""

    kind: str
    language: str
    recipient: str
    facts: dict[str, object]
    key: str  # kind and subject: the same thing is told once
    campaign_id: int | None = None  # whose donors it tells; none for a mail to staff or with a code for the form


def enqueue(
    session: Session,
    mail: OutgoingMail,
    *,
    at: datetime,
    receipt_id: int | None = None,
    donation_id: int | None = None,
    is_on_hold: bool = False,
) -> bool:
    """Put a mail into the outbox; False where a mail of the same key is there already: that is the mail.

    With `is_on_hold` it stays there until staff send it: a comparison with the provider brought the news late.
    """
    row = {
        "public_id": new_public_id(),
        "kind": mail.kind,
        "language": mail.language,
        "recipient": mail.recipient,
        "search_text": fold(mail.recipient),
        "facts": mail.facts,
        "dedupe_key": mail.key,
        "receipt_id": receipt_id,
        "donation_id": donation_id,
        "campaign_id": mail.campaign_id,
        "created_at": at,
        "state": MailState.HELD if is_on_hold else MailState.QUEUED,
        "attempts": 0,
        "next_try_at": at,
        "hold_reason": MailHoldReason.LATE_NEWS if is_on_hold else None,
    }
    return insert_once(session, Message, row)


def is_address_refused() -> ColumnElement[bool]:
    """Return the condition of emails that show that their address receives none: refused, or returned for good."""
    return and_(Message.state == MailState.FAILED_PERMANENTLY, Message.failure.in_(ADDRESS_FAILURES))


def expedite(session: Session, donation_id: int, *, at: datetime) -> None:
    """Let the mails of a gift that wait for their first try leave now; one that a worker holds is left alone."""
    session.execute(
        update(Message)
        .where(Message.donation_id == donation_id, Message.state == MailState.QUEUED, Message.attempts == 0)
        .values(next_try_at=at)
    )


def send_instead(session: Session, mail: OutgoingMail, *, receipt_id: int, in_place_of: int, at: datetime) -> bool:
    """Let the mails that should have brought one receipt bring another; False where they have left already."""
    unsent = session.execute(
        select(Message)
        .where(Message.receipt_id == in_place_of, Message.state.in_(REPLACEABLE))
        .order_by(Message.id)
        .with_for_update()
    ).scalars()
    brought: set[str] = set()
    for message in unsent.all():
        if message.kind == mail.kind and message.kind in brought:  # a copy that was to be sent again
            session.delete(message)
            continue
        brought.add(message.kind)
        if message.kind == mail.kind:
            message.facts, message.dedupe_key = mail.facts, mail.key
        else:  # it tells of a refund, too: its amount stays
            message.facts = message.facts | {
                name: mail.facts[name] for name in ("receipt_number", "note", "donor_name")
            }
        if message.attempts:  # it may be leaving at this moment, and no mailbox may take this one for its double
            message.public_id = new_public_id()
        message.receipt_id = receipt_id
        message.recipient, message.search_text = mail.recipient, fold(mail.recipient)
        message.state, message.attempts, message.next_try_at = MailState.QUEUED, 0, at
        message.error = message.failure = message.hold_reason = None
    session.flush()
    return bool(brought)
