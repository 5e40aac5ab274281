"""The part of `settling` about disputes and fraud warnings, both keyed by the provider's ids.

Money moves by balance transactions alone, never by a status or an event's name. A write-off stands until the money
comes back.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from campaign.domain import postings
from campaign.domain.calendar import local_day
from campaign.domain.disputes import DisputeState, dispute_state, money_position
from campaign.domain.donation import RefundState
from campaign.domain.fraud_hold import FraudSign, KnownSign, Suspicion
from campaign.domain.gift import GiftSnapshot, HistoryLine
from campaign.domain.journal import Entry, reversal_of
from campaign.domain.money import Money
from campaign.domain.payment import DisputeFacts, DisputeMovement, FraudWarningFacts, PaymentFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeStatus:
    """What a dispute has reached. The names are the columns' own; the ids are those of its latest movements."""

    amount_minor: int
    reason: str
    state: DisputeState
    status: str  # the provider's word
    due_at: datetime | None
    withdrawal_id: str | None
    reinstatement_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownDispute:
    """A dispute of the gift in our rows."""

    id: int
    provider_id: str
    status: DisputeStatus

    @property
    def written_off_id(self) -> str | None:
        """The withdrawal that the books have written off."""
        return self.status.withdrawal_id if self.status.state is DisputeState.LOST else None


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeChange:
    """A dispute to be written: a new row, or a new status of a known one."""

    known: KnownDispute | None
    facts: DisputeFacts
    status: DisputeStatus

    def history_line(self) -> HistoryLine:
        """Return the step for the gift's history."""
        detail: dict[str, object] = {
            "dispute": self.facts.provider_id,
            "minor": self.facts.amount.minor,
            "status": self.facts.status,
        }
        return HistoryLine(f"dispute_{self.status.state}", detail)


@dataclass(frozen=True, slots=True)
class SettledDisputes:
    """What the reported disputes change, and the sum that is lost to them."""

    changes: tuple[DisputeChange, ...]
    entries: tuple[Entry, ...]
    charged_back_minor: int
    states: frozenset[DisputeState] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownWarning:
    """A fraud warning of the gift in our rows."""

    id: int
    provider_id: str
    sign: FraudSign
    is_actionable: bool
    is_approved: bool  # a person decided about it


@dataclass(frozen=True, slots=True, kw_only=True)
class WarningChange:
    """A fraud warning to be written: a new row, or a known one about which something else can be done, or was decided."""

    known: KnownWarning | None
    facts: FraudWarningFacts

    def history_line(self) -> HistoryLine:
        """Return the step for the gift's history."""
        kind = f"fraud_{self.facts.sign}" if self.known is None else f"fraud_{self.facts.sign}_over"
        return HistoryLine(kind, {"warning": self.facts.provider_id})


def settle_disputes(
    gift: GiftSnapshot, reported: Sequence[DisputeFacts], known: Iterable[KnownDispute], *, at: datetime, zone: tzinfo
) -> SettledDisputes:
    """Compare every dispute that the provider reports with our rows. A gift without disputes is left as it is."""
    if not reported:
        return SettledDisputes((), (), gift.charged_back_minor)
    rows = {row.provider_id: row for row in known}
    statuses = {row.provider_id: row.status for row in rows.values()}
    changes: list[DisputeChange] = []
    for facts in sorted(reported, key=lambda dispute: (dispute.opened_at, dispute.provider_id)):
        status = _status_of(facts, rows.get(facts.provider_id))
        if statuses.get(facts.provider_id) != status:
            changes.append(DisputeChange(known=rows.get(facts.provider_id), facts=facts, status=status))
            statuses[facts.provider_id] = status
    return SettledDisputes(
        changes=tuple(changes),
        entries=tuple(entry for change in changes for entry in _entries(gift, change, at=at, zone=zone)),
        charged_back_minor=sum(
            status.amount_minor for status in statuses.values() if status.state is DisputeState.LOST
        ),
        states=frozenset(status.state for status in statuses.values()),
    )


