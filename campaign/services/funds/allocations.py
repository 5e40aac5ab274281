"""Allocation: money of a fund becomes an event's, a grant's or a budget line's; one person proposes, another approves.

A cover is the same for a fund below zero: money that no donor restricted brings it up to zero, and not beyond.

The rules stand in `domain.allocation`: who decides, what is available, what the donors' purpose allows. Here the rows
are read and locked, the rules called and the result written. The database refuses the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.database import transaction
from campaign.days import local_day
from campaign.domain.allocation import (
    AllocationState,
    FundPlace,
    FundTransfer,
    Proposal,
    check_amount,
    check_reason,
    keeps_restriction,
    receiving_fund,
)
from campaign.domain.errors import FormReused, NotFound
from campaign.domain.journal import EntryKind
from campaign.domain.money import Money
from campaign.domain.postings import transferred
from campaign.gateways.clock import Clock
from campaign.models.allocation import Allocation
from campaign.models.fund import Fund, FundTransferRule
from campaign.services import audit
from campaign.services.campaigns.revision import count_public_change
from campaign.services.ledger import availability, posting, sums
from campaign.services.staff.account_ties import check_independent


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A requested transfer: from a fund to a target, or back."""

    campaign_id: int
    kind: EntryKind  # ALLOCATION, TAKE_BACK or COVER
    source: str  # the fund's public id
    target: str
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocationPreview:
    """What a move would do now. `target_code` may name the child fund in which a theme's money stays restricted."""

    move: Move
    source_id: int
    target_id: int
    source_code: str
    target_code: str
    source_title: dict[str, str]
    target_title: dict[str, str]
    is_restricted: bool
    transfer: FundTransfer


def preview(session: Session, move: Move) -> AllocationPreview:
    """Return the move with balances before and after, and the fund that would receive the money.

    Raises:
        NotFound: A fund is unknown.
        MoneyMayNotGoThere: The donors' purpose does not allow the target.
        NothingToMove: The amount is zero.
    """
    check_amount(move.amount)
    source = _fund(session, move.campaign_id, move.source)
    target = _fund(session, move.campaign_id, move.target)
    receiver = _receiving_fund(session, move.kind, source=source, target=target)
    return AllocationPreview(
        move=move,
        source_id=source.id,
        target_id=receiver.id,
        source_code=source.code,
        target_code=receiver.code,
        source_title=source.title,
        target_title=receiver.title,
        is_restricted=keeps_restriction(move.kind, _place(source), _place(receiver)),
        transfer=_transfer(session, move.kind, move.amount, source_id=source.id, target_id=receiver.id),
    )


def propose(move: Move, *, public_id: str, reason: str, actor_id: int, clock: Clock) -> str:
    """Propose a move for approval; sent twice with the same `public_id` (made with the form) it is one proposal.

    Raises:
        NotFound, MoneyMayNotGoThere, NothingToMove: As `preview` does.
        NotEnoughFunds: The source has too little available.
        MoreThanIsMissing: A cover would go beyond zero.
        AllocationReasonMissing: There is no reason.
        FormReused: This id belongs to another proposal.
    """
    with transaction() as session:
        propose_in(session, move, public_id=public_id, reason=reason, actor_id=actor_id, at=clock.now())
    return public_id


def propose_in(session: Session, move: Move, *, public_id: str, reason: str, actor_id: int, at: datetime) -> None:
    """Propose a move within the caller's transaction, as `propose` does."""
    reason = check_reason(reason)
    shown = preview(session, move)
    if _is_known(session, shown, public_id):
        return
    shown.transfer.check()
    session.add(
        Allocation(
            public_id=public_id,
            campaign_id=move.campaign_id,
            kind=move.kind.value,
            source_id=shown.source_id,
            target_id=shown.target_id,
            currency=move.amount.currency,
            amount_minor=move.amount.minor,
            reason=reason,
            proposed_by=actor_id,
            proposed_at=at,
        )
    )
    detail = {"from": shown.source_code, "to": shown.target_code, "amount_minor": move.amount.minor}
    _record(session, "propose", public_id, actor_id, at, {**detail, "currency": move.amount.currency})


def approve(
    public_id: str, *, campaign_id: int | None = None, actor_id: int, clock: Clock, figures: str | None = None
) -> None:
    """Approve a proposal: post its entry once.

    Args:
        figures: The balances that the approver was shown (`FundTransfer.figures`).

    Raises:
        SelfApproval: The approver proposed it.
        DependentApproval: Proposer and approver may be one person.
        AlreadyDecided: It is not open any more.
        BalancesChanged: The balances are not those of `figures`.
        NotEnoughFunds, MoreThanIsMissing: The balances do not allow it now.
        MoneyMayNotGoThere: The database refuses the transfer.
    """
    at = clock.now()
    with transaction() as session:
        row = _lock(session, public_id, campaign_id)
        _proposal(row).check_decision(actor_id)
        check_independent(session, row.proposed_by, actor_id)
        posting.lock_funds(session, (row.source_id, row.target_id))
        kind, amount = EntryKind(row.kind), Money(row.amount_minor, row.currency)
        transfer = _transfer(session, kind, amount, source_id=row.source_id, target_id=row.target_id)
        if figures is not None:
            transfer.check_shown(figures)
        transfer.check()
        entry = transferred(
            kind=kind,
            public_id=public_id,
            amount=amount,
            source_fund=row.source_id,
            target_fund=row.target_id,
            on=local_day(at),
        )
        posting.post(session, entry, campaign_id=row.campaign_id, at=at, actor_id=actor_id, note=row.reason)
        _decide(row, AllocationState.APPROVED, actor_id, at)
        count_public_change(session, row.campaign_id)
        detail = {"amount_minor": row.amount_minor, "currency": row.currency, "figures": figures}
        _record(session, "approve", public_id, actor_id, at, detail)


