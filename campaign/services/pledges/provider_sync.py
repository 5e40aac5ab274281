"""A monthly gift is brought up to what the provider knows now: the provider charges, retries and gives up by itself.

As with gifts, the provider is asked outside any transaction and its answer applied in one: the pledge's version is noted
first, and if it has moved meanwhile the provider is asked again. Whichever word comes first (the page, the subscription,
an invoice) makes the pledge, by the subscription's id.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Any

from sqlalchemy import func, insert, or_, select, update
from sqlalchemy.orm import Session

from campaign.database import reading, transaction
from campaign.days import end_of_day
from campaign.domain.errors import ConcurrentUpdates, GiftNotKnownYet
from campaign.domain.pledge import Act, PledgeEndReason, PledgeRequestState, PledgeState
from campaign.gateways.context import Context
from campaign.gateways.payments import MissingAtProvider, PaymentsNotConfigured, PaymentsUnavailable
from campaign.gateways.pledges import PledgeFacts
from campaign.models.pledge import Pledge, PledgeEvent, PledgeRequest
from campaign.services.pledges import mails as pledge_mails
from campaign.services.pledges.beginning import begin_pledge, history_row
from campaign.services.pledges.last_days import last_day_of
from campaign.services.pledges.row_changes import (
    campaign_end_columns,
    changed_columns,
    history_of,
)

MAX_REFETCHES = 5
ANNOUNCED_BEFORE = timedelta(days=5)
"""How long before a charge the donor is told of it: before the first renewal, and before the first one after a change."""


@dataclass(frozen=True, slots=True)
class _PledgeVersion:
    """A pledge's row before the provider was asked."""

    id: int
    version: int


def follow(subscription_id: str, *, context: Context, hold_mails: bool = False) -> int | None:
    """Ask the provider about one monthly gift and apply its answer; the pledge's key, None when it is not ours.

    With `hold_mails` the donor's mails are held. Raises GiftNotKnownYet when the gift that the form made has no row (yet).
    """
    for _ in range(MAX_REFETCHES):
        known = _load_version(subscription_id)
        facts = context.payments.pledges.pledge(subscription_id)
        if facts.donation_public_id is None and known is None:
            return None
        with transaction() as session:
            moving = _moving(session, facts)
            if moving is not None and (known is None or _is_under_way(moving, facts)):
                return moving.pledge_id
            pledge = _locked(session, facts) if known else begin_pledge(session, facts, at=context.clock.now())
            if pledge is not None and (known is None or pledge.version == known.version):
                _apply(session, pledge, facts, at=context.clock.now(), hold_mails=hold_mails)
                return pledge.id
    raise ConcurrentUpdates


class FollowResult(Enum):
    """What became of asking the provider about a monthly gift by the calendar."""

    APPLIED = auto()
    UNREACHED = auto()
    MISSING = auto()
    """The provider knows no such subscription any more."""


def try_follow(subscription_id: str, *, context: Context) -> FollowResult:
    """Ask the provider about one monthly gift and apply its answer, if it gives one."""
    try:
        follow(subscription_id, context=context)
    except (PaymentsUnavailable, PaymentsNotConfigured):
        return FollowResult.UNREACHED
    except MissingAtProvider:
        return FollowResult.MISSING
    return FollowResult.APPLIED


def name_donor(session: Session, pledge_id: int, donor_id: int, *, payer_name: str | None) -> None:
    """The first month's payment tells which mailbox the mails go to, and in whose name all months are."""
    changes = {
        "donor_id": func.coalesce(Pledge.donor_id, donor_id),
        "payer_name": func.coalesce(Pledge.payer_name, payer_name),
    }
    is_unknown = or_(Pledge.donor_id.is_(None), Pledge.payer_name.is_(None))
    session.execute(update(Pledge).where(Pledge.id == pledge_id, is_unknown).values(changes))


def _load_version(subscription_id: str) -> _PledgeVersion | None:
    with reading() as session:
        row = session.execute(
            select(Pledge.id, Pledge.version).where(Pledge.subscription_id == subscription_id)
        ).one_or_none()
    return _PledgeVersion(row[0], row[1]) if row else None


