"""What a donor or staff want of a monthly gift: written down first, then brought to the provider until it answers.

Acts on one pledge are brought in the order in which they were asked, so that what was asked last is what holds. Each may
be brought again: asking the provider for what is so already changes nothing.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from campaign.database import reading, transaction
from campaign.domain.errors import DomainError, FormReused, NotFound
from campaign.domain.identity import new_public_id
from campaign.domain.language import in_language_of
from campaign.domain.pledge import (
    PAUSE_LONGEST,
    REQUEST_TRANSITIONS,
    Act,
    PauseTooLong,
    PauseTooShort,
    PledgeEndsWithCampaign,
    PledgeRequestState,
    PledgeState,
    PledgeUnchanged,
    refusal,
)
from campaign.gateways.clock import Clock
from campaign.gateways.context import Context
from campaign.gateways.payments import MissingAtProvider, PaymentRefused, PaymentsUnavailable
from campaign.models.pledge import Pledge, PledgeEvent, PledgeRequest
from campaign.services import audit
from campaign.services.pledges.amounts import is_current_amount
from campaign.services.pledges.card_for_all import spread
from campaign.services.pledges.card_moves import StillCharging, use_card
from campaign.services.pledges.provider_acts import RequestedAct, act_at_provider
from campaign.services.pledges.provider_sync import follow
from campaign.services.pledges.request_rows import add_request, read_request
from campaign.services.queues.work_queue import MAX_ERROR_LENGTH, ClaimedRow, QueuePolicy, WorkQueue

CARD_DELAYS = (timedelta(minutes=10), timedelta(hours=2), timedelta(hours=22))
"""When to look for a new card after the donor was sent to put one in, unless she comes back sooner."""
STILL_CHARGING_DELAY = timedelta(minutes=20)
_REQUEST = PledgeRequest.__table__
_EARLIER = _REQUEST.alias()
REQUESTS = WorkQueue(
    PledgeRequest,
    ClaimedRow,
    # It is never given up: a donor's “stop” must come to pass. An alarm is raised after the last attempt, about six hours.
    QueuePolicy(
        waiting=(PledgeRequestState.REQUESTED,), base=timedelta(seconds=15), maximum=timedelta(hours=1), max_attempts=14
    ),
    condition=~select(_EARLIER.c.id)  # what was requested of the same pledge earlier comes first
    .where(
        _EARLIER.c.pledge_id == _REQUEST.c.pledge_id,
        _EARLIER.c.id < _REQUEST.c.id,
        _EARLIER.c.state == PledgeRequestState.REQUESTED,
        _EARLIER.c.act != Act.UPDATE_CARD.value,
    )
    .exists(),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PledgeOrder:
    """What is wanted of which monthly gift, and by whom."""

    pledge_public_id: str
    act: Act
    detail: dict[str, object] = field(default_factory=dict)
    requested_by: str = "donor"  # donor, staff or system
    actor_id: int | None = None
    public_id: str = field(default_factory=new_public_id)  # made with the form: sent twice, it is one request


def ask(order: PledgeOrder, *, clock: Clock) -> str:
    """Write down what is wanted; the public id of the request. A refused act raises the broken rule of domain.pledge.

    What was asked before and is still under way counts as done: after «stop» nothing more can be asked.
    """
    at = clock.now()
    with transaction() as session:
        pledge = session.execute(
            select(Pledge).where(Pledge.public_id == order.pledge_public_id).with_for_update()
        ).scalar_one_or_none()
        if pledge is None:
            raise NotFound(order.pledge_public_id)
        # Under the lock: of two presses at once, the second finds the first one's request.
        if _is_known(session, pledge, order):
            return order.public_id
        broken = _refusal(pledge, _expected(session, pledge), order.act)
        if broken is not None:
            raise broken(order.pledge_public_id)
        if order.act is Act.CHANGE and is_current_amount(session, pledge, order.detail):
            raise PledgeUnchanged(order.pledge_public_id)
        if order.act in {Act.PAUSE, Act.SKIP}:
            _check_pause(pledge, order.detail.get("until"), at=at)
        _write_down(session, pledge, order, at=at)
    return order.public_id


def execute(public_id: str, *, context: Context) -> str:
    """Bring one request to the provider at once, for the person who waits; its state afterwards.

    «requested» says that the provider did not answer, or that something asked before comes first: a worker goes on.
    """
    claimed = REQUESTS.claim(_REQUEST.c.public_id == public_id, at=context.clock.now())
    if claimed is not None:
        _send(_read_claimed(claimed), context=context)
    with reading() as session:
        return session.execute(select(PledgeRequest.state).where(PledgeRequest.public_id == public_id)).scalar_one()


def expedite(pledge_public_id: str, request_id: str, *, clock: Clock) -> bool:
    """Look for a new card at once, because the donor is back from the provider's page; True when one is awaited."""
    of_pledge = select(Pledge.id).where(Pledge.public_id == pledge_public_id).scalar_subquery()
    with transaction() as session:
        rows = session.execute(
            update(PledgeRequest)
            .where(
                PledgeRequest.public_id == request_id,
                PledgeRequest.pledge_id == of_pledge,
                PledgeRequest.act == Act.UPDATE_CARD.value,
                PledgeRequest.state == PledgeRequestState.REQUESTED,
                PledgeRequest.attempts == 0,
            )
            .values(next_try_at=clock.now())
            .returning(PledgeRequest.id)
        ).all()
    return bool(rows)


def execute_next(context: Context) -> bool:
    """Bring the oldest request that is due; False when none is."""
    claimed = REQUESTS.claim_next(at=context.clock.now())
    if claimed is None:
        return False
    _send(_read_claimed(claimed), context=context)
    return True


