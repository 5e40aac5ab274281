"""A monthly gift takes over the card of another one of the same donor, which was put in once for all of them.

A card belongs to one customer at the provider, and each gift was begun with a customer of its own. A gift of another
customer is moved: the old subscription is held (it ends in place of its next charge), a new one of the card's customer
takes its place from that charge on, the row goes over to it in one transaction, and the old one is canceled. Each step
may be repeated, and at no moment would both be charged. Both subscriptions carry the request at the provider: until the
row has gone over nothing is heard of either but payments, and afterwards whatever is told of the old one is about the
same gift. If nobody goes on with a move until after the charge's day, that month is not charged.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select

from campaign.database import reading, transaction
from campaign.domain.language import in_language_of
from campaign.domain.money import Money
from campaign.domain.pledge import PledgeWord
from campaign.gateways.context import Context
from campaign.gateways.payments import PaymentRefused
from campaign.gateways.pledges import PledgeFacts, PledgeMove, PledgeTerms
from campaign.models.pledge import Pledge, PledgeEvent, PledgeRequest
from campaign.services.campaigns.item_names import fee_name, purpose_line
from campaign.services.pledges.request_rows import read_request

BEING_CHARGED = timedelta(minutes=15)
"""So near to a charge a move does not begin: that month is left to the old subscription."""


class StillCharging(Exception):
    """A month is being charged right now; the move begins afterwards."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Move:
    """One gift that is to take over a card, and how far that has come."""

    request_id: int
    request_public_id: str
    pledge_id: int
    subscription_id: str  # as it is now
    source_subscription_id: str
    names: tuple[str, str, str]  # of the gift, of its purpose and of the fee, at the provider
    plan: dict[str, Any]  # written down before the first step; empty until then

    @property
    def has_gone_over(self) -> bool:
        return bool(self.plan) and self.plan["old"] != self.subscription_id


def use_card(request_public_id: str, *, attempt: int, context: Context) -> None:
    """Charge the card of another monthly gift from now on; PaymentRefused when that is not possible, and nothing changed.

    StillCharging while a month is being charged. A provider that does not answer leaves a move with which the next try
    goes on.
    """
    move = _read(request_public_id)
    key = f"card-{move.request_public_id}-{attempt}"
    if not move.has_gone_over:
        old = context.payments.pledges.pledge(move.subscription_id)
        if not move.plan:
            plan = _plan(move, old, context=context, key=key)
            if plan is None:
                return
            move = _write_down(move, plan)
        _go_over(move, old, context=context, key=key)
    context.payments.pledges.stop(str(move.plan["old"]), key=f"{key}-old")


def _read(request_public_id: str) -> _Move:
    with reading() as session:
        request, pledge, title, purpose = read_request(session, PledgeRequest.public_id == request_public_id)
        source = select(Pledge.subscription_id).where(Pledge.public_id == str(request.detail["card_of"]))
        return _Move(
            request_id=request.id,
            request_public_id=request.public_id,
            pledge_id=pledge.id,
            subscription_id=pledge.subscription_id,
            source_subscription_id=session.execute(source).scalar_one(),
            names=(
                in_language_of(title, pledge.language),
                purpose_line(purpose, pledge.language),
                fee_name(pledge.language),
            ),
            plan=dict(request.detail.get("plan") or {}),  # type: ignore[call-overload]
        )


def _plan(move: _Move, old: PledgeFacts, *, context: Context, key: str) -> dict[str, Any] | None:
    """What is to become of it; None where the card's customer is its own, and the card is simply charged from now on."""
    if old.word not in {PledgeWord.RUNS, PledgeWord.PAUSED}:
        raise PaymentRefused("it is over, about to end, or a payment of it is due")
    source = context.payments.pledges.pledge(move.source_subscription_id)
    if source.word is PledgeWord.OVER or source.card is None or not source.card.id:
        raise PaymentRefused("the gift whose card it is to use has none any more")
    if source.customer_id == old.customer_id:
        context.payments.pledges.moves.charge_card(old.subscription_id, source.card.id, key=key)
        return None
    if old.is_being_charged or old.period_ends_at <= context.clock.now() + BEING_CHARGED:
        raise StillCharging
    return {
        "old": old.subscription_id,
        "customer": source.customer_id,
        "card": source.card.id,
        "gift_minor": old.amount.minor - old.cover_minor,
        "cover_minor": old.cover_minor,
        "currency": old.amount.currency,
        "charge_at": old.period_ends_at.isoformat(),
        "stops_at": old.stops_at.isoformat() if old.stops_at else None,
        "is_paused": old.word is PledgeWord.PAUSED,
        "paused_until": old.paused_until.isoformat() if old.paused_until else None,
    }


def _write_down(move: _Move, plan: dict[str, Any]) -> _Move:
    """Keep the plan, so that every try does the same."""
    with transaction() as session:
        request = session.get_one(PledgeRequest, move.request_id, with_for_update=True)
        request.detail = {**request.detail, "plan": plan}
    return _read(move.request_public_id)


def _go_over(move: _Move, old: PledgeFacts, *, context: Context, key: str) -> None:
    """Hold the old subscription, begin the new one, and let the row follow it."""
    moves, planned = context.payments.pledges.moves, _planned_move(move, at=context.clock.now())
    if _was_stopped(move, old):
        moves.undo(planned)
        raise PaymentRefused("it was stopped meanwhile")
    if old.word is not PledgeWord.OVER:
        moves.hold(old.subscription_id, request_id=move.request_public_id, key=f"{key}-hold")
    try:
        new_id = moves.begin(old, planned)
    except PaymentRefused:
        if old.word is not PledgeWord.OVER:
            moves.release(old.subscription_id, key=f"{key}-release")
            if planned.stops_at:
                context.payments.pledges.stop_at(old.subscription_id, at=planned.stops_at, key=f"{key}-end")
        raise
    with transaction() as session:
        pledge = session.get_one(Pledge, move.pledge_id, with_for_update=True)
        if pledge.subscription_id == old.subscription_id:
            pledge.subscription_id, pledge.customer_id = new_id, planned.customer_id
            pledge.version += 1
            detail: dict[str, object] = {"from": old.subscription_id, "to": new_id}
            event = {
                "pledge_id": pledge.id,
                "at": context.clock.now(),
                "kind": "moved",
                "detail": detail,
                "actor_id": None,
            }
            session.execute(insert(PledgeEvent), event)


def _was_stopped(move: _Move, old: PledgeFacts) -> bool:
    """Whether it has ended before its next charge was due: not by the move, which ends it there at the earliest."""
    return old.ended_at is not None and old.ended_at < datetime.fromisoformat(str(move.plan["charge_at"]))


def _planned_move(move: _Move, *, at: datetime) -> PledgeMove:
    plan = move.plan
    paused_until, currency = _moment(plan["paused_until"]), str(plan["currency"])
    return PledgeMove(
        request_id=move.request_public_id,
        customer_id=str(plan["customer"]),
        card_id=str(plan["card"]),
        terms=PledgeTerms(
            gift=Money(plan["gift_minor"], currency),
            cover=Money(plan["cover_minor"], currency),
            gift_name=move.names[0],
            gift_description=move.names[1],
            cover_name=move.names[2],
        ),
        stops_at=_moment(plan["stops_at"]),
        is_paused=bool(plan["is_paused"]) and (paused_until is None or paused_until > at),
        paused_until=paused_until,
    )


def _moment(text: Any) -> datetime | None:  # of a JSON detail
    return datetime.fromisoformat(text) if text else None