def _moving(session: Session, facts: PledgeFacts) -> PledgeRequest | None:
    """The request by which the gift goes over, or went, from one subscription to another; None where there is none.

    While it is under way, of both subscriptions nothing but payments is of interest; the former one stays so.
    """
    if not facts.moving_for and not facts.moved_by:
        return None
    query = select(PledgeRequest).where(PledgeRequest.public_id == (facts.moving_for or facts.moved_by))
    request = session.execute(query).scalar_one_or_none()
    if request is None:
        raise GiftNotKnownYet(facts.moving_for or facts.moved_by)
    return request


def _is_under_way(moving: PledgeRequest, facts: PledgeFacts) -> bool:
    return bool(facts.moving_for) and moving.state == PledgeRequestState.REQUESTED


def _locked(session: Session, facts: PledgeFacts) -> Pledge | None:
    """The row; None when it went over to another subscription while the provider was asked."""
    return session.execute(
        select(Pledge).where(Pledge.subscription_id == facts.subscription_id).with_for_update()
    ).scalar_one_or_none()


def _apply(session: Session, pledge: Pledge, facts: PledgeFacts, *, at: datetime, hold_mails: bool) -> None:
    """Put the provider's answer into the row; what is new is history, and told to the donor once."""
    before = pledge_mails.before_news(pledge)
    changes = _changes(session, pledge, facts, at=at)
    news = {name: value for name, value in changes.items() if getattr(pledge, name) != value}
    history = history_of(pledge, news)
    pledge.looked_at = at
    if not news and pledge.version:
        return
    for name, value in news.items():
        setattr(pledge, name, value)
    pledge.version += 1
    if {"amount", "paused", "resumed"} & set(pledge_mails.changes_since(pledge, before, at=at)):
        # This email announces the next charge; no reminder follows a few days before it.
        pledge.reminded_at = at if _is_charged_soon(pledge, at=at) else None
    session.flush()
    if history:
        session.execute(
            insert(PledgeEvent), [history_row(pledge.id, kind, at=at, **detail) for kind, detail in history]
        )
    pledge_mails.tell_news(session, pledge, facts, before=before, at=at, hold_mails=hold_mails)


def _changes(session: Session, pledge: Pledge, facts: PledgeFacts, *, at: datetime) -> dict[str, Any]:
    """The columns as the provider's answer makes them, with when and why the gift ended or will end."""
    end = end_of_day(last_day_of(session, pledge))
    changes = changed_columns(pledge, facts, end=end)
    if pledge.state == PledgeState.STOPPED:
        return changes
    if changes["state"] != PledgeState.STOPPED:
        return changes | campaign_end_columns(pledge, facts, state=changes["state"], end=end)
    ended_at = facts.ended_at or at
    end_reason = _end_reason(session, pledge, facts, is_after_end=ended_at >= end)
    return {**changes, "ended_at": ended_at, "end_reason": end_reason}


def _is_charged_soon(pledge: Pledge, *, at: datetime) -> bool:
    return pledge.next_at is not None and pledge.next_at <= at + ANNOUNCED_BEFORE


def _end_reason(session: Session, pledge: Pledge, facts: PledgeFacts, *, is_after_end: bool) -> str:
    """Why it ended: given up by the provider, with its campaign, asked for on our pages, or stopped there."""
    if pledge.doubles_id is not None:
        return PledgeEndReason.DOUBLE
    if facts.is_given_up:
        return PledgeEndReason.UNPAID
    if is_after_end and pledge.ends_with_campaign:
        return PledgeEndReason.CAMPAIGN
    stop_requests = select(PledgeRequest.id).where(
        PledgeRequest.pledge_id == pledge.id,
        PledgeRequest.act.in_((Act.STOP, Act.STOP_LATER)),
        PledgeRequest.state != PledgeRequestState.REFUSED,
    )
    return PledgeEndReason.REQUESTED if session.execute(stop_requests.limit(1)).first() else PledgeEndReason.PROVIDER