def reject(public_id: str, *, campaign_id: int | None = None, note: str, actor_id: int, clock: Clock) -> None:
    """Reject a proposal with a reason. Raises SelfApproval, AlreadyDecided and AllocationReasonMissing."""
    note = check_reason(note)
    with transaction() as session:
        row = _lock(session, public_id, campaign_id)
        _proposal(row).check_decision(actor_id)
        _decide(row, AllocationState.REJECTED, actor_id, clock.now())
        row.decision_note = note
        _record(session, "reject", public_id, actor_id, clock.now(), {})


def withdraw(public_id: str, *, campaign_id: int | None = None, actor_id: int, clock: Clock) -> None:
    """The proposer thinks better of it. Raises NotProposer and AlreadyDecided."""
    with transaction() as session:
        row = _lock(session, public_id, campaign_id)
        _proposal(row).check_withdrawal(actor_id)
        _decide(row, AllocationState.WITHDRAWN, actor_id, clock.now())
        _record(session, "withdraw", public_id, actor_id, clock.now(), {})


def _is_known(session: Session, shown: AllocationPreview, public_id: str) -> bool:
    """Whether this very move was proposed by this form before."""
    query = select(
        Allocation.kind, Allocation.source_id, Allocation.target_id, Allocation.currency, Allocation.amount_minor
    )
    known = session.execute(query.where(Allocation.public_id == public_id)).one_or_none()
    if known is None:
        return False
    amount = shown.move.amount
    if tuple(known) != (shown.move.kind.value, shown.source_id, shown.target_id, amount.currency, amount.minor):
        raise FormReused(public_id)
    return True


def _fund(session: Session, campaign_id: int, public_id: str) -> Fund:
    query = select(Fund).where(Fund.campaign_id == campaign_id, Fund.public_id == public_id)
    fund = session.execute(query).scalar_one_or_none()
    if fund is None:
        raise NotFound(f"fund:{public_id}")
    return fund


def _receiving_fund(session: Session, kind: EntryKind, *, source: Fund, target: Fund) -> Fund:
    """Return the fund that really receives the money, as `domain.allocation` decides."""
    allowed = {fund.id: fund for fund in _allowed(session, kind, source)}
    places = [_place(fund) for fund in allowed.values()]
    receiver = receiving_fund(kind, _place(source), _place(target), places)
    return allowed.get(receiver.id, target)


def _allowed(session: Session, kind: EntryKind, source: Fund) -> Sequence[Fund]:
    """Return the funds to which money of the source may go, or go back."""
    if kind is EntryKind.COVER:
        return ()
    here, there = FundTransferRule.source_id, FundTransferRule.target_id
    if kind is EntryKind.TAKE_BACK:
        here, there = there, here
    query = select(Fund).join(FundTransferRule, there == Fund.id).where(here == source.id).order_by(Fund.id)
    return session.execute(query).scalars().all()


def _place(fund: Fund) -> FundPlace:
    return FundPlace(id=fund.id, kind=fund.kind, target_id=fund.target_id)


def _transfer(session: Session, kind: EntryKind, amount: Money, *, source_id: int, target_id: int) -> FundTransfer:
    """Read what both funds hold; lock the funds first where something is decided by it."""
    return FundTransfer(
        kind=kind,
        amount=amount,
        source=availability.holding_of(session, source_id, amount.currency),
        target_before=sums.balance_of(session, target_id, amount.currency),
    )


def _lock(session: Session, public_id: str, campaign_id: int | None) -> Allocation:
    """Read the allocation and lock it until the transaction ends; NotFound where the campaign has none of this name."""
    query = select(Allocation).where(Allocation.public_id == public_id)
    if campaign_id is not None:
        query = query.where(Allocation.campaign_id == campaign_id)
    row = session.execute(query.with_for_update().execution_options(populate_existing=True)).scalar_one_or_none()
    if row is None:
        raise NotFound(f"allocation:{public_id}")
    return row


def _proposal(row: Allocation) -> Proposal:
    return Proposal(state=row.state, proposed_by=row.proposed_by)


def _decide(row: Allocation, state: AllocationState, actor_id: int, at: datetime) -> None:
    row.state, row.decided_by, row.decided_at = state, actor_id, at


def _record(session: Session, act: str, public_id: str, actor_id: int, at: datetime, detail: dict[str, object]) -> None:
    subject = f"allocation:{public_id}"
    audit.record(session, actor_id=actor_id, action=f"allocation:{act}", subject=subject, at=at, detail=detail)
