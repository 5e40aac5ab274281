"""The places of an event: read under the lock of its row, so that nobody gets one that is taken meanwhile."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaign.domain.errors import NotFound
from campaign.domain.event_sign_up import UPCOMING, SignUpNotice, SignUpRules, SignUpState, promoted
from campaign.domain.fund import FundKind
from campaign.models.campaign import Campaign
from campaign.models.event_sign_up import EventSignUp
from campaign.models.fund import Event, Fund
from campaign.services.events.mails import enqueue_notice


@dataclass(frozen=True, slots=True)
class EventRows:
    """An event with its fund, which has its name, and its campaign."""

    event: Event
    fund: Fund
    campaign: Campaign


def event_named(session: Session, campaign_id: int, public_id: str, *, is_locking: bool = False) -> EventRows:
    """Return an event of a campaign; with `is_locking` its places stay as they are until the transaction ends.

    Raises:
        NotFound: The campaign has no such event.
    """
    of_campaign = Fund.campaign_id == campaign_id, Fund.public_id == public_id, Fund.kind == FundKind.EVENT
    fund_id = session.execute(select(Fund.id).where(*of_campaign)).scalar_one_or_none()
    if fund_id is None:
        raise NotFound(f"event:{public_id}")
    return event_with_id(session, fund_id, is_locking=is_locking)


def event_with_id(session: Session, event_id: int, *, is_locking: bool = False) -> EventRows:
    """Return an event by its key.

    Raises:
        NotFound: There is none.
    """
    query = select(Event).where(Event.fund_id == event_id).execution_options(populate_existing=True)
    event = session.execute(query.with_for_update() if is_locking else query).scalar_one_or_none()
    if event is None:
        raise NotFound(f"event:{event_id}")
    fund = session.get_one(Fund, event_id)
    return EventRows(event, fund, session.get_one(Campaign, fund.campaign_id))


def rules_of(session: Session, event: Event) -> SignUpRules:
    """Return what the event says about sign-up, with the places that are taken and waited for."""
    sums = EventSignUp.state, func.sum(EventSignUp.places), func.min(EventSignUp.places)
    query = select(*sums).where(EventSignUp.event_id == event.fund_id).group_by(EventSignUp.state)
    places = {state: (int(count), int(fewest)) for state, count, fewest in session.execute(query)}
    waiting, smallest_waiting = places.get(SignUpState.WAITING, (0, None))
    return SignUpRules(
        status=event.status,
        is_offered=event.takes_sign_ups,
        begins_at=event.begins_at,
        until=event.sign_up_until,
        capacity=event.capacity,
        has_waiting_list=event.has_waiting_list,
        taken=places.get(SignUpState.CONFIRMED, (0, None))[0],
        waiting=waiting,
        smallest_waiting=smallest_waiting,
    )


def fill_places(session: Session, rows: EventRows, *, at: datetime) -> int:
    """Give each free place to the first on the waiting list whom it suits, and tell them; the event's row is locked.

    Returns:
        How many sign-ups got a place.
    """
    rules = rules_of(session, rows.event)
    if not rules.waiting or rules.has_begun(at) or rows.event.status not in set(UPCOMING):
        return 0
    query = select(EventSignUp).where(
        EventSignUp.event_id == rows.event.fund_id, EventSignUp.state == SignUpState.WAITING
    )
    waiting = session.execute(query.order_by(EventSignUp.signed_up_at, EventSignUp.id)).scalars().all()
    lucky = promoted([row.places for row in waiting], rules.free)
    for number in lucky:
        give_place(session, rows, waiting[number], at=at)
    return len(lucky)


def give_place(session: Session, rows: EventRows, row: EventSignUp, *, at: datetime) -> None:
    """Confirm somebody who waits, and tell them."""
    row.state, row.confirmed_at = SignUpState.CONFIRMED, at
    enqueue_notice(session, row, SignUpNotice.PLACE_FREE, campaign=rows.campaign, at=at)
