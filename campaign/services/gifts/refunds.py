"""Money goes back: the request is written down first, then the provider is asked under one key until it answers."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from campaign.database import reading, transaction
from campaign.domain.donation import RefundState
from campaign.domain.errors import FormReused, NotFound
from campaign.domain.identity import new_public_id
from campaign.domain.money import Money
from campaign.domain.refunding import UNDER_WAY_STATES, RefundPosition, check_refund
from campaign.gateways.clock import Clock
from campaign.gateways.context import Context
from campaign.gateways.payments import PaymentRefused, PaymentsNotConfigured, PaymentsUnavailable
from campaign.models.donation import Dispute, Donation, DonationEvent, Refund
from campaign.services import audit
from campaign.services.gifts.settlement import settle
from campaign.services.queues.work_queue import MAX_ERROR_LENGTH, ClaimedRow, QueuePolicy, WorkQueue

OF_A_TEST = "This gift is a test. With a live key only real payments can be sent back."
"""Why a test gift’s refund is closed in a live installation, where nobody can be asked about it."""


REFUNDS = WorkQueue(
    Refund,
    ClaimedRow,
    # It is never given up: the donor is to have the money. An alarm rings after 14 attempts, some five hours.
    QueuePolicy(
        waiting=(RefundState.REQUESTED,), base=timedelta(seconds=10), maximum=timedelta(hours=1), max_attempts=14
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundOrder:
    """What staff decided: how much of which gift goes back, and why."""

    donation_public_id: str
    amount: Money
    reason: str
    actor_id: int | None
    public_id: str = field(default_factory=new_public_id)  # made with the form: sent twice, it is one refund


@dataclass(frozen=True, slots=True, kw_only=True)
class _DueRefund:
    """A refund that a worker is to request from the provider."""

    claim: ClaimedRow
    public_id: str
    donation_id: int
    donation_public_id: str
    payment_id: str
    livemode: bool
    amount: Money


def refundable(session: Session, donation_public_id: str) -> Money:
    """Lock the gift and work out what may still be sent back of it.

    Raises:
        NotFound: There is no such gift.
        NotRefundable, DisputeOpen, DisputeLost: See `domain.refunding.RefundPosition.check`.
    """
    row = session.execute(
        select(Donation.id, Donation.state, Donation.currency, Donation.gift_minor + Donation.cover_minor)
        .where(Donation.public_id == donation_public_id)
        .with_for_update()
    ).one_or_none()
    if row is None:
        raise NotFound(donation_public_id)
    donation_id, state, currency, charge_minor = row
    disputes = session.execute(select(Dispute.state).where(Dispute.donation_id == donation_id)).scalars()
    under_way = select(func.coalesce(func.sum(Refund.amount_minor), 0)).where(
        Refund.donation_id == donation_id, Refund.state.in_(UNDER_WAY_STATES)
    )
    position = RefundPosition(
        state=state,
        charge=Money(charge_minor, currency),
        under_way_minor=int(session.execute(under_way).scalar_one()),
        dispute_states=set(disputes),
    )
    return position.check()


def request_refund(order: RefundOrder, *, clock: Clock) -> str:
    """Write down that money is to go back; the public id of the request. A worker asks the provider afterwards.

    Raises what `refundable` raises, RefundTooLarge when more is asked than is left, and FormReused when the request of this
    name is of another gift or amount.
    """
    at, public_id = clock.now(), order.public_id
    with transaction() as session:
        # The gift is locked before the look: of two presses at once, the second finds the first one's request.
        donation_id = session.execute(
            select(Donation.id).where(Donation.public_id == order.donation_public_id).with_for_update()
        ).scalar()
        known = session.execute(
            select(Refund.donation_id, Refund.currency, Refund.amount_minor).where(Refund.public_id == public_id)
        ).one_or_none()
        if known is not None:
            if tuple(known) != (donation_id, order.amount.currency, order.amount.minor):
                raise FormReused(public_id)
            return public_id
        check_refund(order.amount, refundable(session, order.donation_public_id))
        session.execute(
            insert(Refund),
            {
                "public_id": public_id,
                "donation_id": donation_id,
                "currency": order.amount.currency,
                "amount_minor": order.amount.minor,
                "reason": order.reason,
                "requested_by": order.actor_id,
                "requested_at": at,
                "next_try_at": at,
            },
        )
        detail: dict[str, object] = {
            "refund": public_id,
            "minor": order.amount.minor,
            "currency": order.amount.currency,
            "reason": order.reason,
        }
        event = {"donation_id": donation_id, "at": at, "kind": "refund_requested", "detail": detail}
        session.execute(insert(DonationEvent), {**event, "actor_id": order.actor_id})
        audit.record(
            session,
            actor_id=order.actor_id,
            action="refund:request",
            subject=f"donation:{order.donation_public_id}",
            detail={**detail, "currency": order.amount.currency},
            at=at,
        )
    return public_id


def send_next_refund(context: Context) -> bool:
    """Bring the oldest waiting request to the provider, then look at what became of it; False when none waits.

    Asked again after a crash or a silence, the provider finds the same request under the same key.
    """
    due = _claim_next(clock=context.clock)
    if due is None:
        return False
    if context.payments.mode == "live" and not due.livemode:
        _close(due, OF_A_TEST, at=context.clock.now())
        return True
    try:
        try:
            context.payments.refund(
                due.payment_id, due.amount, request_id=due.public_id, donation_id=due.donation_public_id
            )
        except PaymentRefused as refusal:
            _close(due, str(refusal), at=context.clock.now())
        # After a refusal too: it was sent back there already, or the donor's bank was quicker.
        settle(due.donation_id, context=context, whole=True)
    except (PaymentsUnavailable, PaymentsNotConfigured) as silence:
        REFUNDS.reschedule(due.claim, str(silence), at=context.clock.now())
    return True


def _claim_next(*, clock: Clock) -> _DueRefund | None:
    claimed = REFUNDS.claim_next(at=clock.now())
    if claimed is None:
        return None
    with reading() as session:
        row = session.execute(
            select(Refund, _GIFT.c.public_id, _GIFT.c.payment_id, _GIFT.c.livemode)
            .join(_GIFT, _GIFT.c.id == Refund.donation_id)
            .where(Refund.id == claimed.id)
        ).one()
        refund = row[0]
        return _DueRefund(
            claim=claimed,
            public_id=refund.public_id,
            donation_id=refund.donation_id,
            donation_public_id=row[1],
            payment_id=row[2] or "",
            livemode=row[3],
            amount=Money(refund.amount_minor, refund.currency),
        )


def _close(due: _DueRefund, error: str, *, at: datetime) -> None:
    """The provider said no for good: the request is over, and staff read why."""
    with transaction() as session:
        columns = {"error": error[:MAX_ERROR_LENGTH], "next_try_at": None}
        if not REFUNDS.complete(session, due.claim, RefundState.FAILED, **columns):
            return  # another worker has taken it over, and writes what became of it
        detail: dict[str, object] = {"refund": due.public_id, "minor": due.amount.minor, "error": error[:200]}
        event = {"donation_id": due.donation_id, "at": at, "kind": "refund_failed", "detail": detail}
        session.execute(insert(DonationEvent), event)


_GIFT = Donation.__table__  # of the table alone: a live installation finds the refund of a test gift too
