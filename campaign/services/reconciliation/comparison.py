"""Compares our rows with the provider's: what it has and we lack, or have otherwise. It reads and changes nothing."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.database import reading
from campaign.domain.donation import DonationState
from campaign.domain.money import Money
from campaign.domain.payouts import PayoutState
from campaign.domain.provider_events import is_handled
from campaign.gateways.provider_account import (
    MissedEvent,
    PayoutFacts,
    ProviderAccount,
    RecentDispute,
    RecentRefund,
    TransactionFacts,
)
from campaign.models.donation import Dispute, Donation, Refund
from campaign.models.inbox import ProviderEvent
from campaign.models.payout import Payout, ProviderTransaction, Reconciliation
from campaign.services.reconciliation import ledger_at_provider, payouts, provider_transactions
from campaign.services.reconciliation.ledger_at_provider import chunked

CHUNK = 500
"""Movements that are looked at and noted in one step."""
LOOK_BACK = timedelta(days=2)
"""Movements are looked at again so far before the last whole repair began, for lists may lag behind."""
OBJECTS = {
    "ch": "charge",
    "py": "charge",
    "re": "refund",
    "pyr": "refund",
    "dp": "charge.dispute",
    "du": "charge.dispute",
}
"""What a name at the provider begins with → the kind of its object, as events name it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Something that the provider has and we lack, or the other way round.

    `kind` names it, and `subject` its object: an object at the provider, or a gift of ours. `object_kind` and
    `object_id` say by what a gift can be settled; empty when there can be none. `at` is when it happened.
    """

    kind: str
    subject: str
    object_kind: str = ""
    object_id: str = ""
    detail: str = ""
    at: datetime | None = None
    is_foreign: bool = False  # the provider was queried already, and it is none of ours


def unknown_payments(account: ProviderAccount, *, since: datetime) -> Iterator[Difference]:
    """Yield payments with a gift's name that no paid gift of ours has."""
    named = {payment.payment_id: payment for payment in account.payments(since=since) if payment.donation_public_id}
    for payment_id in sorted(named.keys() - _paid(named)):
        payment = named[payment_id]
        detail = f"donation {payment.donation_public_id}"
        yield Difference(
            kind="payment_unknown",
            subject=payment_id,
            object_kind="payment_intent",
            object_id=payment_id,
            detail=detail,
            at=payment.made_at,
        )


def unknown_refunds(account: ProviderAccount, *, since: datetime) -> Iterator[Difference]:
    """Yield refunds of our gifts that we lack, or have in another state."""
    recent = {refund.provider_id: refund for refund in account.refunds(since=since)}
    ours = _paid(refund.payment_id for refund in recent.values() if refund.payment_id)
    columns = (Refund.provider_id, Refund.state, Refund.settlement_id, Refund.failure_settlement_id)
    known: dict[str | None, tuple[str | None, ...]] = {}
    with reading() as session:
        for some in chunked(recent):
            rows = session.execute(select(*columns).where(Refund.provider_id.in_(some)))
            known |= {row[0]: tuple(row)[1:] for row in rows}
    for name, refund in recent.items():
        if refund.payment_id in ours and known.get(name) != _state_of(refund):
            yield Difference(
                kind="refund_unknown",
                subject=name,
                object_kind="refund",
                object_id=name,
                detail=refund.state,
                at=refund.made_at,
            )


def unknown_disputes(account: ProviderAccount, *, since: datetime) -> Iterator[Difference]:
    """Yield disputes of our gifts that we lack, or of which we know less."""
    recent = {dispute.provider_id: dispute for dispute in account.disputes(since=since)}
    ours = _paid(dispute.payment_id for dispute in recent.values() if dispute.payment_id)
    known: dict[str, str] = {}
    with reading() as session:
        for some in chunked(recent):
            rows = session.execute(select(Dispute.provider_id, Dispute.status).where(Dispute.provider_id.in_(some)))
            known |= {row[0]: row[1] for row in rows}
        booked = ledger_at_provider.booked(session, _transactions_of(recent.values()))
    for name, dispute in recent.items():
        is_known = known.get(name) == dispute.status and _transactions_of([dispute]) <= booked.keys()
        if dispute.payment_id in ours and not is_known:
            yield Difference(
                kind="dispute_unknown",
                subject=name,
                object_kind="charge.dispute",
                object_id=name,
                detail=dispute.status,
                at=dispute.made_at,
            )


def missed_events(account: ProviderAccount) -> list[MissedEvent]:
    """Return events that we process, that the provider could not deliver, and that are not in the inbox."""
    missed = {event.envelope.event_id: event for event in account.missed_events() if is_handled(event.envelope.type)}
    known: set[str] = set()
    with reading() as session:
        for some in chunked(missed):
            known |= set(
                session.execute(select(ProviderEvent.event_id).where(ProviderEvent.event_id.in_(some))).scalars()
            )
    return [event for name, event in missed.items() if name not in known]


def payouts_behind(account: ProviderAccount, *, since: datetime) -> Iterator[Difference]:
    """Yield payouts of which the provider knows more than we do, however long ago they were made."""
    recent = {facts.provider_id: facts for facts in account.payouts(since=since)}
    with reading() as session:
        known = {row.provider_id: row for row in session.execute(select(Payout)).scalars()}
        incomplete = {name for name, row in known.items() if _is_incomplete(row)} | _payouts_moved(session)
    for name in sorted(incomplete - recent.keys()):
        recent[name] = account.payout(name)
    for name, facts in sorted(recent.items(), key=lambda item: item[1].made_at):
        if _is_behind(known.get(name), facts):
            yield Difference(kind="payout_behind", subject=name, detail=facts.state, at=facts.made_at)


