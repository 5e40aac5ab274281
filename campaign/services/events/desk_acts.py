"""What campaign staff do with sign-ups: add somebody, cancel, give a place out of turn."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from campaign.database import transaction
from campaign.domain.email_address import email_key
from campaign.domain.errors import NotFound
from campaign.domain.event_sign_up import (
    ACTIVE,
    UPCOMING,
    AlreadySignedUp,
    Guest,
    NotEnoughPlaces,
    SignUpClosed,
    SignUpEnded,
    SignUpOffer,
    SignUpState,
    SignUpStillActive,
)
from campaign.domain.fund import EventStatus
from campaign.gateways.clock import Clock
from campaign.models.event_sign_up import EventSignUp
from campaign.models.outbox import Message
from campaign.services import audit
from campaign.services.events.forgetting import PERSONAL_COLUMNS, is_about
from campaign.services.events.own_sign_up import cancel
from campaign.services.events.places import EventRows, event_named, give_place, rules_of
from campaign.services.events.signing_up import enter, new_sign_up
from campaign.services.events.unconfirmed import delete_unconfirmed


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestDraft(Guest):
    """Somebody whom staff add; `email` may be empty, then no email tells them anything.

    Attributes:
        form_id: Becomes the public id of the sign-up: a form that comes twice adds one.
    """

    form_id: str


def add_guest(campaign_id: int, public_id: str, guest: GuestDraft, *, actor_id: int, clock: Clock) -> SignUpState:
    """Add somebody, whether the public sign-up is open or not; return what they got.

    Raises:
        NotFound: The campaign has no such event.
        SignUpClosed: The event is cancelled, or took place.
        AlreadySignedUp: The mailbox has signed up.
        GroupTooLarge: The event does not have so many places.
    """
    at = clock.now()
    with transaction() as session:
        rows = event_named(session, campaign_id, public_id, is_locking=True)
        same = select(EventSignUp.state).where(EventSignUp.public_id == guest.form_id)
        if (added := session.execute(same).scalar_one_or_none()) is not None:
            return SignUpState(added)
        if rows.event.status not in set(UPCOMING):
            is_cancelled = rows.event.status == EventStatus.CANCELLED
            raise SignUpClosed(SignUpOffer.CANCELLED if is_cancelled else SignUpOffer.OVER)
        state = rules_of(session, rows.event).state_for(guest.places)
        _refuse_second(session, rows, guest)
        row = new_sign_up(rows, guest, public_id=guest.form_id, at=at)
        session.add(row)
        enter(session, rows, row, state, at=at)
        _record(session, rows, "add", actor_id, at)
        return state


def cancel_guest(campaign_id: int, public_id: str, sign_up_id: str, *, actor_id: int, clock: Clock) -> None:
    """Cancel a sign-up; the person is told by email, and the first who waits gets the place.

    Raises:
        NotFound: The event has no such sign-up.
        SignUpEnded: It is cancelled already.
    """
    at = clock.now()
    with transaction() as session:
        rows = event_named(session, campaign_id, public_id, is_locking=True)
        row = _row(session, rows, sign_up_id)
        if row.state not in set(ACTIVE):
            raise SignUpEnded(sign_up_id)
        cancel(session, rows, row, at=at)
        _record(session, rows, "cancel", actor_id, at)


def move_up_guest(campaign_id: int, public_id: str, sign_up_id: str, *, actor_id: int, clock: Clock) -> None:
    """Give a free place to somebody who waits, before others who wait longer.

    Raises:
        NotFound: The event has no such sign-up.
        SignUpEnded: It does not wait any more.
        NotEnoughPlaces: So many places are not free.
    """
    at = clock.now()
    with transaction() as session:
        rows = event_named(session, campaign_id, public_id, is_locking=True)
        row, free = _row(session, rows, sign_up_id), rules_of(session, rows.event).free
        if row.state != SignUpState.WAITING or rows.event.status not in set(UPCOMING):
            raise SignUpEnded(sign_up_id)
        if free is not None and row.places > free:
            raise NotEnoughPlaces(free)
        give_place(session, rows, row, at=at)
        _record(session, rows, "move_up", actor_id, at)


def erase_guest(campaign_id: int, public_id: str, sign_up_id: str, *, actor_id: int, clock: Clock) -> None:
    """Delete at once what names somebody whose sign-up is cancelled or whose event is over, because they asked for it.

    A sign-up that nobody has confirmed is deleted as a whole.

    Raises:
        NotFound: The event has no such sign-up, or it names nobody any more.
        SignUpStillActive: They have a place, or wait for one.
    """
    at = clock.now()
    with transaction() as session:
        rows = event_named(session, campaign_id, public_id, is_locking=True)
        row = _row(session, rows, sign_up_id)
        if row.state in set(ACTIVE) and rows.event.status in set(UPCOMING):
            raise SignUpStillActive(sign_up_id)
        _record(session, rows, "erase", actor_id, at)
        if row.state == SignUpState.UNCONFIRMED:
            delete_unconfirmed(session, row)
            return
        for column in PERSONAL_COLUMNS:
            setattr(row, column, None)
        session.execute(delete(Message).where(is_about(sign_up_id)), execution_options={"synchronize_session": False})


def _refuse_second(session: Session, rows: EventRows, guest: GuestDraft) -> None:
    of_mailbox = EventSignUp.event_id == rows.event.fund_id, EventSignUp.email_key == email_key(guest.email)
    query = select(EventSignUp.public_id).where(*of_mailbox, EventSignUp.state.in_(ACTIVE))
    if guest.email and (public_id := session.execute(query).scalar_one_or_none()):
        raise AlreadySignedUp(public_id)


def _row(session: Session, rows: EventRows, sign_up_id: str) -> EventSignUp:
    query = select(EventSignUp).where(
        EventSignUp.event_id == rows.event.fund_id, EventSignUp.public_id == sign_up_id, EventSignUp.name.is_not(None)
    )
    row = session.execute(query).scalar_one_or_none()
    if row is None:
        raise NotFound(f"sign_up:{sign_up_id}")
    return row


def _record(session: Session, rows: EventRows, act: str, actor_id: int, at: datetime) -> None:
    subject, detail = f"campaign:{rows.campaign.slug}", dict[str, object](fund=rows.fund.code)
    audit.record(session, actor_id=actor_id, action=f"sign_up:{act}", subject=subject, at=at, detail=detail)
