"""Payouts: itemized movement by movement and recorded in the ledger, campaign by campaign.

The provider is queried outside any transaction. A payout's state only goes forward, its movements are a set keyed by
the provider's ids, and what is posted is the difference from what is posted already: so all of it can be repeated, in
any order.
"""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from campaign.database import insert_once, transaction
from campaign.days import local_day
from campaign.domain.errors import DomainError, NotFound
from campaign.domain.money import Money
from campaign.domain.payout_postings import PartBooked, PayoutDetails, payout_entries
from campaign.domain.payouts import PayoutState
from campaign.domain.provider_events import EventState, is_handled
from campaign.gateways.clock import Clock
from campaign.gateways.context import Context
from campaign.gateways.payments import MissingAtProvider
from campaign.gateways.provider_account import PayoutFacts, ProviderAccount, TransactionFacts
from campaign.models.payout import Payout, ProviderTransaction
from campaign.services import audit
from campaign.services.ledger import posting
from campaign.services.queues import inbox
from campaign.services.queues.inbox import ClaimedEvent
from campaign.services.reconciliation import ledger_at_provider, provider_transactions

RANK: dict[str, int] = {
    PayoutState.UNDER_WAY: 0,
    PayoutState.ARRIVED: 1,
    PayoutState.FAILED: 2,
    PayoutState.CANCELED: 2,
}
"""A payout goes forward only: an older answer never undoes a newer one."""


class CannotBeBookedWhole(DomainError):
    """The provider can itemize the payout, or somebody has booked it already."""


@dataclass(frozen=True, slots=True)
class ItemizedPayout:
    """A payout as reported, and its movements; None while the provider cannot itemize it."""

    facts: PayoutFacts
    transactions: list[TransactionFacts] | None


def take_event(event: ClaimedEvent, *, context: Context) -> None:
    """Update the payout of an event, and complete the event in the same transaction."""
    is_ours = is_handled(event.type)
    try:
        payout = fetch_payout(event.object_id, account=context.account) if is_ours else None
    except MissingAtProvider:
        payout = None
    with transaction() as session:
        if payout is not None:
            apply(session, payout, clock=context.clock)
        outcome = EventState.PROCESSED if is_ours else EventState.IGNORED
        inbox.complete(session, event, outcome, at=context.clock.now())


def refresh(payout_id: str, *, context: Context) -> None:
    """Update one payout to what the provider knows now."""
    payout = fetch_payout(payout_id, account=context.account)
    with transaction() as session:
        apply(session, payout, clock=context.clock)


def book_manual_payout(payout_id: str, *, campaign_id: int, actor_id: int, clock: Clock) -> None:
    """Book a payout that was made by hand as a whole in one campaign's ledger, because the provider cannot itemize it.

    Raises:
        NotFound: there is no such payout.
        CannotBeBookedWhole: it can be itemized, or is booked already.
    """
    with transaction() as session:
        row_id = session.execute(select(Payout.id).where(Payout.provider_id == payout_id)).scalar()
        if row_id is None:
            raise NotFound(payout_id)
        payout = _locked(session, row_id)
        if payout.is_automatic or payout.campaign_id is not None:
            raise CannotBeBookedWhole(payout_id)
        payout.campaign_id = campaign_id
        session.flush()
        book(session, {payout.id}, clock=clock)
        audit.record(
            session,
            actor_id=actor_id,
            action="reconciliation:payout",
            subject=f"payout:{payout_id}",
            at=clock.now(),
            detail={"minor": payout.amount_minor, "currency": payout.currency},
        )


def fetch_payout(payout_id: str, *, account: ProviderAccount) -> ItemizedPayout:
    """Return a payout as the provider has it, itemized as soon as no more can join it.

    Raises:
        MissingAtProvider: the provider has no such payout.
    """
    facts = account.payout(payout_id)
    return ItemizedPayout(facts, account.transactions_of(payout_id) if can_be_itemized(facts) else None)


def can_be_itemized(facts: PayoutFacts) -> bool:
    """Return whether the provider can itemize a payout: never one made by hand."""
    return facts.is_automatic and (facts.is_complete or facts.state in {PayoutState.FAILED, PayoutState.CANCELED})


def apply(session: Session, fetched: ItemizedPayout, *, clock: Clock) -> None:
    """Store a payout, store and match its movements, and post what the ledger lacks."""
    payout = _stored_payout(session, fetched.facts)
    if fetched.transactions is not None:
        provider_transactions.store(session, fetched.transactions, payout_id=payout.id)
        own = {payout.transaction_id}
        paid_out = sum(fact.net.minor for fact in fetched.transactions if fact.provider_id not in own)
        payout.difference_minor = payout.amount_minor - paid_out
        payout.itemized_at = payout.itemized_at or clock.now()
        session.flush()
    book(session, provider_transactions.match_transactions(session, payout_id=payout.id) | {payout.id}, clock=clock)


