"""Emails that are due for monthly gifts by the calendar: before the first renewal and before a card expires.

The provider is asked before anything is said.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, or_, select, update

from campaign.database import reading, transaction
from campaign.days import local_day
from campaign.domain.pledge import PledgeState
from campaign.gateways.clock import Clock
from campaign.gateways.context import Context
from campaign.models.pledge import Pledge
from campaign.services.pledges import mails as pledge_mails
from campaign.services.pledges.provider_sync import ANNOUNCED_BEFORE, FollowResult, try_follow

BEFORE_EXPIRY = timedelta(days=30)
GOES_ON = (PledgeState.ACTIVE, PledgeState.PAUSED, PledgeState.PAST_DUE)


@dataclass(frozen=True, slots=True)
class DuePledge:
    """A pledge about which something is due."""

    id: int
    subscription_id: str


def remind_next(context: Context) -> bool:
    """Tell one donor what is due; False when nothing is, or the provider does not answer."""
    due = first_due(or_(_renews_soon(context.clock), _expires_soon(context.clock)))
    if due is None:
        return False
    match try_follow(due.subscription_id, context=context):
        case FollowResult.UNREACHED:
            return False
        case FollowResult.MISSING:
            return pass_over(due, clock=context.clock)
    at = context.clock.now()
    with transaction() as session:
        pledge = session.execute(select(Pledge).where(Pledge.id == due.id).with_for_update()).scalar_one()
        if session.execute(select(Pledge.id).where(Pledge.id == due.id, _renews_soon(context.clock))).first():
            pledge_mails.tell_reminder(session, pledge, at=at)
            pledge.reminded_at = at
        if session.execute(select(Pledge.id).where(Pledge.id == due.id, _expires_soon(context.clock))).first():
            pledge_mails.tell_card_expires(session, pledge, at=at)
            pledge.card_warned_on = pledge.card_expires_on
    return True


def first_due(condition: ColumnElement[bool]) -> DuePledge | None:
    """The oldest pledge that meets the condition, or None."""
    with reading() as session:
        row = session.execute(
            select(Pledge.id, Pledge.subscription_id).where(condition).order_by(Pledge.id).limit(1)
        ).one_or_none()
    return DuePledge(row[0], row[1]) if row else None


def _renews_soon(clock: Clock) -> ColumnElement[bool]:
    at = clock.now()
    return and_(
        Pledge.state == PledgeState.ACTIVE,
        Pledge.reminded_at.is_(None),
        Pledge.next_at > at,
        Pledge.next_at <= at + ANNOUNCED_BEFORE,
    )


def _expires_soon(clock: Clock) -> ColumnElement[bool]:
    return and_(
        Pledge.state.in_(GOES_ON),
        Pledge.card_expires_on <= local_day(clock.now() + BEFORE_EXPIRY),
        Pledge.card_warned_on.is_distinct_from(Pledge.card_expires_on),
    )


def pass_over(due: DuePledge, *, clock: Clock) -> bool:
    """The provider knows no such subscription any more: there is nothing to say, and nothing to look for again."""
    at = clock.now()
    with transaction() as session:
        session.execute(
            update(Pledge)
            .where(Pledge.id == due.id)
            .values(reminded_at=at, card_warned_on=Pledge.card_expires_on, looked_at=at)
        )
    return True
