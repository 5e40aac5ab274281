"""Repair of one case by staff: the object behind the movement is fetched and settled, with an audit record."""

from sqlalchemy import select, update

from campaign.database import reading, transaction
from campaign.domain.errors import NotFound
from campaign.gateways.context import Context
from campaign.models.payout import ProviderTransaction
from campaign.services import audit
from campaign.services.gifts import settlement
from campaign.services.reconciliation import comparison, payouts, provider_transactions
from campaign.services.reconciliation.provider_transactions import PAYOUT_CATEGORIES


def fetch(transaction_id: str, *, actor_id: int, context: Context) -> bool:
    """Settle the object behind a movement, and match it.

    The donor is emailed, because a person is looking at it now.

    Returns:
        False when it is none of ours, which is stored.

    Raises:
        NotFound: there is no such movement.
        PaymentsUnavailable: the provider does not answer.
    """
    with reading() as session:
        row = session.execute(
            select(ProviderTransaction.source_id, ProviderTransaction.category).where(
                ProviderTransaction.provider_id == transaction_id
            )
        ).one_or_none()
    if row is None:
        raise NotFound(transaction_id)
    is_ours = _settled(row[0] or "", row[1], context=context)
    with transaction() as session:
        if not is_ours:
            known = update(ProviderTransaction).where(ProviderTransaction.provider_id == transaction_id)
            session.execute(known.values(is_foreign=True))
        payouts.book(session, provider_transactions.match_transactions(session), clock=context.clock)
        audit.record(
            session,
            actor_id=actor_id,
            action="reconciliation:fetch",
            subject=f"transaction:{transaction_id}",
            at=context.clock.now(),
            detail={"is_ours": is_ours},
        )
    return is_ours


def _settled(source_id: str, category: str, *, context: Context) -> bool:
    if category in PAYOUT_CATEGORIES:
        payouts.refresh(source_id, context=context)
        return True
    kind = comparison.object_kind(source_id)
    if not kind:
        return False
    return settlement.settle_object(kind, source_id, context=context)
