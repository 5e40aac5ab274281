"""A person's own sign-up, by the link in their emails: looking changes nothing, a button cancels it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.database import reading, transaction
from campaign.domain.event_sign_up import (
    ACTIVE,
    SignUpLinkBroken,
    SignUpLinkExpired,
    SignUpNotice,
    SignUpState,
)
from campaign.gateways.clock import Clock
from campaign.models.event_sign_up import EventSignUp
from campaign.services.events.links import read_link
from campaign.services.events.mails import enqueue_notice
from campaign.services.events.places import EventRows, event_with_id, fill_places, rules_of


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnSignUp:
    """A sign-up as its person sees it."""

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


def own_sign_up(token: str, *, clock: Clock) -> OwnSignUp:
    """Return the sign-up that a link leads to.

    Raises:
        SignUpLinkBroken: The link is none of ours, or the sign-up is deleted.
        SignUpLinkExpired: The event has begun.
    """
    with reading() as session:
        row = _row(session, token)
        rows = event_with_id(session, row.event_id)
        _refuse_late(session, rows, at=clock.now())
        return _shown(rows, row)


def cancel_own(token: str, *, clock: Clock) -> OwnSignUp:
    """Cancel a sign-up and give its place to the first who waits; a cancelled one stays so.

    Raises:
        SignUpLinkBroken, SignUpLinkExpired: As in `own_sign_up`.
    """
    at = clock.now()
    with transaction() as session:
        rows = event_with_id(session, _row(session, token).event_id, is_locking=True)
        row = _row(session, token)
        _refuse_late(session, rows, at=at)
        cancel(session, rows, row, at=at)
        return _shown(rows, row)


def cancel(session: Session, rows: EventRows, row: EventSignUp, *, at: datetime) -> None:
    """Cancel a sign-up, tell the person, and fill the place; the event's row is locked."""
    if row.state not in set(ACTIVE):
        return
    row.state, row.cancelled_at = SignUpState.CANCELLED, at
    session.flush()
    enqueue_notice(session, row, SignUpNotice.CANCELLED, campaign=rows.campaign, at=at)
    fill_places(session, rows, at=at)


def _row(session: Session, token: str) -> EventSignUp:
    query = select(EventSignUp).where(EventSignUp.public_id == read_link(token), EventSignUp.name.is_not(None))
    row = session.execute(query.execution_options(populate_existing=True)).scalar_one_or_none()
    if row is None:
        raise SignUpLinkBroken
    return row


def _refuse_late(session: Session, rows: EventRows, *, at: datetime) -> None:
    if rules_of(session, rows.event).has_begun(at):
        raise SignUpLinkExpired


def _shown(rows: EventRows, row: EventSignUp) -> OwnSignUp:
    return OwnSignUp(
        campaign_id=rows.campaign.id,
        event=rows.fund.public_id,
        title=rows.fund.title,
        place=rows.event.place,
        begins_at=rows.event.begins_at,
        ends_at=rows.event.ends_at,
        state=SignUpState(row.state),
        places=row.places,
        event_status=rows.event.status,
        event_note=rows.event.state_note,
    )
