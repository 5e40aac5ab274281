"""Allocation: money of a fund becomes an event's, a grant's or a budget line's; one person proposes, another approves.

A cover is the same for a fund below zero: money that no donor restricted brings it up to zero, and not beyond.

Every proposal is shown with the balances before and after, computed anew each time it is looked at. What may
not be, the database refuses: too much, or against what the donors gave for.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from campaign.database import transaction
from campaign.days import local_day
from campaign.domain.allocation import AllocationState
from campaign.domain.errors import Conflict, DomainError, FormReused, NotFound
from campaign.domain.journal import EntryKind
from campaign.domain.money import Money
from campaign.domain.postings import transferred
from campaign.gateways.clock import Clock
from campaign.models.allocation import Allocation
from campaign.models.fund import Fund, FundTransferRule
from campaign.services import audit
from campaign.services.campaigns.revision import count_public_change
from campaign.services.ledger import availability, posting
from campaign.services.ledger.posting import MoneyMayNotGoThere, NotEnoughFunds

TARGETS = ("event", "grant", "line")
UNRESTRICTED = ("general", *TARGETS)
"""Kinds of funds whose money no donor has restricted: only they may cover another fund."""


class SelfApproval(DomainError):
    """Who proposed an allocation does not approve or reject it."""


class NotProposer(DomainError):
    """Only who proposed an allocation withdraws it."""


class AlreadyDecided(Conflict):
    """The allocation was approved, rejected or withdrawn before."""


class BalancesChanged(Conflict):
    """The balances are not those that the approver was shown."""


class AllocationReasonMissing(DomainError):
    """A proposal says why, and so does a rejection."""


class MoreThanIsMissing(DomainError):
    """A fund is covered up to zero, and not beyond."""


class NothingToMove(DomainError):
    """The amount is not more than nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What somebody wants moved: from a fund to a target (or back), in minor units of a currency."""

    campaign_id: int
    kind: EntryKind  # ALLOCATION, TAKE_BACK or COVER
    source: str  # the fund's public id
    target: str
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocationPreview:
    """What a move would do now. `holder_code` names the child fund in which a theme's money stays restricted."""

    move: Move
    source_id: int
    target_id: int
    source_code: str
    target_code: str
    source_title: dict[str, str]
    target_title: dict[str, str]
    is_restricted: bool
    source_before: Money
    target_before: Money
    disputed: Money
    """What open disputes hold of the source's money: it stands in the balance, and is not there."""

    @property
    def source_after(self) -> Money:
        return self.source_before - self.move.amount

    @property
    def target_after(self) -> Money:
        return self.target_before + self.move.amount

    @property
    def is_too_much(self) -> bool:
        """The source does not hold as much, disputed money left out; the database would refuse it."""
        return self.source_after.minor < self.disputed.minor

    @property
    def is_beyond_zero(self) -> bool:
        """The cover is more than the target lacks; the database would refuse it."""
        return self.move.kind is EntryKind.COVER and self.target_after.minor > 0

    @property
    def figures(self) -> str:
        """The balances as one word, for the form that the approver signs."""
        return f"{self.source_before.minor}:{self.target_before.minor}:{self.disputed.minor}"


def preview(session: Session, move: Move) -> AllocationPreview:
    """The move with balances before and after, and the fund that would really hold the money.

    Raises NotFound for an unknown fund, MoneyMayNotGoThere where the donors' purpose does not reach the target, and
    NothingToMove.
    """
    if move.amount.minor <= 0:
        raise NothingToMove
    source = _fund(session, move.campaign_id, move.source)
    target = _fund(session, move.campaign_id, move.target)
    holder = _holder(session, move.kind, source=source, target=target)
    currency = move.amount.currency
    held = availability.holding_of(session, source.id, currency)
    return AllocationPreview(
        move=move,
        source_id=source.id,
        target_id=holder.id,
        source_code=source.code,
        target_code=holder.code,
        source_title=source.title,
        target_title=holder.title,
        is_restricted=move.kind is not EntryKind.COVER and "restricted" in {holder.kind, source.kind},
        source_before=held.balance,
        disputed=held.disputed,
        target_before=posting.balance_of(session, holder.id, currency),
    )


def propose(move: Move, *, public_id: str, reason: str, actor_id: int, clock: Clock) -> str:
    """Put a move up for approval; sent twice with the same `public_id` (made with the form) it is one proposal.

    Raises what `preview` raises, NotEnoughFunds when the source has too little available now, MoreThanIsMissing for a cover
    beyond zero, ReasonMissing, and FormReused when the proposal of this name is another.
    """
    if not reason.strip():
        raise AllocationReasonMissing
    with transaction() as session:
        seen = preview(session, move)
        if _is_known(session, seen, public_id):
            return public_id
        if seen.is_too_much:
            raise NotEnoughFunds
        if seen.is_beyond_zero:
            raise MoreThanIsMissing
        session.add(
            Allocation(
                public_id=public_id,
                campaign_id=move.campaign_id,
                kind=move.kind.value,
                source_id=seen.source_id,
                target_id=seen.target_id,
                currency=move.amount.currency,
                amount_minor=move.amount.minor,
                reason=reason.strip(),
                proposed_by=actor_id,
                proposed_at=clock.now(),
            )
        )
        detail = {"from": seen.source_code, "to": seen.target_code, "amount_minor": move.amount.minor}
        _record(session, "propose", public_id, actor_id, clock.now(), {**detail, "currency": move.amount.currency})
    return public_id


