"""Our rows against the provider's: what it has and we have not, or have otherwise. It looks, and changes nothing."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from campaign.database import reading
from campaign.domain.money import Money
from campaign.domain.provider_events import is_handled
from campaign.gateways.provider_account import MissedEvent, ProviderAccount, RecentRefund, TransactionFacts
from campaign.models.donation import Dispute, Donation, Refund
from campaign.models.inbox import ProviderEvent
from campaign.models.payout import Payout, ProviderTransaction, Reconciliation
from campaign.services.reconciliation import ledger_at_provider, payouts, provider_transactions
from campaign.services.reconciliation.ledger_at_provider import chunked

CHUNK = 500
"""Movements that are looked at and noted in one step."""
OVERDUE = timedelta(minutes=15)
"""How long after a payment page has closed its event may take."""
FEE_LATE = timedelta(hours=1)
"""The provider tells its fee some seconds after a payment, at most an hour."""
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
    """Something that the provider has and we have not, or the other way round.

    `kind` names it, and `subject` what it is about: an object at the provider, or a gift of ours. `object_kind` and
    `object_id` say what a gift can be settled by; empty where none can be behind it. `at` is when it happened.
    """

    kind: str
    subject: str
    object_kind: str = ""
    object_id: str = ""
    detail: str = ""
    at: datetime | None = None
    is_foreign: bool = False  # the provider was asked already, and it is none of ours


def overdue_gifts(*, now: datetime) -> list[Difference]:
    """Gifts whose payment page must be closed by now, and no event told so."""
    is_over = (Donation.checkout_id.is_not(None), Donation.expires_at < now - OVERDUE)
    return _gifts("session_overdue", Donation.created_at, Donation.state == "open", *is_over)


def gifts_under_way() -> list[Difference]:
    """Gifts that a bank takes its days for: nothing is wrong with them, but their news may have been lost."""
    return _gifts("under_way", Donation.created_at, Donation.state == "processing")


def gifts_without_fee(*, now: datetime) -> list[Difference]:
    """Gifts that are paid and of which the provider has not told its fee."""
    waits = (Donation.settled_at.is_(None), Donation.payment_id.is_not(None), Donation.paid_at < now - FEE_LATE)
    return _gifts("fee_missing", Donation.paid_at, Donation.state == "paid", *waits)


def unknown_payments(account: ProviderAccount, *, since: datetime) -> Iterator[Difference]:
    """Payments that carry a gift's name and that no paid gift of ours has."""
    named = {found.payment_id: found for found in account.payments(since=since) if found.donation_public_id}
    for payment_id in sorted(named.keys() - _paid(named)):
        found = named[payment_id]
        detail = f"donation {found.donation_public_id}"
        yield Difference(
            kind="payment_unknown",
            subject=payment_id,
            object_kind="payment_intent",
            object_id=payment_id,
            detail=detail,
            at=found.made_at,
        )


def unknown_refunds(account: ProviderAccount, *, since: datetime) -> Iterator[Difference]:
    """Refunds of our gifts that we do not have, or have in another state."""
    recent = {found.provider_id: found for found in account.refunds(since=since)}
    ours = _paid(found.payment_id for found in recent.values() if found.payment_id)
    columns = (Refund.provider_id, Refund.state, Refund.settlement_id, Refund.failure_settlement_id)
    known: dict[str | None, tuple[str | None, ...]] = {}
    with reading() as session:
        for some in chunked(recent):
            rows = session.execute(select(*columns).where(Refund.provider_id.in_(some)))
            known |= {row[0]: tuple(row)[1:] for row in rows}
    for name, found in recent.items():
        if found.payment_id in ours and known.get(name) != _told(found):
            yield Difference(
                kind="refund_unknown",
                subject=name,
                object_kind="refund",
                object_id=name,
                detail=found.state,
                at=found.made_at,
            )


def unknown_disputes(account: ProviderAccount, *, since: datetime) -> Iterator[Difference]:
    """Disputes of our gifts that we do not have, or of which we know less."""
    recent = {found.provider_id: found for found in account.disputes(since=since)}
    ours = _paid(found.payment_id for found in recent.values() if found.payment_id)
    known: dict[str, str] = {}
    with reading() as session:
        for some in chunked(recent):
            rows = session.execute(select(Dispute.provider_id, Dispute.status).where(Dispute.provider_id.in_(some)))
            known |= {row[0]: row[1] for row in rows}
        standing = ledger_at_provider.booked(
            session, {moved for found in recent.values() for moved in found.transaction_ids}
        )
    for name, found in recent.items():
        is_known = known.get(name) == found.status and all(moved in standing for moved in found.transaction_ids)
        if found.payment_id in ours and not is_known:
            yield Difference(
                kind="dispute_unknown",
                subject=name,
                object_kind="charge.dispute",
                object_id=name,
                detail=found.status,
                at=found.made_at,
            )


def missed_events(account: ProviderAccount) -> list[MissedEvent]:
    """Events of the kinds that we work off which the provider could not deliver and which are not here."""
    missed = {found.envelope.event_id: found for found in account.missed_events() if is_handled(found.envelope.type)}
    known: set[str] = set()
    with reading() as session:
        for some in chunked(missed):
            known |= set(
                session.execute(select(ProviderEvent.event_id).where(ProviderEvent.event_id.in_(some))).scalars()
            )
    return [found for name, found in missed.items() if name not in known]


