"""Sign-ups that nobody has confirmed yet: how many an event stores, and when they are deleted with their emails."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, delete, or_, select
from sqlalchemy.orm import Session

from campaign.domain.event_sign_up import (
    CONFIRM_WITHIN,
    MAIL_KIND,
    MAX_UNCONFIRMED,
    MAX_UNCONFIRMED_OF_A_MAILBOX,
    SignUpNotice,
    SignUpState,
)
from campaign.models.event_sign_up import EventSignUp
from campaign.models.fund import Event
from campaign.models.outbox import Message
from campaign.services.events.mails import confirm_mail_key

BATCH = 200


def is_unconfirmed_since(before: datetime) -> ColumnElement[bool]:
    """Return the condition of sign-ups whose form came before a moment, and that nobody has confirmed."""
    return and_(EventSignUp.state == SignUpState.UNCONFIRMED, EventSignUp.signed_up_at < before)


def is_old_link(before: datetime) -> ColumnElement[bool]:
    """Return the condition of emails with a link that confirms, written before a moment."""
    is_link = Message.facts["notice"].as_string() == SignUpNotice.CONFIRM.value
    return and_(Message.kind == MAIL_KIND, is_link, Message.created_at < before)


def make_room(session: Session, event_id: int, email_key: str) -> None:
    """Delete the oldest unconfirmed sign-ups, so that one more stays within the bounds; the event's row is locked.

    Nobody is refused: who fills the list with addresses of others shuts no honest person out, who presses the link soon.
    """
    of_event = EventSignUp.event_id == event_id, EventSignUp.state == SignUpState.UNCONFIRMED
    _delete_from(session, MAX_UNCONFIRMED_OF_A_MAILBOX - 1, *of_event, EventSignUp.email_key == email_key)
    _delete_from(session, MAX_UNCONFIRMED - 1, *of_event)


def expired(at: datetime) -> Select[str]:
    """Return the query of the public ids of some sign-ups that cannot be confirmed any more."""
    is_late = or_(EventSignUp.signed_up_at <= at - CONFIRM_WITHIN, Event.begins_at <= at, Event.sign_up_until <= at)
    return (
        select(EventSignUp.public_id)
        .join(Event, Event.fund_id == EventSignUp.event_id)
        .where(EventSignUp.state == SignUpState.UNCONFIRMED, is_late)
        .limit(BATCH)
    )


def delete_expired(session: Session, *, at: datetime) -> None:
    """Delete some sign-ups that cannot be confirmed any more."""
    _delete(session, session.execute(expired(at)).scalars().all())


def delete_unconfirmed(session: Session, row: EventSignUp) -> None:
    """Delete one sign-up that nobody has confirmed, with its email."""
    _delete(session, [row.public_id])


def _delete_from(session: Session, position: int, *conditions: ColumnElement[bool]) -> None:
    newest = EventSignUp.signed_up_at.desc(), EventSignUp.id.desc()
    query = select(EventSignUp.public_id).where(*conditions).order_by(*newest).offset(position).limit(BATCH)
    _delete(session, session.execute(query).scalars().all())


def _delete(session: Session, public_ids: Sequence[str]) -> None:
    if not public_ids:
        return
    unconfirmed = EventSignUp.public_id.in_(public_ids), EventSignUp.state == SignUpState.UNCONFIRMED
    quiet = {"synchronize_session": False}
    mails = delete(Message).where(Message.dedupe_key.in_([confirm_mail_key(name) for name in public_ids]))
    session.execute(mails, execution_options=quiet)
    session.execute(delete(EventSignUp).where(*unconfirmed), execution_options=quiet)