def approve(
    public_id: str, *, campaign_id: int | None = None, actor_id: int, clock: Clock, figures: str | None = None
) -> None:
    """Move the money: post the entry, once, in the books.

    `figures` are the balances that the approver was shown (`Preview.figures`); BalancesChanged when they have changed.
    Raises SelfApproval, AlreadyDecided, NotEnoughFunds, MoreThanIsMissing, and MoneyMayNotGoThere when the database refuses.
    """
    now = clock.now()
    with transaction() as session:
        row = _to_decide(session, public_id, campaign_id)
        if row.proposed_by == actor_id:
            raise SelfApproval
        posting.lock_funds(session, (row.source_id, row.target_id))
        if figures is not None and figures != _figures(session, row):
            raise BalancesChanged
        _refuse_too_much(session, row)
        entry = transferred(
            kind=EntryKind(row.kind),
            public_id=public_id,
            amount=Money(row.amount_minor, row.currency),
            source_fund=row.source_id,
            target_fund=row.target_id,
            on=local_day(now),
        )
        posting.post(session, entry, campaign_id=row.campaign_id, at=now, actor_id=actor_id, note=row.reason)
        _decide(row, "approved", actor_id, now)
        count_public_change(session, row.campaign_id)
        detail = {"amount_minor": row.amount_minor, "currency": row.currency, "figures": figures}
        _record(session, "approve", public_id, actor_id, now, detail)


def reject(public_id: str, *, campaign_id: int | None = None, note: str, actor_id: int, clock: Clock) -> None:
    """Say no, and why. Raises SelfApproval, AlreadyDecided and ReasonMissing."""
    if not note.strip():
        raise AllocationReasonMissing
    with transaction() as session:
        row = _to_decide(session, public_id, campaign_id)
        if row.proposed_by == actor_id:
            raise SelfApproval
        _decide(row, "rejected", actor_id, clock.now())
        row.decision_note = note.strip()
        _record(session, "reject", public_id, actor_id, clock.now(), {})


def withdraw(public_id: str, *, campaign_id: int | None = None, actor_id: int, clock: Clock) -> None:
    """The proposer thinks better of it. Raises NotProposer and AlreadyDecided."""
    with transaction() as session:
        row = _to_decide(session, public_id, campaign_id)
        if row.proposed_by != actor_id:
            raise NotProposer
        _decide(row, "withdrawn", actor_id, clock.now())
        _record(session, "withdraw", public_id, actor_id, clock.now(), {})


def _is_known(session: Session, seen: AllocationPreview, public_id: str) -> bool:
    """Whether this very move was proposed by this form before."""
    wanted = select(
        Allocation.kind, Allocation.source_id, Allocation.target_id, Allocation.currency, Allocation.amount_minor
    )
    known = session.execute(wanted.where(Allocation.public_id == public_id)).one_or_none()
    if known is None:
        return False
    amount = seen.move.amount
    if tuple(known) != (seen.move.kind.value, seen.source_id, seen.target_id, amount.currency, amount.minor):
        raise FormReused(public_id)
    return True


def _fund(session: Session, campaign_id: int, public_id: str) -> Fund:
    wanted = select(Fund).where(Fund.campaign_id == campaign_id, Fund.public_id == public_id)
    found = session.execute(wanted).scalar_one_or_none()
    if found is None:
        raise NotFound(f"fund:{public_id}")
    return found


def _holder(session: Session, kind: EntryKind, *, source: Fund, target: Fund) -> Fund:
    """The fund that receives: staff name a theme and an event, and the theme's child inside the event holds it."""
    if kind is EntryKind.COVER:
        if source.kind not in UNRESTRICTED or target.id == source.id:
            raise MoneyMayNotGoThere
        return target
    if kind is EntryKind.TAKE_BACK:
        reach = select(Fund).join(FundTransferRule, FundTransferRule.source_id == Fund.id)
        wanted = reach.where(FundTransferRule.target_id == source.id, Fund.id == target.id)
    else:
        reach = select(Fund).join(FundTransferRule, FundTransferRule.target_id == Fund.id)
        wanted = reach.where(
            FundTransferRule.source_id == source.id, or_(Fund.id == target.id, Fund.target_id == target.id)
        ).order_by(Fund.id)
    found = session.execute(wanted.limit(1)).scalar_one_or_none()
    if found is None:
        raise MoneyMayNotGoThere
    return found


def _to_decide(session: Session, public_id: str, campaign_id: int | None) -> Allocation:
    wanted = select(Allocation).where(Allocation.public_id == public_id)
    if campaign_id is not None:
        wanted = wanted.where(Allocation.campaign_id == campaign_id)
    row = session.execute(wanted.with_for_update().execution_options(populate_existing=True)).scalar_one_or_none()
    if row is None:
        raise NotFound(f"allocation:{public_id}")
    if row.state != AllocationState.PROPOSED:
        raise AlreadyDecided(row.state)
    return row


def _refuse_too_much(session: Session, row: Allocation) -> None:
    """What the database refuses too, by its right name."""
    if availability.holding_of(session, row.source_id, row.currency).available.minor < row.amount_minor:
        raise NotEnoughFunds
    lacking = -posting.balance_of(session, row.target_id, row.currency).minor
    if row.kind == EntryKind.COVER and row.amount_minor > lacking:
        raise MoreThanIsMissing


def _figures(session: Session, row: Allocation) -> str:
    source = availability.holding_of(session, row.source_id, row.currency)
    target = posting.balance_of(session, row.target_id, row.currency)
    return f"{source.balance.minor}:{target.minor}:{source.disputed.minor}"


def _decide(row: Allocation, state: str, actor_id: int, at: datetime) -> None:
    row.state, row.decided_by, row.decided_at = state, actor_id, at


def _record(session: Session, act: str, public_id: str, actor_id: int, at: datetime, detail: dict[str, object]) -> None:
    subject = f"allocation:{public_id}"
    audit.record(session, actor_id=actor_id, action=f"allocation:{act}", subject=subject, at=at, detail=detail)
