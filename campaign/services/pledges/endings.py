"""Monthly gifts end with their campaign: planned at the provider, announced two weeks before, stopped when it is over.

The provider ends the subscription in place of the first charge after the campaign's end, so nothing is charged then even
while no worker runs. A campaign whose end is moved is planned and announced anew.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select, update

from campaign.database import reading, transaction
from campaign.days import end_of_day, local_day
from campaign.domain.errors import DomainError
from campaign.domain.identity import new_public_id
from campaign.domain.pledge import Act, PledgeEndReason, PledgeRequester, PledgeState, PledgeWord
from campaign.domain.pledge_dates import first_charge_from
from campaign.gateways.clock import Clock
from campaign.gateways.context import Context
from campaign.gateways.payments import (
    MissingAtProvider,
    PaymentGateway,
    PaymentRefused,
    PaymentsNotConfigured,
    PaymentsUnavailable,
)
from campaign.models.campaign import Campaign
from campaign.models.pledge import Pledge, PledgeEvent, PledgeRequest
from campaign.models.succession import PledgeSuccession
from campaign.services.pledges import mails as pledge_mails
from campaign.services.pledges.last_days import AGREED, LAST_DAY, OWN_LAST_DAY, SUCCESSOR
from campaign.services.pledges.provider_sync import FollowResult, follow, try_follow
from campaign.services.pledges.requests import PledgeOrder, ask

ANNOUNCED_BEFORE = timedelta(days=14)
LIVE = (PledgeState.ACTIVE, PledgeState.PAUSED, PledgeState.PAST_DUE)


@dataclass(frozen=True, slots=True, kw_only=True)
class EndingCounts:
    """How many monthly gifts end, or have ended, with their campaign."""

    ends_on: date
    running: int
    paid_out: int  # of the running ones: no other payment comes before the end
    ended: int


@dataclass(frozen=True, slots=True)
class _EndingPledge:
    """A monthly gift whose end is to be planned or announced."""

    id: int
    public_id: str
    subscription_id: str
    ends_on: date


def plan_next(context: Context) -> bool:
    """Tell the provider when one monthly gift ends; False when none is left, or the provider does not answer."""
    today = local_day(context.clock.now())
    due = _first_ending(ends_with_campaign(), Pledge.ends_at_for.is_distinct_from(LAST_DAY), today <= LAST_DAY)
    if due is None:
        return False
    try:
        _plan(due, payments=context.payments)
        follow(due.subscription_id, context=context)
    except (PaymentsUnavailable, PaymentsNotConfigured):
        return False
    except (PaymentRefused, MissingAtProvider) as refused:
        _note_refusal(due, str(refused) or type(refused).__name__, clock=context.clock)
    return True


def announce_next(context: Context) -> bool:
    """Tell one donor that the campaign ends soon; False when nobody is to be told, or the provider does not answer."""
    today = local_day(context.clock.now())
    is_soon = and_(today <= LAST_DAY, today + ANNOUNCED_BEFORE >= LAST_DAY)
    due = _first_ending(ends_with_campaign(), is_soon, Pledge.end_announced_for.is_distinct_from(LAST_DAY))
    if due is None or try_follow(due.subscription_id, context=context) is FollowResult.UNREACHED:
        return False
    with transaction() as session:
        pledge = session.execute(select(Pledge).where(Pledge.id == due.id).with_for_update()).scalar_one()
        if pledge.ends_with_campaign:
            pledge_mails.tell_campaign_ends(session, pledge, ends_on=due.ends_on, at=context.clock.now())
        pledge.end_announced_for = due.ends_on
    return True


def stop_next(*, clock: Clock) -> bool:
    """Stop one monthly gift whose campaign is over, with what is still due of it; False when there is none."""
    is_requested = (
        select(PledgeRequest.id)
        .where(
            PledgeRequest.pledge_id == Pledge.id,
            PledgeRequest.act == Act.STOP.value,
            PledgeRequest.requested_by == PledgeRequester.SYSTEM,
        )
        .exists()
    )
    due = _first_ending(ends_with_campaign(), local_day(clock.now()) > LAST_DAY, ~is_requested)
    if due is None:
        return False
    order = PledgeOrder(
        pledge_public_id=due.public_id,
        act=Act.STOP,
        detail={"reason": PledgeEndReason.CAMPAIGN},
        requested_by=PledgeRequester.SYSTEM,
    )
    try:
        ask(order, clock=clock)
    except DomainError:
        return False  # the donor was quicker
    return True


def ending_counts(campaign_id: int) -> EndingCounts:
    """How many monthly gifts of a campaign end with it; those that continue in a successor are not among them."""
    is_running = Pledge.state != PledgeState.STOPPED.value
    is_paid_out = and_(is_running, or_(Pledge.state == PledgeState.STOPPING.value, Pledge.next_at.is_(None)))
    ends_here = and_(ends_with_campaign(), PledgeSuccession.id.is_(None))
    query = (
        select(
            OWN_LAST_DAY,
            func.count(Pledge.id).filter(ends_here),
            func.count(Pledge.id).filter(ends_here, is_paid_out, Pledge.due_invoice_id.is_(None)),
            func.count(Pledge.id).filter(~is_running, Pledge.end_reason == PledgeEndReason.CAMPAIGN),
        )
        .outerjoin(Pledge, Pledge.campaign_id == Campaign.id)
        .outerjoin(PledgeSuccession, AGREED)
        .where(Campaign.id == campaign_id)
        .group_by(OWN_LAST_DAY)
    )
    with reading() as session:
        ends_on, running, paid_out, ended = session.execute(query).one()
    return EndingCounts(ends_on=ends_on, running=running, paid_out=paid_out, ended=ended)


def ends_with_campaign() -> ColumnElement[bool]:
    """Pledge.ends_with_campaign, as a condition."""
    is_stopping = and_(Pledge.state == PledgeState.STOPPING.value, Pledge.end_reason == PledgeEndReason.CAMPAIGN)
    return or_(Pledge.state.in_([state.value for state in LIVE]), is_stopping)


def _first_ending(*conditions: ColumnElement[bool]) -> _EndingPledge | None:
    with reading() as session:
        row = session.execute(
            select(Pledge.id, Pledge.public_id, Pledge.subscription_id, LAST_DAY)
            .join(Campaign, Campaign.id == Pledge.campaign_id)
            .outerjoin(PledgeSuccession, AGREED)
            .outerjoin(SUCCESSOR, SUCCESSOR.id == PledgeSuccession.campaign_id)
            .where(*conditions)
            .order_by(Pledge.id)
            .limit(1)
        ).one_or_none()
    return _EndingPledge(*row) if row else None


def _plan(due: _EndingPledge, *, payments: PaymentGateway) -> None:
    """Let the provider end it with the campaign, unless it ends there earlier for another reason."""
    facts = payments.pledges.pledge(due.subscription_id)
    if facts.word is PledgeWord.OVER:
        return
    ends_at = first_charge_from(facts.anchor_at, end_of_day(due.ends_on))
    with reading() as session:
        planned = session.execute(select(Pledge.ends_at).where(Pledge.id == due.id)).scalar_one()
    if facts.stops_at is not None and facts.stops_at != planned and facts.stops_at < ends_at:
        ends_at = facts.stops_at
    elif facts.stops_at != ends_at:
        payments.pledges.stop_at(due.subscription_id, at=ends_at, key=f"end-{due.public_id}-{new_public_id()}")
    with transaction() as session:
        session.execute(update(Pledge).where(Pledge.id == due.id).values(ends_at=ends_at, ends_at_for=due.ends_on))


def _note_refusal(due: _EndingPledge, error: str, *, clock: Clock) -> None:
    """Not asked again for this end; when the campaign is over, the monthly gift is stopped all the same."""
    with transaction() as session:
        session.execute(update(Pledge).where(Pledge.id == due.id).values(ends_at_for=due.ends_on))
        event = PledgeEvent(
            pledge_id=due.id,
            at=clock.now(),
            kind="refused",
            detail={"act": "end", "error": error[:200]},
            actor_id=None,
        )
        session.add(event)
