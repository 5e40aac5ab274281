"""The part of `settling` about refunds: a set keyed by the provider's ids; their sum is computed anew each time."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

from campaign.domain import postings
from campaign.domain.calendar import local_day
from campaign.domain.donation import RefundState
from campaign.domain.gift import GiftSnapshot, HistoryLine
from campaign.domain.journal import Entry
from campaign.domain.payment import RefundFacts

REFUNDED_STATES = (RefundState.PENDING, RefundState.SUCCEEDED)
"""Refund states in which the money counts as sent back."""


@dataclass(frozen=True, slots=True)
class RefundStatus:
    """What a refund has reached: its state, and the balance transactions by which money went and came back."""

    state: str
    settlement_id: str | None
    failure_settlement_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownRefund:
    """A refund of the gift in our rows; one without `provider_id` was requested and is not known to be made."""

    id: int
    public_id: str
    provider_id: str | None
    amount_minor: int
    status: RefundStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundChange:
    """A refund to be written: a new row, or a new status of a known one."""

    known: KnownRefund | None
    facts: RefundFacts
    status: RefundStatus

    @property
    def is_new_state(self) -> bool:
        """Whether the donor may be told."""
        return self.known is None or self.known.status.state != self.status.state

    def history_line(self) -> HistoryLine:
        """Return the step for the gift's history."""
        detail: dict[str, object] = {"refund": self.facts.provider_id, "minor": self.facts.amount.minor}
        return HistoryLine(f"refund_{self.status.state}", detail)


@dataclass(frozen=True, slots=True)
class SettledRefunds:
    """What the reported refunds change, and the sum that they send back."""

    changes: tuple[RefundChange, ...]
    entries: tuple[Entry, ...]
    refunded_minor: int


def settle_refunds(
    gift: GiftSnapshot, reported: Sequence[RefundFacts], known: Iterable[KnownRefund], *, at: datetime, zone: tzinfo
) -> SettledRefunds:
    """Compare every refund that the provider reports with our rows. A gift without refunds is left as it is."""
    if not reported:
        return SettledRefunds((), (), gift.refunded_minor)
    rows = {row.id: row for row in known}
    changes: list[RefundChange] = []
    for facts in sorted(reported, key=lambda refund: (refund.made_at, refund.provider_id)):
        row = _find_row(facts, rows.values())
        status = status_of(facts)
        if row is not None and row.status == status:
            continue
        changes.append(RefundChange(known=row, facts=facts, status=status))
        if row is not None:
            rows[row.id] = replace(row, provider_id=facts.provider_id, status=status)
    made = [change.facts for change in changes if change.known is None]
    return SettledRefunds(
        changes=tuple(changes),
        entries=tuple(entry for change in changes for entry in _entries(gift, change.facts, at=at, zone=zone)),
        refunded_minor=_refunded_minor(rows.values(), made),
    )


def _refunded_minor(rows: Iterable[KnownRefund], made: Iterable[RefundFacts]) -> int:
    """Sum what known refunds and those that have no row yet send back."""
    amounts = [(row.status.state, row.amount_minor) for row in rows]
    amounts += [(facts.state, facts.amount.minor) for facts in made]
    return sum(minor for state, minor in amounts if state in REFUNDED_STATES)


def status_of(facts: RefundFacts) -> RefundStatus:
    """Return the status that the provider reports."""
    return RefundStatus(
        facts.state,
        facts.settled.transaction_id if facts.settled else None,
        facts.returned.transaction_id if facts.returned else None,
    )


def _find_row(facts: RefundFacts, rows: Iterable[KnownRefund]) -> KnownRefund | None:
    """Find our row of a refund by the provider's id or our request; None: it was made in the provider's dashboard."""
    for row in rows:
        if row.provider_id == facts.provider_id or (facts.request_id and row.public_id == facts.request_id):
            return row
    return None


def _entries(gift: GiftSnapshot, facts: RefundFacts, *, at: datetime, zone: tzinfo) -> Iterator[Entry]:
    """Make the entries: money moves by balance transactions alone, out, and back in if the refund failed."""
    if facts.settled:
        yield postings.refund_made(
            subject=gift.subject,
            refunded=facts.amount,
            settled=facts.settled,
            fund_id=gift.fund_id,
            on=local_day(facts.settled_on or at, zone),
        )
    if facts.returned:
        yield postings.refund_failed(
            subject=gift.subject,
            refunded=facts.amount,
            returned=facts.returned,
            fund_id=gift.fund_id,
            on=local_day(facts.returned_on or at, zone),
        )