def settle_warnings(reported: Sequence[FraudWarningFacts], known: Iterable[KnownWarning]) -> tuple[WarningChange, ...]:
    """Compare every fraud warning that the provider reports with our rows."""
    rows = {row.provider_id: row for row in known}
    changes = (
        WarningChange(known=rows.get(facts.provider_id), facts=facts)
        for facts in sorted(reported, key=lambda warning: (warning.made_at, warning.provider_id))
    )
    return tuple(change for change in changes if change.known is None or _is_other(change.known, change.facts))


def _is_other(known: KnownWarning, facts: FraudWarningFacts) -> bool:
    return known.is_actionable != facts.is_actionable or (facts.is_approved and not known.is_approved)


def suspicion_of(
    facts: PaymentFacts, known: Iterable[KnownWarning], disputes: SettledDisputes, *, left: Money
) -> Suspicion:
    """Return what decides about holding a gift, of which `left` is left.

    A report may lack signs that an earlier one had: the provider shows some of them only to who asks for the whole payment.
    """
    signs = {row.provider_id: KnownSign(sign=row.sign, is_approved=row.is_approved) for row in known}
    for reported in facts.warnings:
        row = signs.get(reported.provider_id)
        is_approved = reported.is_approved or (row is not None and row.is_approved)
        signs[reported.provider_id] = KnownSign(sign=reported.sign, is_approved=is_approved)
    under_way = (RefundState.PENDING, RefundState.SUCCEEDED)
    return Suspicion(
        signs=tuple(signs.values()),
        remaining_minor=left.minor,
        is_refund_under_way=any(one.state in under_way and one.settled is None for one in facts.refunds),
        disputes=disputes.states,
    )


def _status_of(facts: DisputeFacts, known: KnownDispute | None) -> DisputeStatus:
    """Return the reported status; what was written off stays lost, whatever the provider says, until the money is back."""
    state = dispute_state(facts.status, money_position(withdrawals=len(facts.withdrawals), returns=len(facts.returns)))
    withdrawal_id = _latest_id(facts.withdrawals)
    written_off_id = known.written_off_id if known else None
    if written_off_id is not None and state is DisputeState.OPEN and written_off_id == withdrawal_id:
        state = DisputeState.LOST
    return DisputeStatus(
        amount_minor=facts.amount.minor,
        reason=facts.reason,
        state=state,
        status=facts.status,
        due_at=facts.due_at,
        withdrawal_id=withdrawal_id,
        reinstatement_id=_latest_id(facts.returns),
    )


def _entries(gift: GiftSnapshot, change: DisputeChange, *, at: datetime, zone: tzinfo) -> Iterator[Entry]:
    """Make all entries of a dispute; the journal skips those that it has, and a loss is written off once."""
    facts, written_off_id = change.facts, change.known.written_off_id if change.known else None
    for number, taken in enumerate(facts.withdrawals):
        yield postings.dispute_opened(
            subject=gift.subject, withdrawn=taken.settled, fund_id=gift.fund_id, on=local_day(taken.at, zone)
        )
        lost = postings.dispute_lost(
            subject=gift.subject,
            disputed=facts.amount,
            withdrawn=taken.settled,
            fund_id=gift.fund_id,
            on=local_day(max(taken.at, facts.closed_at or at), zone),
        )
        is_written_off = taken.settled.transaction_id == written_off_id
        if number >= len(facts.returns):
            if change.status.state is DisputeState.LOST and not is_written_off:
                yield lost
            continue
        returned = facts.returns[number]
        day = local_day(returned.at, zone)
        if is_written_off:
            yield reversal_of(lost, source=f"reversal:{lost.source}", on=day)
        yield postings.dispute_won(
            subject=gift.subject, withdrawn=taken.settled, returned=returned.settled, fund_id=gift.fund_id, on=day
        )


def _latest_id(movements: Sequence[DisputeMovement]) -> str | None:
    return movements[-1].settled.transaction_id if movements else None
