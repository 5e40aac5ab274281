"""Payouts: what the provider says of them, walked movement by movement and put into the books, campaign by campaign.

The provider is asked outside any transaction. A payout's state only goes forward, its movements are a set keyed by the
provider's ids, and what is posted is the difference to what stands: so all of it can be done again, in any order.
"""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from campaign.database import insert_once, transaction
from campaign.days import local_day
from campaign.domain.errors import DomainError, NotFound
from campaign.domain.money import Money
from campaign.domain.payout_postings import PartBooked, PayoutTold, payout_entries
from campaign.domain.provider_events import EventState, is_handled
from campaign.gateways.clock import Clock
from campaign.gateways.payments import MissingAtProvider
from campaign.gateways.provider_account import PayoutFacts, ProviderAccount, TransactionFacts
from campaign.models.payout import Payout, ProviderTransaction
from campaign.services import audit
from campaign.services.ledger import posting
from campaign.services.queues import inbox
from campaign.services.queues.inbox import ClaimedEvent
from campaign.services.reconciliation import ledger_at_provider, provider_transactions

RANK = {"under_way": 0, "arrived": 1, "failed": 2, "canceled": 2}
"""A payout goes forward only: an older answer never undoes a newer one."""


class CannotBeBookedWhole(DomainError):
    """The provider says what the payout consists of, or somebody has booked it already."""


@dataclass(frozen=True, slots=True)
class Walk:
    """A payout as it was told, and what it consists of; None while the provider cannot say so."""

    facts: PayoutFacts
    transactions: list[TransactionFacts] | None


def take_event(event: ClaimedEvent, *, account: ProviderAccount, clock: Clock) -> None:
    """Bring the payout that an event tells of up to date, and close the event in the same transaction."""
    is_wanted = is_handled(event.type)
    try:
        walk = ask(event.object_id, account=account) if is_wanted else None
    except MissingAtProvider:
        walk = None
    with transaction() as session:
        if walk is not None:
            apply(session, walk, clock=clock)
        outcome = EventState.PROCESSED if is_wanted else EventState.IGNORED
        inbox.complete(session, event, outcome, at=clock.now())


def look_at(payout_id: str, *, account: ProviderAccount, clock: Clock) -> None:
    """Bring one payout up to what the provider knows now."""
    walk = ask(payout_id, account=account)
    with transaction() as session:
        apply(session, walk, clock=clock)


def book_manual_payout(payout_id: str, *, campaign_id: int, actor_id: int, clock: Clock) -> None:
    """Put a payout that was made by hand into one campaign's books whole, by a person's word: the provider cannot say
    what it consists of. NotFound; CannotBeBookedWhole for one that is walked, or stands somewhere already.
    """
    with transaction() as session:
        found = session.execute(select(Payout.id).where(Payout.provider_id == payout_id)).scalar()
        if found is None:
            raise NotFound(payout_id)
        payout = _locked(session, found)
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


def ask(payout_id: str, *, account: ProviderAccount) -> Walk:
    """A payout as the provider has it, walked as soon as nothing more can join it; MissingAtProvider."""
    facts = account.payout(payout_id)
    return Walk(facts, account.transactions_of(payout_id) if can_be_walked(facts) else None)


def can_be_walked(facts: PayoutFacts) -> bool:
    """Whether the provider can say what a payout consists of: of one made by hand, never."""
    return facts.is_automatic and (facts.is_complete or facts.state in {"failed", "canceled"})


def apply(session: Session, walk: Walk, *, clock: Clock) -> None:
    """Keep what was told of a payout, note and explain its movements, and post what the books do not say yet."""
    payout = _kept(session, walk.facts)
    if walk.transactions is not None:
        provider_transactions.note(session, walk.transactions, payout_id=payout.id)
        own = {payout.transaction_id}
        paid_out = sum(fact.net.minor for fact in walk.transactions if fact.provider_id not in own)
        payout.difference_minor = payout.amount_minor - paid_out
        payout.walked_at = payout.walked_at or clock.now()
        session.flush()
    book(session, provider_transactions.explain(session, payout_id=payout.id) | {payout.id}, clock=clock)


def book(session: Session, payout_ids: set[int], *, clock: Clock) -> None:
    """Post what these payouts' explained movements say and the books do not.

    A payout that came back leaves again with a later one, so that one is booked anew as well.
    """
    waiting = sorted(payout_ids)
    while waiting:
        payout = _locked(session, waiting.pop(0))
        posted = _post_parts(session, payout, clock=clock)
        _note_reconciled(session, payout, clock=clock)
        if posted and payout.failure_transaction_id:
            waiting.extend(_left_with(session, payout.failure_transaction_id))


def _post_parts(session: Session, payout: Payout, *, clock: Clock) -> int:
    """One set of entries per campaign, for entries belong to one; how many were new."""
    parts, standing = _parts(session, payout), ledger_at_provider.parts_of(session, payout.provider_id)
    told = _told(payout, clock=clock)
    posted = 0
    for campaign_id in sorted(parts.keys() | standing.keys()):
        entries = payout_entries(
            told,
            campaign_id=campaign_id,
            part=Money(parts[campaign_id], payout.currency),
            booked=standing.get(campaign_id, PartBooked()),
        )
        if entries:
            posted += posting.post_all(session, entries, campaign_id=campaign_id, at=clock.now())
    return posted


def _parts(session: Session, payout: Payout) -> Counter[int]:
    """Campaign → its part of a payout: what its books say of the movements that left with it."""
    if payout.campaign_id is not None:
        return Counter({payout.campaign_id: payout.amount_minor})
    names = session.execute(
        select(ProviderTransaction.provider_id).where(
            ProviderTransaction.payout_id == payout.id,
            ProviderTransaction.explained_by.in_(provider_transactions.IN_BOOKS),
            ProviderTransaction.provider_id != (payout.transaction_id or ""),
        )
    ).scalars()
    parts: Counter[int] = Counter()
    for of_campaigns in ledger_at_provider.booked(session, names.all()).values():
        parts.update(of_campaigns)
    return parts


def _kept(session: Session, facts: PayoutFacts) -> Payout:
    """The payout's row under lock, brought forward to these facts."""
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


def _told(payout: Payout, *, clock: Clock) -> PayoutTold:
    return PayoutTold(
        provider_id=payout.provider_id,
        state=payout.state,
        transaction_id=payout.transaction_id or payout.provider_id,
        failure_transaction_id=payout.failure_transaction_id or payout.provider_id,
        made_on=local_day(payout.made_at),
        arrives_on=payout.arrives_on,
        failed_on=payout.failed_on or local_day(clock.now()),
    )


def _note_reconciled(session: Session, payout: Payout, *, clock: Clock) -> None:
    """It is reconciled once it adds up and nothing in it is unexplained."""
    unexplained = select(func.count()).where(
        ProviderTransaction.payout_id == payout.id, ProviderTransaction.explained_by.is_(None)
    )
    is_whole = payout.campaign_id is not None or (
        payout.walked_at is not None and payout.difference_minor == 0 and session.execute(unexplained).scalar_one() == 0
    )
    at = (payout.reconciled_at or clock.now()) if is_whole else None
    session.execute(update(Payout).where(Payout.id == payout.id).values(reconciled_at=at))


def _left_with(session: Session, transaction_id: str) -> list[int]:
    """The payout with which a movement left."""
    payout_id = session.execute(
        select(ProviderTransaction.payout_id).where(ProviderTransaction.provider_id == transaction_id)
    ).scalar()
    return [payout_id] if payout_id is not None else []