def book(session: Session, payout_ids: set[int], *, clock: Clock) -> None:
    """Post what these payouts' matched movements say and the ledger lacks.

    A returned payout leaves again with a later one, so that one is booked anew as well.
    """
    waiting = sorted(payout_ids)
    while waiting:
        payout = _locked(session, waiting.pop(0))
        posted = _post_parts(session, payout, clock=clock)
        _note_reconciled(session, payout, clock=clock)
        if posted and payout.failure_transaction_id:
            waiting.extend(_left_with(session, payout.failure_transaction_id))


def _post_parts(session: Session, payout: Payout, *, clock: Clock) -> int:
    """Post one set of entries per campaign, because entries belong to one; return the number of new ones."""
    parts, standing = _parts(session, payout), ledger_at_provider.parts_of(session, payout.provider_id)
    facts = _posting_facts(payout, clock=clock)
    posted = 0
    for campaign_id in sorted(parts.keys() | standing.keys()):
        entries = payout_entries(
            facts,
            campaign_id=campaign_id,
            part=Money(parts[campaign_id], payout.currency),
            booked=standing.get(campaign_id, PartBooked()),
        )
        if entries:
            posted += posting.post_all(session, entries, campaign_id=campaign_id, at=clock.now())
    return posted


def _parts(session: Session, payout: Payout) -> Counter[int]:
    """Return campaign → its part of a payout: the booked movements that left with it."""
    if payout.campaign_id is not None:
        return Counter({payout.campaign_id: payout.amount_minor})
    names = session.execute(
        select(ProviderTransaction.provider_id).where(
            ProviderTransaction.payout_id == payout.id,
            ProviderTransaction.matched_by.in_(provider_transactions.IN_BOOKS),
            ProviderTransaction.provider_id != (payout.transaction_id or ""),
        )
    ).scalars()
    parts: Counter[int] = Counter()
    for of_campaigns in ledger_at_provider.booked(session, names.all()).values():
        parts.update(of_campaigns)
    return parts


def _stored_payout(session: Session, facts: PayoutFacts) -> Payout:
    """Return the payout's row under lock, updated to these facts."""
    failed_on = local_day(facts.failed_at) if facts.failed_at else None
    row = {
        "provider_id": facts.provider_id,
        "currency": facts.amount.currency,
        "amount_minor": facts.amount.minor,
        "state": facts.state,
        "is_automatic": facts.is_automatic,
        "made_at": facts.made_at,
        "arrives_on": facts.arrives_on,
        "transaction_id": facts.transaction_id,
        "failure_transaction_id": facts.failure_transaction_id,
        "failed_on": failed_on,
        "failure": facts.failure,
        "is_complete": facts.is_complete,
    }
    insert_once(session, Payout, row)
    payout_id = session.execute(select(Payout.id).where(Payout.provider_id == facts.provider_id)).scalar_one()
    payout = _locked(session, payout_id)
    payout.is_complete |= facts.is_complete
    if RANK[facts.state] >= RANK[payout.state]:
        payout.state, payout.arrives_on = facts.state, facts.arrives_on
        payout.failure = facts.failure
        payout.failed_on = failed_on
        payout.failure_transaction_id = facts.failure_transaction_id
    return payout


def _locked(session: Session, payout_id: int) -> Payout:
    query = select(Payout).where(Payout.id == payout_id).with_for_update()
    return session.execute(query, execution_options={"populate_existing": True}).scalar_one()


def _posting_facts(payout: Payout, *, clock: Clock) -> PayoutDetails:
    return PayoutDetails(
        provider_id=payout.provider_id,
        state=payout.state,
        transaction_id=payout.transaction_id or payout.provider_id,
        failure_transaction_id=payout.failure_transaction_id or payout.provider_id,
        made_on=local_day(payout.made_at),
        arrives_on=payout.arrives_on,
        failed_on=payout.failed_on or local_day(clock.now()),
    )


def _note_reconciled(session: Session, payout: Payout, *, clock: Clock) -> None:
    """Mark it as reconciled once it adds up and all its movements are matched."""
    unexplained = select(func.count()).where(
        ProviderTransaction.payout_id == payout.id, ProviderTransaction.matched_by.is_(None)
    )
    is_whole = payout.campaign_id is not None or (
        payout.itemized_at is not None
        and payout.difference_minor == 0
        and session.execute(unexplained).scalar_one() == 0
    )
    at = (payout.reconciled_at or clock.now()) if is_whole else None
    session.execute(update(Payout).where(Payout.id == payout.id).values(reconciled_at=at))


def _left_with(session: Session, transaction_id: str) -> list[int]:
    """Return the payout with which a movement left."""
    payout_id = session.execute(
        select(ProviderTransaction.payout_id).where(ProviderTransaction.provider_id == transaction_id)
    ).scalar()
    return [payout_id] if payout_id is not None else []
