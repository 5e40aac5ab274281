"""An erased donor's customers at the payment provider are deleted there too, by a worker that retries until it answers.

A customer is the provider's record of a monthly donor: name, address and card. It is deleted once no monthly gift charges it
and no payment of one is under way. Payments and invoices stay there, as the law requires.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from campaign.database import insert_once, reading, transaction
from campaign.domain.donation import DonationState
from campaign.domain.erasure import CustomerDeletionState
from campaign.domain.pledge import PledgeState
from campaign.gateways.context import Context
from campaign.gateways.payments import MissingAtProvider, PaymentRefused, PaymentsUnavailable
from campaign.models.donation import Donation
from campaign.models.donor import Donor
from campaign.models.erasure import CustomerDeletion
from campaign.models.pledge import Pledge
from campaign.services.queues.work_queue import MAX_ERROR_LENGTH, ClaimedRow, QueuePolicy, WorkQueue

NEEDED_DELAY = timedelta(days=1)
"""When to look again at a customer that is still needed."""


@dataclass(frozen=True, kw_only=True)
class ClaimedDeletion(ClaimedRow):
    """A deletion that a worker claimed."""

    customer_id: str


DELETIONS = WorkQueue(
    CustomerDeletion,
    ClaimedDeletion,
    # It is never given up: the donor was promised that their data go.
    QueuePolicy(
        waiting=(CustomerDeletionState.REQUESTED,),
        base=timedelta(minutes=1),
        maximum=timedelta(hours=6),
        max_attempts=14,
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletionView:
    """A customer at the provider as the page of the erasure shows it; without a state before the erasure."""

    customer_id: str
    state: CustomerDeletionState | None
    done_at: datetime | None


def request_deletions(session: Session, erasure_id: int, pledge_ids: Sequence[int], *, at: datetime) -> None:
    """Write down which customers are to be deleted, in the transaction of the erasure."""
    for customer_id in _customers(session, pledge_ids):
        row = {"erasure_id": erasure_id, "customer_id": customer_id, "next_try_at": at}
        insert_once(session, CustomerDeletion, row)


def deletions_of(session: Session, pledge_ids: Sequence[int]) -> list[DeletionView]:
    """Return the customers of these monthly gifts."""
    customers = _customers(session, pledge_ids)
    query = select(CustomerDeletion).where(CustomerDeletion.customer_id.in_(customers))
    rows = {row.customer_id: row for row in session.execute(query).scalars()}
    return [
        DeletionView(
            customer_id=name,
            state=CustomerDeletionState(rows[name].state) if name in rows else None,
            done_at=rows[name].done_at if name in rows else None,
        )
        for name in customers
    ]


def delete_next(context: Context) -> bool:
    """Delete one customer at the provider; return False when none is due."""
    at = context.clock.now()
    if context.payments.mode == "none" or (claimed := DELETIONS.claim_next(at=at)) is None:
        return False
    with reading() as session:
        is_needed = session.execute(select(Pledge.id).where(_needs(claimed.customer_id)).limit(1)).first() is not None
    if is_needed:
        DELETIONS.postpone(claimed, NEEDED_DELAY, at=at, error="a payment is under way")
        return True
    state, error = CustomerDeletionState.DONE, None
    try:
        context.payments.pledges.delete_customer(claimed.customer_id)
    except PaymentsUnavailable as silence:
        DELETIONS.reschedule(claimed, str(silence), at=at)
        return True
    except MissingAtProvider:
        pass  # it is gone already
    except PaymentRefused as refused:
        state, error = CustomerDeletionState.REFUSED, str(refused)[:MAX_ERROR_LENGTH]
    with transaction() as session:
        DELETIONS.complete(session, claimed, state, error=error, done_at=at)
    return True


def _customers(session: Session, pledge_ids: Sequence[int]) -> list[str]:
    return sorted(set(session.execute(select(Pledge.customer_id).where(Pledge.id.in_(pledge_ids))).scalars()))


def _needs(customer_id: str) -> ColumnElement[bool]:
    """Return monthly gifts that need a customer: they run, a payment is under way, or their donor was not erased."""
    under_way = select(Donation.id).where(
        Donation.pledge_id == Pledge.id, Donation.state.in_((DonationState.OPEN, DonationState.PROCESSING))
    )
    is_known = select(Donor.id).where(Donor.id == Pledge.donor_id, Donor.erased_at.is_(None))
    in_use = or_(Pledge.state != PledgeState.STOPPED, under_way.exists(), is_known.exists())
    return and_(Pledge.customer_id == customer_id, in_use)
