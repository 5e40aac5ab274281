"""A person's own sign-up, by the link in their emails: looking changes nothing, a button confirms or cancels it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.database import reading, transaction
from campaign.domain.event_sign_up import (
    ACTIVE,
    CONFIRM_WITHIN,
    MAX_PLACES,
    OPEN_OFFERS,
    GroupTooLarge,
    SignUpDeleted,
    SignUpLinkExpired,
    SignUpNotice,
    SignUpOffer,
    SignUpRules,
    SignUpState,
)
from campaign.domain.visitor_keys import normalized_email
from campaign.gateways.clock import Clock
from campaign.models.event_sign_up import EventSignUp
from campaign.services.events.links import read_link, sign_link
from campaign.services.events.mails import enqueue_notice
from campaign.services.events.places import EventRows, event_with_id, fill_places, rules_of
from campaign.services.events.signing_up import offer_of


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnSignUp:
    """A sign-up as its person sees it.

    Attributes:
        token: The word in the address of its page.
        offer: What the event offers now.
        gets: What the sign-up gets when it is confirmed now; None where the free places are too few for it.
        confirm_until: The moment from which it cannot be confirmed any more.
        is_moved: Whether the time or the place changed since the form came.
        is_mailbox_full: Whether the mailbox would have more places than one may have.
        is_already: Whether the link belongs to another sign-up of this mailbox, which is not needed.
    """

    campaign_id: int
    event: str
    """Its public id."""
    title: dict[str, str]
    place: dict[str, str]
    begins_at: datetime | None
    ends_at: datetime | None
    state: SignUpState
    places: int
    event_status: str
    event_note: dict[str, str]
    token: str
    offer: SignUpOffer
    gets: SignUpState | None
    confirm_until: datetime
    is_moved: bool
    is_mailbox_full: bool
    is_already: bool

    @property
    def can_confirm(self) -> bool:
        """Whether the button that confirms has an effect."""
        is_free = self.offer in OPEN_OFFERS and self.gets is not None
        return self.state is SignUpState.UNCONFIRMED and is_free and not self.is_mailbox_full


def own_sign_up(token: str, *, clock: Clock) -> OwnSignUp:
    """Return the sign-up that a link leads to.

    Raises:
        SignUpLinkBroken: The link is none of ours.
        SignUpDeleted: It was not confirmed in time, or is not stored any more.
        SignUpLinkExpired: The event has begun.
    """
    with reading() as session:
        row = own_row(session, token)
        rows = event_with_id(session, row.event_id)
        refuse_late(session, rows, row, at=clock.now())
        return shown(session, rows, row, at=clock.now())


def cancel_own(token: str, *, clock: Clock) -> OwnSignUp:
    """Cancel a sign-up and give its place to the first who waits; a cancelled one stays so.

    Raises:
        SignUpLinkBroken, SignUpDeleted, SignUpLinkExpired: As in `own_sign_up`.
    """
    at = clock.now()
    with transaction() as session:
        rows = event_with_id(session, own_row(session, token).event_id, is_locking=True)
        row = own_row(session, token)
        refuse_late(session, rows, row, at=at)
        cancel(session, rows, row, at=at)
        return shown(session, rows, row, at=at)


def cancel(session: Session, rows: EventRows, row: EventSignUp, *, at: datetime) -> None:
    """Cancel a sign-up, tell the person, and fill the place; the event's row is locked."""
    if row.state not in set(ACTIVE):
        return
    row.state, row.cancelled_at = SignUpState.CANCELLED, at
    session.flush()
    enqueue_notice(session, row, SignUpNotice.CANCELLED, campaign=rows.campaign, at=at)
    fill_places(session, rows, at=at)


def own_row(session: Session, token: str) -> EventSignUp:
    """Return the row that a link names.

    Raises:
        SignUpLinkBroken, SignUpDeleted: As in `own_sign_up`.
    """
    query = select(EventSignUp).where(EventSignUp.public_id == read_link(token), EventSignUp.name.is_not(None))
    row = session.execute(query.execution_options(populate_existing=True)).scalar_one_or_none()
    if row is None:
        raise SignUpDeleted
    return row


def refuse_late(session: Session, rows: EventRows, row: EventSignUp, *, at: datetime) -> None:
    """Refuse a link that comes too late.

    Raises:
        SignUpLinkExpired: The event has begun.
        SignUpDeleted: The sign-up was not confirmed in time.
    """
    rules = rules_of(session, rows.event)
    if rules.has_begun(at):
        raise SignUpLinkExpired
    if row.state == SignUpState.UNCONFIRMED and at >= row.signed_up_at + CONFIRM_WITHIN:
        raise SignUpDeleted


def shown(session: Session, rows: EventRows, row: EventSignUp, *, at: datetime) -> OwnSignUp:
    """Return a sign-up as its person sees it; instead of an unconfirmed one, that which their mailbox has already."""
    own = (_active_of_mailbox(session, row) if row.state == SignUpState.UNCONFIRMED else None) or row
    rules, changed_at = rules_of(session, rows.event), rows.event.details_changed_at
    return OwnSignUp(
        campaign_id=rows.campaign.id,
        event=rows.fund.public_id,
        title=rows.fund.title,
        place=rows.event.place,
        begins_at=rows.event.begins_at,
        ends_at=rows.event.ends_at,
        state=SignUpState(own.state),
        places=own.places,
        event_status=rows.event.status,
        event_note=rows.event.state_note,
        token=sign_link(own.public_id),
        offer=offer_of(rules, rows.campaign, at=at),
        gets=_gets(rules, own),
        confirm_until=rules.confirm_until(own.signed_up_at),
        is_moved=changed_at is not None and changed_at > own.signed_up_at,
        is_mailbox_full=_places_of_mailbox(session, own) + own.places > MAX_PLACES,
        is_already=own is not row,
    )


def _active_of_mailbox(session: Session, row: EventSignUp) -> EventSignUp | None:
    same = EventSignUp.event_id == row.event_id, EventSignUp.email_key == row.email_key
    return session.execute(select(EventSignUp).where(*same, EventSignUp.state.in_(ACTIVE))).scalar_one_or_none()


def _gets(rules: SignUpRules, row: EventSignUp) -> SignUpState | None:
    try:
        state = rules.state_for(row.places)
    except GroupTooLarge:
        return None
    return state if state is SignUpState.CONFIRMED or rules.has_waiting_list else None


def _places_of_mailbox(session: Session, row: EventSignUp) -> int:
    """Return the places that the other addresses of a mailbox have at the event."""
    if row.email is None:
        return 0
    of_others = EventSignUp.event_id == row.event_id, EventSignUp.id != row.id, EventSignUp.email.is_not(None)
    query = select(EventSignUp.email, EventSignUp.places).where(*of_others, EventSignUp.state.in_(ACTIVE))
    mailbox = normalized_email(row.email)
    return sum(places for email, places in session.execute(query) if email and normalized_email(email) == mailbox)
