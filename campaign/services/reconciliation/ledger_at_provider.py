"""The ledger of our balance at the provider, by the provider's own ids: read here, written by `posting`."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from campaign.domain.journal import Account, EntryKind
from campaign.domain.payout_postings import PartBooked
from campaign.models.journal import JournalEntry, Posting
from campaign.models.payout import ProviderTransaction

CHUNK_SIZE = 500
"""Names in one statement: databases take some ten thousands."""
Name = TypeVar("Name", str, int)
OF_PAYOUTS = (EntryKind.PAYOUT_MADE, EntryKind.PAYOUT_ARRIVED, EntryKind.PAYOUT_FAILED)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownLine:
    """A movement in our ledger that the provider lacks."""

    reference: str
    subject: str
    currency: str
    minor: int


def chunked(names: Iterable[Name]) -> Iterator[list[Name]]:
    """Yield ids in order, in chunks that fit into one statement."""
    in_order = sorted(names)
    for start in range(0, len(in_order), CHUNK_SIZE):
        yield in_order[start : start + CHUNK_SIZE]


def booked(session: Session, references: Collection[str]) -> Mapping[str, dict[int, int]]:
    """Return balance transaction → campaign → its movement on 1010, in minor units of its currency."""
    by_reference: dict[str, dict[int, int]] = defaultdict(dict)
    for some in chunked(references):
        rows = session.execute(
            select(Posting.reference, JournalEntry.campaign_id, func.sum(Posting.amount_minor))
            .join(JournalEntry, JournalEntry.id == Posting.entry_id)
            .where(Posting.account == Account.PROVIDER, Posting.reference.in_(some))
            .group_by(Posting.reference, JournalEntry.campaign_id)
        )
        for reference, campaign_id, minor in rows:
            by_reference[reference][campaign_id] = int(minor)
    return by_reference


def in_suspense(session: Session, references: Collection[str]) -> Mapping[str, int]:
    """Return balance transaction → its part in the suspense account, in minor units of its currency."""
    by_reference: dict[str, int] = {}
    for some in chunked(references):
        rows = session.execute(
            select(Posting.reference, func.sum(Posting.amount_minor))
            .where(Posting.account == Account.UNIDENTIFIED, Posting.reference.in_(some))
            .group_by(Posting.reference)
        )
        by_reference |= {reference: -int(minor) for reference, minor in rows}
    return by_reference


def parts_of(session: Session, payout_id: str) -> dict[int, PartBooked]:
    """Return campaign → its part of a payout in the ledger."""
    of_payout = JournalEntry.subject == f"payout:{payout_id}"
    counts = session.execute(
        select(JournalEntry.campaign_id, func.count()).where(of_payout).group_by(JournalEntry.campaign_id)
    ).all()
    rows = session.execute(
        select(JournalEntry.campaign_id, JournalEntry.kind, Posting.account, func.sum(Posting.amount_minor))
        .join(Posting, Posting.entry_id == JournalEntry.id)
        .where(of_payout)
        .group_by(JournalEntry.campaign_id, JournalEntry.kind, Posting.account)
    ).all()
    sums: dict[int, Counter[tuple[str, int]]] = defaultdict(Counter)
    for campaign_id, kind, account, minor in rows:
        sums[campaign_id][kind, account] = int(minor)
    return {campaign_id: _part(sums[campaign_id], entries) for campaign_id, entries in counts}


def _part(sums: Counter[tuple[str, int]], entries: int) -> PartBooked:
    def on(account: Account) -> int:
        return sum(minor for (_kind, code), minor in sums.items() if code == account)

    return PartBooked(
        made_minor=-sums[EntryKind.PAYOUT_MADE, Account.PROVIDER],
        under_way_minor=on(Account.PAYOUTS),
        in_bank_minor=on(Account.BANK),
        entries=entries,
    )


def campaign_of(session: Session, source: str) -> int:
    """Return the campaign of a source's entry."""
    return session.execute(select(JournalEntry.campaign_id).where(JournalEntry.source == source)).scalar_one()


def subjects_of(session: Session, sources: Collection[str], *, campaign_id: int) -> list[str]:
    """Return the subjects of a campaign's entries with these sources."""
    query = select(JournalEntry.subject).where(
        JournalEntry.campaign_id == campaign_id, JournalEntry.source.in_(sources)
    )
    return list(session.execute(query).scalars())


def balances(session: Session, *, until: datetime | None) -> dict[str, int]:
    """Return currency → the total of the balance in our ledger, before payouts.

    Of movements that were not queried at the provider yet, only those recorded until then count.
    """
    was_compared: ColumnElement[bool] = ProviderTransaction.id.is_not(None)
    if until is not None:
        was_compared |= JournalEntry.recorded_at <= until
    rows = session.execute(
        select(Posting.currency, func.sum(Posting.amount_minor))
        .join(JournalEntry, JournalEntry.id == Posting.entry_id)
        .outerjoin(ProviderTransaction, ProviderTransaction.provider_id == Posting.reference)
        .where(Posting.account == Account.PROVIDER, JournalEntry.kind.not_in(OF_PAYOUTS), was_compared)
        .group_by(Posting.currency)
    )
    return {currency: int(minor) for currency, minor in rows}


def unknown_lines(session: Session, *, until: datetime, limit: int) -> list[UnknownLine]:
    """Return movements in our ledger, recorded until then, that the provider lacks."""
    rows = session.execute(
        select(Posting.reference, JournalEntry.subject, Posting.currency, func.sum(Posting.amount_minor))
        .join(JournalEntry, JournalEntry.id == Posting.entry_id)
        .outerjoin(ProviderTransaction, ProviderTransaction.provider_id == Posting.reference)
        .where(
            Posting.account == Account.PROVIDER,
            ProviderTransaction.id.is_(None),
            JournalEntry.kind.not_in(OF_PAYOUTS),
            JournalEntry.recorded_at <= until,
        )
        .group_by(Posting.reference, JournalEntry.subject, Posting.currency)
        .order_by(Posting.reference)
        .limit(limit)
    )
    return [UnknownLine(reference=row[0], subject=row[1], currency=row[2], minor=int(row[3])) for row in rows if row[3]]