def new_transactions(account: ProviderAccount) -> Iterator[list[TransactionFacts]]:
    """Yield the movements that are not stored yet, in chunks, from a little before our first gift on.

    They come newest first, and payouts bring some by themselves: so the newest stored one says nothing about those
    before it, and only a completed repair does.
    """
    with reading() as session:
        whole = last_whole_repair(session)
        first = session.execute(select(Donation.created_at).order_by(Donation.created_at).limit(1)).scalar()
    start = whole or first
    if start is None:
        return  # no gift yet: earlier movements of the account do not concern us
    waiting: list[TransactionFacts] = []
    for fact in account.transactions(since=start - LOOK_BACK):
        waiting.append(fact)
        if len(waiting) == CHUNK:
            yield _not_stored(waiting)
            waiting = []
    yield _not_stored(waiting)


def last_whole_repair(session: Session) -> datetime | None:
    """Return when the last completed repair began: what the provider had by then is stored."""
    return session.execute(
        select(Reconciliation.started_at)
        .where(Reconciliation.error.is_(None), Reconciliation.finished_at.is_not(None))
        .order_by(Reconciliation.id.desc())
        .limit(1)
    ).scalar()


def unexplained(new: Iterable[TransactionFacts] = ()) -> list[Difference]:
    """Return movements that the ledger does not match: stored ones, and new ones that are not stored yet."""
    with reading() as session:
        under_way = set(
            session.execute(select(Donation.payment_id).where(Donation.state == DonationState.PROCESSING)).scalars()
        )
        under_way.discard(None)
        rows = session.execute(
            select(ProviderTransaction)
            .where(ProviderTransaction.matched_by.is_(None))
            .order_by(ProviderTransaction.made_at)
        ).scalars()
        noted = [_unexplained(row) for row in rows if row.payment_id not in under_way]
        fresh = {fact.provider_id: fact for fact in new}
        standing = ledger_at_provider.booked(session, list(fresh))
    return noted + [
        Difference(
            kind="unexplained",
            subject=name,
            object_kind=object_kind(fact.source_id),
            object_id=fact.source_id or "",
            detail=f"{fact.category} {fact.net.decimal} {fact.net.currency}",
            at=fact.made_at,
        )
        for name, fact in fresh.items()
        if fact.category not in provider_transactions.PAYOUT_CATEGORIES
        and fact.payment_id not in under_way
        and sum(standing.get(name, {}).values()) != fact.net.minor
    ]


def _paid(payment_ids: Iterable[str]) -> set[str]:
    """Return the payments by which a gift of ours was paid."""
    paid = set()
    with reading() as session:
        for some in chunked(payment_ids):
            is_named = Donation.payment_id.in_(some)
            paid |= set(
                session.execute(
                    select(Donation.payment_id).where(is_named, Donation.state == DonationState.PAID)
                ).scalars()
            )
    return {name for name in paid if name is not None}


def _transactions_of(disputes: Iterable[RecentDispute]) -> set[str]:
    """Return the balance transactions of disputes."""
    return {transaction_id for dispute in disputes for transaction_id in dispute.transaction_ids}


def _is_incomplete(payout: Payout) -> bool:
    """Return whether our row of a payout is still to change: it is under way, or lacks its movements."""
    lacks_movements = payout.is_automatic and payout.itemized_at is None
    return payout.state == PayoutState.UNDER_WAY or (payout.state == PayoutState.ARRIVED and lacks_movements)


def _payouts_moved(session: Session) -> set[str]:
    """Return the payouts whose own movement is stored and not matched."""
    moved = select(ProviderTransaction.source_id).where(
        ProviderTransaction.category.in_(provider_transactions.PAYOUT_CATEGORIES),
        ProviderTransaction.matched_by.is_(None),
    )
    return {name for name in session.execute(moved).scalars() if name}


def _is_behind(row: Payout | None, facts: PayoutFacts) -> bool:
    """Return whether the provider knows more of a payout than our row."""
    return row is None or row.state != facts.state or (payouts.can_be_itemized(facts) and row.itemized_at is None)


def _state_of(refund: RecentRefund) -> tuple[str, str | None, str | None]:
    return refund.state, refund.transaction_id, refund.failure_transaction_id


def object_kind(source_id: str | None) -> str:
    """Return the kind of a movement's source, as events name it; empty when no gift can be behind it."""
    return OBJECTS.get((source_id or "").partition("_")[0], "")


def _unexplained(row: ProviderTransaction) -> Difference:
    net = Money(row.net_minor, row.currency)
    return Difference(
        kind="unexplained",
        subject=row.provider_id,
        object_kind=object_kind(row.source_id),
        object_id=row.source_id or "",
        detail=f"{row.category} {net.decimal} {net.currency}",
        at=row.made_at,
        is_foreign=row.is_foreign,
    )


def _not_stored(facts: list[TransactionFacts]) -> list[TransactionFacts]:
    names = [fact.provider_id for fact in facts]
    with reading() as session:
        known = set(
            session.execute(
                select(ProviderTransaction.provider_id).where(ProviderTransaction.provider_id.in_(names))
            ).scalars()
        )
    return [fact for fact in facts if fact.provider_id not in known]