def payouts_behind(account: ProviderAccount, *, since: datetime) -> Iterator[Difference]:
    """Payouts of which the provider knows more than we do, however long ago they were made."""
    recent = {found.provider_id: found for found in account.payouts(since=since)}
    with reading() as session:
        rows = session.execute(select(Payout)).scalars().all()
        known = {row.provider_id: row for row in rows}
        waiting = {
            row.provider_id
            for row in rows
            if row.state == "under_way" or (row.state == "arrived" and row.is_automatic and row.walked_at is None)
        }
        moved = select(ProviderTransaction.source_id).where(
            ProviderTransaction.category.in_(provider_transactions.PAYOUT_CATEGORIES),
            ProviderTransaction.explained_by.is_(None),
        )
        waiting |= {name for name in session.execute(moved).scalars() if name}
    for name in sorted(waiting - recent.keys()):
        recent[name] = account.payout(name)
    for name, told in sorted(recent.items(), key=lambda item: item[1].made_at):
        row = known.get(name)
        if row is None or row.state != told.state or (payouts.can_be_walked(told) and row.walked_at is None):
            yield Difference(kind="payout_behind", subject=name, detail=told.state, at=told.made_at)


def new_transactions(account: ProviderAccount) -> Iterator[list[TransactionFacts]]:
    """The movements that are not noted yet, some at a time; from a little before our first gift on.

    They come newest first, and payouts bring some by themselves: so the newest that is noted says nothing of those
    before it, and only a repair that came to its end does.
    """
    with reading() as session:
        whole = last_whole_repair(session)
        first = session.execute(select(Donation.created_at).order_by(Donation.created_at).limit(1)).scalar()
    start = whole or first
    if start is None:
        return  # no gift yet: what moved on the account is not for us to explain
    waiting: list[TransactionFacts] = []
    for found in account.transactions(since=start - LOOK_BACK):
        waiting.append(found)
        if len(waiting) == CHUNK:
            yield _not_noted(waiting)
            waiting = []
    yield _not_noted(waiting)


def last_whole_repair(session: Session) -> datetime | None:
    """When the last repair that came to its end began: what the provider had by then is noted."""
    return session.execute(
        select(Reconciliation.started_at)
        .where(Reconciliation.error.is_(None), Reconciliation.finished_at.is_not(None))
        .order_by(Reconciliation.id.desc())
        .limit(1)
    ).scalar()


def unexplained(new: Iterable[TransactionFacts] = ()) -> list[Difference]:
    """Movements that our books do not explain: those noted, and new ones that are not noted yet."""
    with reading() as session:
        under_way = set(session.execute(select(Donation.payment_id).where(Donation.state == "processing")).scalars())
        under_way.discard(None)
        rows = session.execute(
            select(ProviderTransaction)
            .where(ProviderTransaction.explained_by.is_(None))
            .order_by(ProviderTransaction.made_at)
        ).scalars()
        noted = [_unexplained(row) for row in rows if row.payment_id not in under_way]
        fresh = {found.provider_id: found for found in new}
        standing = ledger_at_provider.booked(session, list(fresh))
    return noted + [
        Difference(
            kind="unexplained",
            subject=name,
            object_kind=object_kind(found.source_id),
            object_id=found.source_id or "",
            detail=f"{found.category} {found.net.decimal} {found.net.currency}",
            at=found.made_at,
        )
        for name, found in fresh.items()
        if found.category not in provider_transactions.PAYOUT_CATEGORIES
        and found.payment_id not in under_way
        and sum(standing.get(name, {}).values()) != found.net.minor
    ]


def _gifts(kind: str, at: InstrumentedAttribute[Any], *conditions: ColumnElement[bool]) -> list[Difference]:
    """Our own gifts that a query names."""
    with reading() as session:
        rows = session.execute(select(Donation.public_id, Donation.state, at).where(*conditions).order_by(Donation.id))
        return [
            Difference(kind=kind, subject=row[0], object_kind="gift", object_id=row[0], detail=row[1], at=row[2])
            for row in rows
        ]


def _paid(payment_ids: Iterable[str]) -> set[str]:
    """Those payments that a gift of ours has been paid by."""
    found = set()
    with reading() as session:
        for some in chunked(payment_ids):
            is_named = Donation.payment_id.in_(some)
            found |= set(
                session.execute(select(Donation.payment_id).where(is_named, Donation.state == "paid")).scalars()
            )
    return {name for name in found if name is not None}


def _told(found: RecentRefund) -> tuple[str, str | None, str | None]:
    return found.state, found.transaction_id, found.failure_transaction_id


def object_kind(source_id: str | None) -> str:
    """What a movement's source is, as events name it; empty where no gift can be behind it."""
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


def _not_noted(found: list[TransactionFacts]) -> list[TransactionFacts]:
    names = [fact.provider_id for fact in found]
    with reading() as session:
        known = set(
            session.execute(
                select(ProviderTransaction.provider_id).where(ProviderTransaction.provider_id.in_(names))
            ).scalars()
        )
    return [fact for fact in found if fact.provider_id not in known]
