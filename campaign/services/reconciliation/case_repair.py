"""Repair of one case by staff: the object behind the movement is fetched and settled, with an audit record."""

from dataclasses import dataclass

from sqlalchemy import select, update

from campaign.database import reading, transaction
from campaign.domain.errors import NotFound
from campaign.gateways.clock import Clock
from campaign.gateways.payments import PaymentGateway
from campaign.gateways.provider_account import ProviderAccount
from campaign.models.payout import ProviderTransaction
from campaign.services import audit
from campaign.services.gifts import settlement
from campaign.services.reconciliation import comparison, payouts, provider_transactions
from campaign.services.reconciliation.provider_transactions import PAYOUT_CATEGORIES


@dataclass(frozen=True, slots=True)
class Helper:
    """Who repairs, and with what."""

    actor_id: int
    payments: PaymentGateway
    account: ProviderAccount
    clock: Clock
    public_url: str


def fetch(transaction_id: str, helper: Helper) -> bool:
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
    is_ours = _settled(row[0] or "", row[1], helper)
    with transaction() as session:
        if not is_ours:
            known = update(ProviderTransaction).where(ProviderTransaction.provider_id == transaction_id)
            session.execute(known.values(is_foreign=True))
        payouts.book(session, provider_transactions.match_transactions(session), clock=helper.clock)
        audit.record(
            session,
            actor_id=helper.actor_id,
            action="reconciliation:fetch",
            subject=f"transaction:{transaction_id}",
            at=helper.clock.now(),
            detail={"is_ours": is_ours},
        )
    return is_ours


def _settled(source_id: str, category: str, helper: Helper) -> bool:
    if category in PAYOUT_CATEGORIES:
        payouts.refresh(source_id, account=helper.account, clock=helper.clock)
        return True
    kind = comparison.object_kind(source_id)
    if not kind:
        return False
    return settlement.settle_object(
        kind, source_id, payments=helper.payments, clock=helper.clock, public_url=helper.public_url
    )
