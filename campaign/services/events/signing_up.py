"""Somebody signs up for an event on its public page.

Anybody can enter any address, so nothing is given here: an email with a link leaves, and whoever presses it (`confirming`)
gets a place. The answer never depends on who has signed up: a mailbox that has a place already learns it by email alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import lazy_gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.database import reading, transaction
from campaign.days import local_day
from campaign.domain.campaign_state import campaign_state
from campaign.domain.email_address import email_key
from campaign.domain.event_sign_up import (
    ACTIVE,
    OPEN_OFFERS,
    Guest,
    NotEnoughPlaces,
    SignUpClosed,
    SignUpNotice,
    SignUpOffer,
    SignUpRules,
    SignUpState,
)
from campaign.domain.identity import new_public_id
from campaign.gateways.clock import Clock
from campaign.models.campaign import Campaign
from campaign.models.event_sign_up import EventSignUp
from campaign.services.events.limits import SignUpLimits
from campaign.services.events.mails import confirm_mail_key, enqueue_notice
from campaign.services.events.places import EventRows, event_named, rules_of
from campaign.services.events.unconfirmed import make_room

CONSENT_TEXT = lazy_gettext(
    "I agree that my name, my address and what I enter here are used for this event: to give me a place, to write to me "
    "about it and to prepare it. What I write about access is deleted 7 days after the event, everything else that "
    "names me after 90 days."
)
"""What people agree to who sign up."""
CONSENT_VERSION = "2026-11"
"""Names that text in all languages; a test holds that a changed text has another version."""
SECOND_PRESS = timedelta(minutes=2)
"""A form that comes again so soon was sent twice by mistake: no second email leaves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignUpRequest(Guest):
    """What somebody entered, and where the form came from.

    Attributes:
        form: The signed name of the form.
        has_proof: Whether the browser did its work for this form.
        address: Of the visitor's network.
    """

    form: str
    has_proof: bool
    address: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignUpPage:
    """An event as its sign-up page shows it."""

    public_id: str
    title: dict[str, str]
    place: dict[str, str]
    begins_at: datetime | None
    ends_at: datetime | None
    deadline: datetime | None
    offer: SignUpOffer
    note: dict[str, str]
    """Why it was cancelled."""


def sign_up_page(campaign_id: int, public_id: str, *, clock: Clock) -> SignUpPage:
    """Return what the sign-up page of an event shows.

    Raises:
        NotFound: The campaign has no such event.
    """
    with reading() as session:
        rows = event_named(session, campaign_id, public_id)
        rules = rules_of(session, rows.event)
        return SignUpPage(
            public_id=public_id,
            title=rows.fund.title,
            place=rows.event.place,
            begins_at=rows.event.begins_at,
            ends_at=rows.event.ends_at,
            deadline=rules.deadline,
            offer=offer_of(rules, rows.campaign, at=clock.now()),
            note=rows.event.state_note,
        )


def sign_up(campaign_id: int, public_id: str, request: SignUpRequest, *, clock: Clock, secret: str) -> None:
    """Send a link that confirms the sign-up; until it is pressed, no place is taken.

    Raises:
        NotFound: The campaign has no such event.
        SignUpClosed: Nobody can sign up now.
        GroupTooLarge: The event does not have so many places.
        NotEnoughPlaces: So many places are not free, and there is no waiting list.
        TooManySignUps, ProofMissing: See `limits`.
    """
    at = clock.now()
    with transaction() as session:
        rows = event_named(session, campaign_id, public_id, is_locking=True)
        rules = rules_of(session, rows.event)
        offer = offer_of(rules, rows.campaign, at=at)
        if offer not in OPEN_OFFERS:
            raise SignUpClosed(offer)
        state = rules.state_for(request.places)
        if state is SignUpState.WAITING and not rules.has_waiting_list:
            raise NotEnoughPlaces(rules.free or 0)
        limits = SignUpLimits.of(public_id, request.email, address=request.address, form=request.form, secret=secret)
        limits.check(session, has_proof=request.has_proof, at=at)
        if not limits.has_mailbox_enough(session, at=at):
            _write(session, rows, request, at=at)


def _write(session: Session, rows: EventRows, request: SignUpRequest, *, at: datetime) -> None:
    key = email_key(request.email)
    same = EventSignUp.event_id == rows.event.fund_id, EventSignUp.email_key == key
    query = select(EventSignUp).where(*same, EventSignUp.state.in_(ACTIVE))
    if (row := session.execute(query).scalar_one_or_none()) is not None:
        if at - row.signed_up_at > SECOND_PRESS:
            enqueue_notice(session, row, SignUpNotice.ALREADY, campaign=rows.campaign, at=at)
        return
    again = EventSignUp.signed_up_at >= at - SECOND_PRESS, EventSignUp.state == SignUpState.UNCONFIRMED
    if not _is_repeated(session.execute(select(EventSignUp).where(*same, *again)).scalars().all(), request):
        make_room(session, rows.event.fund_id, key)
        row = new_sign_up(rows, request, public_id=new_public_id(), at=at)
        row.consent_version = CONSENT_VERSION
        session.add(row)
        session.flush()
        link = confirm_mail_key(row.public_id)
        enqueue_notice(session, row, SignUpNotice.CONFIRM, campaign=rows.campaign, at=at, key=link)


def _is_repeated(rows: Sequence[EventSignUp], request: Guest) -> bool:
    """Return whether the same entries came a moment ago; other entries get a link of their own."""
    entries = request.name, request.phone, request.places, request.access_needs
    return any((row.name, row.phone or "", row.places, row.access_needs or "") == entries for row in rows)


def new_sign_up(rows: EventRows, guest: Guest, *, public_id: str, at: datetime) -> EventSignUp:
    """Return a new sign-up of which nothing is confirmed."""
    return EventSignUp(
        public_id=public_id,
        event_id=rows.event.fund_id,
        name=guest.name,
        email=guest.email or None,
        email_key=email_key(guest.email) if guest.email else None,
        phone=guest.phone or None,
        language=guest.language,
        places=guest.places,
        access_needs=guest.access_needs or None,
        state=SignUpState.UNCONFIRMED,
        signed_up_at=at,
        informed_at=at,
    )


def enter(session: Session, rows: EventRows, row: EventSignUp, state: SignUpState, *, at: datetime) -> None:
    """Give a sign-up its place, or one on the waiting list, and tell the person; the event's row is locked."""
    row.state, row.signed_up_at, row.informed_at = state, at, at
    row.confirmed_at = at if state is SignUpState.CONFIRMED else None
    session.flush()
    enqueue_notice(session, row, SignUpNotice(state.value), campaign=rows.campaign, at=at)


def offer_of(rules: SignUpRules, campaign: Campaign, *, at: datetime) -> SignUpOffer:
    """Return what the sign-up page of an event offers at a moment."""
    state = campaign_state(campaign.stage, starts_on=campaign.starts_on, ends_on=campaign.ends_on, day=local_day(at))
    return rules.offer(at=at, campaign_state=state)
