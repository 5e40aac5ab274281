"""What happens to sign-ups by itself: free places are filled, changes are told, people are reminded the day before.

Sign-ups that were not confirmed in time are deleted.

Each step does one piece and can be done twice: the rows say what is still to be done, whoever changed the event and how.
"""

from datetime import datetime, time, timedelta

from sqlalchemy import or_, select

from campaign.database import reading, transaction
from campaign.days import local_day, local_moment
from campaign.domain.event_sign_up import ACTIVE, CHANGE_DELAY, UPCOMING, SignUpNotice, SignUpState
from campaign.domain.fund import EventStatus
from campaign.gateways.clock import Clock
from campaign.models.event_sign_up import EventSignUp
from campaign.models.fund import Event
from campaign.services.events.mails import enqueue_notice
from campaign.services.events.places import event_with_id, fill_places, rules_of
from campaign.services.events.unconfirmed import delete_expired, expired

REMINDED_FROM = time(9)
"""When reminders leave, on the day before the event."""
LOOK_AHEAD = timedelta(days=2)
BATCH = 50


def look_after_next(*, clock: Clock) -> bool:
    """Do one piece of what is due; return False when nothing is."""
    at = clock.now()
    return _fill_next(at) or _inform_next(at) or _remind_next(at) or _delete_next(at)


def _fill_next(at: datetime) -> bool:
    """Fill the free places of an event: its capacity was raised."""
    waiting = select(EventSignUp.event_id).where(EventSignUp.state == SignUpState.WAITING).distinct()
    query = select(Event).where(
        Event.fund_id.in_(waiting), Event.status.in_(UPCOMING), or_(Event.begins_at.is_(None), Event.begins_at > at)
    )
    with reading() as session:
        events = session.execute(query.order_by(Event.fund_id)).scalars().all()
        rules = {event.fund_id: rules_of(session, event) for event in events}
    for event_id, its in rules.items():
        if its.free is None or its.free:
            with transaction() as session:
                if fill_places(session, event_with_id(session, event_id, is_locking=True), at=at):
                    return True
    return False


def _inform_next(at: datetime) -> bool:
    """Tell some people that the event that they signed up for moved, or is cancelled."""
    is_due = or_(Event.status == EventStatus.CANCELLED, Event.details_changed_at <= at - CHANGE_DELAY)
    is_ahead = or_(Event.begins_at.is_(None), Event.begins_at > at)
    query = (
        select(EventSignUp)
        .join(Event, Event.fund_id == EventSignUp.event_id)
        .where(
            EventSignUp.state.in_(ACTIVE),
            EventSignUp.informed_at < Event.details_changed_at,
            Event.status.in_({*UPCOMING, EventStatus.CANCELLED}),
            is_due,
            is_ahead,
        )
        .order_by(EventSignUp.id)
        .limit(BATCH)
    )
    if not _exists(query):
        return False
    with transaction() as session:
        for row in session.execute(query.with_for_update(of=EventSignUp)).scalars().all():
            rows = event_with_id(session, row.event_id)
            is_cancelled = rows.event.status == EventStatus.CANCELLED
            notice = SignUpNotice.EVENT_CANCELLED if is_cancelled else SignUpNotice.MOVED
            enqueue_notice(session, row, notice, campaign=rows.campaign, at=at)
            row.informed_at, row.reminded_at = at, None
    return True


def _remind_next(at: datetime) -> bool:
    """Remind the people of an event that is tomorrow; who signed up since yesterday’s morning needs no reminder."""
    soon = select(Event.fund_id, Event.begins_at).where(
        Event.status.in_(UPCOMING), Event.begins_at > at, Event.begins_at <= at + LOOK_AHEAD
    )
    with reading() as session:
        events = session.execute(soon.order_by(Event.begins_at)).all()
    return any(_remind(event_id, begins_at, at=at) for event_id, begins_at in events if begins_at)


def _remind(event_id: int, begins_at: datetime, *, at: datetime) -> bool:
    starts_at = local_moment(local_day(begins_at) - timedelta(days=1), REMINDED_FROM)
    if at < starts_at:
        return False
    query = (
        select(EventSignUp)
        .where(
            EventSignUp.event_id == event_id,
            EventSignUp.state == SignUpState.CONFIRMED,
            EventSignUp.email.is_not(None),
            EventSignUp.reminded_at.is_(None),
            EventSignUp.confirmed_at < starts_at,
            EventSignUp.informed_at < starts_at,
        )
        .order_by(EventSignUp.id)
        .limit(BATCH)
    )
    if not _exists(query):
        return False
    with transaction() as session:
        rows = event_with_id(session, event_id)
        for row in session.execute(query.with_for_update()).scalars().all():
            enqueue_notice(session, row, SignUpNotice.REMINDER, campaign=rows.campaign, at=at)
            row.reminded_at = at
    return True


def _delete_next(at: datetime) -> bool:
    if not _exists(expired(at)):
        return False
    with transaction() as session:
        delete_expired(session, at=at)
    return True


def _exists(query: object) -> bool:
    with reading() as session:
        return session.execute(query).first() is not None  # type: ignore[call-overload]