def _refusal(pledge: Pledge, state: PledgeState, act: Act) -> type[DomainError] | None:
    """The broken rule: what ends with its campaign can only be stopped earlier."""
    if state is PledgeState.STOPPING and pledge.is_paid_out and act is not Act.STOP:
        return PledgeEndsWithCampaign
    return refusal(state, act)


def _is_known(session: Session, pledge: Pledge, order: PledgeOrder) -> bool:
    """Whether this form was sent before; FormReused when it was the form of another pledge."""
    query = select(PledgeRequest.pledge_id).where(PledgeRequest.public_id == order.public_id)
    known = session.execute(query).scalar()
    if known is not None and known != pledge.id:
        raise FormReused(order.public_id)
    return known is not None


def _expected(session: Session, pledge: Pledge) -> PledgeState:
    """The state as it will be once everything that was asked has been done."""
    state = PledgeState(pledge.state)
    requested = session.execute(
        select(PledgeRequest.act)
        .where(PledgeRequest.pledge_id == pledge.id, PledgeRequest.state == PledgeRequestState.REQUESTED)
        .order_by(PledgeRequest.id)
    ).scalars()
    for act in requested:
        if act != Act.UPDATE_CARD:
            state = REQUEST_TRANSITIONS.get((state, Act(act)), state)
    return state


def _check_pause(pledge: Pledge, until: object, *, at: datetime) -> None:
    """A pause has to leave out a gift, and not more than a year of them; one without an end is taken as it is."""
    if until is None:
        return
    end = datetime.fromisoformat(str(until))
    if pledge.next_at is None or end <= pledge.next_at:
        raise PauseTooShort(pledge.public_id)
    if end > at + PAUSE_LONGEST:
        raise PauseTooLong(pledge.public_id)


def _write_down(session: Session, pledge: Pledge, order: PledgeOrder, *, at: datetime) -> None:
    is_later = order.act is Act.UPDATE_CARD
    add_request(
        session,
        pledge.id,
        order.act,
        at=at,
        requested_by=order.requested_by,
        detail=order.detail,
        actor_id=order.actor_id,
        public_id=order.public_id,
        next_try_at=at + CARD_DELAYS[0] if is_later else at,
    )
    detail: dict[str, object] = {**order.detail, "by": order.requested_by}
    event = {"pledge_id": pledge.id, "at": at, "kind": f"asked_{order.act.value}", "detail": detail}
    session.execute(insert(PledgeEvent), {**event, "actor_id": order.actor_id})
    if order.actor_id is not None:
        audit.record(
            session,
            actor_id=order.actor_id,
            action=f"pledge:{order.act.value}",
            subject=f"pledge:{pledge.public_id}",
            detail=order.detail,
            at=at,
        )


def _read_claimed(claimed: ClaimedRow) -> RequestedAct:
    with reading() as session:
        request, pledge, title, purpose = read_request(session, PledgeRequest.id == claimed.id)
        return RequestedAct(
            claim=claimed,
            public_id=request.public_id,
            act=Act(request.act),
            detail=request.detail,
            pledge_id=pledge.id,
            subscription_id=pledge.subscription_id,
            currency=pledge.currency,
            name=in_language_of(title, pledge.language),
            purpose=purpose,
            language=pledge.language,
            ends_at=pledge.ends_at,
        )


def _send(due: RequestedAct, *, context: Context) -> None:
    """Do it at the provider, then look at what became of it."""
    try:
        if due.act is Act.USE_CARD:
            use_card(due.public_id, attempt=due.claim.attempts, context=context)
        is_done = act_at_provider(due, payments=context.payments)
        follow(_present_subscription(due), context=context)
    except StillCharging:
        at = context.clock.now()
        REQUESTS.postpone(due.claim, STILL_CHARGING_DELAY, at=at, error="a month is being charged")
    except PaymentsUnavailable as silence:
        REQUESTS.reschedule(due.claim, str(silence), at=context.clock.now())
    except (PaymentRefused, MissingAtProvider) as refused:
        _close(due, PledgeRequestState.REFUSED, str(refused) or type(refused).__name__, at=context.clock.now())
        _follow_after_refusal(due, context=context)
    else:
        if is_done or due.claim.attempts >= len(CARD_DELAYS):
            _close(due, PledgeRequestState.DONE, None, at=context.clock.now(), is_new_card=is_done)
        else:
            REQUESTS.reschedule(
                due.claim, "no new card yet", at=context.clock.now(), delay=CARD_DELAYS[due.claim.attempts]
            )


def _present_subscription(due: RequestedAct) -> str:
    """Where the gift is charged now: another card may have taken it to another subscription."""
    with reading() as session:
        return session.execute(select(Pledge.subscription_id).where(Pledge.id == due.pledge_id)).scalar_one()


def _follow_after_refusal(due: RequestedAct, *, context: Context) -> None:
    """The refusal may mean that our picture is old; if nobody answers now, the next event brings it."""
    try:
        follow(due.subscription_id, context=context)
    except (PaymentsUnavailable, MissingAtProvider):
        return


def _close(
    due: RequestedAct, state: PledgeRequestState, error: str | None, *, at: datetime, is_new_card: bool = False
) -> None:
    with transaction() as session:
        is_closed = REQUESTS.complete(
            session, due.claim, state, error=error[:MAX_ERROR_LENGTH] if error else None, done_at=at
        )
        if is_closed and is_new_card and due.act is Act.UPDATE_CARD:
            spread(session, due.claim.id, at=at)
        if is_closed and state is PledgeRequestState.REFUSED:
            detail: dict[str, object] = {"act": due.act.value, "error": (error or "")[:200]}
            event = {"pledge_id": due.pledge_id, "at": at, "kind": "refused", "detail": detail}
            session.execute(insert(PledgeEvent), event)
