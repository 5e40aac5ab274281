"""The rules of allocation: what may be moved where, how much, and who decides. Pure: the services read and write.

An allocation makes money of a fund that collects gifts an event's, a grant's or a budget line's; a take-back returns
it. A cover brings a fund below zero up to zero, with money that no donor restricted. One person proposes, another one
decides. The database refuses the same.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from campaign.domain.errors import Conflict, DomainError
from campaign.domain.fund import FundKind
from campaign.domain.journal import EntryKind
from campaign.domain.money import Money

TARGET_KINDS = (FundKind.EVENT, FundKind.GRANT, FundKind.LINE)
"""Funds that staff allocate to."""
UNRESTRICTED_KINDS = (FundKind.GENERAL, *TARGET_KINDS)
"""Funds whose money no donor has restricted: only they may cover another fund."""
SPENDING_KINDS = (*TARGET_KINDS, FundKind.RESTRICTED)
"""Funds that money is paid out of."""


class AllocationKind(StrEnum):
    """Which way the money moves."""

    ALLOCATION = "allocation"
    TAKE_BACK = "take_back"
    COVER = "cover"  # the general fund pays what a fund lacks


class AllocationState(StrEnum):
    """What became of a proposal; a second person decides."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class NotEnoughFunds(DomainError):
    """A voluntary move would take a fund below zero."""


class MoneyMayNotGoThere(DomainError):
    """The target lies outside what the donors gave the money for."""


class MoreThanIsMissing(DomainError):
    """A fund is covered up to zero, and not beyond."""


class NothingToMove(DomainError):
    """The amount is not more than nothing."""


class AllocationReasonMissing(DomainError):
    """A proposal says why, and so does a rejection."""


class SelfApproval(DomainError):
    """Who proposed an allocation does not approve or reject it."""


class DependentApproval(DomainError):
    """Proposer and approver may be one person: one of them made the other's account, and nobody else has confirmed it."""


class NotProposer(DomainError):
    """Only who proposed an allocation withdraws it."""


class AlreadyDecided(Conflict):
    """The allocation was approved, rejected or withdrawn before."""


class BalancesChanged(Conflict):
    """The balances are not those that the approver was shown."""


@dataclass(frozen=True, slots=True)
class Holding:
    """What a fund holds in one currency, and what of it open disputes of its gifts have withdrawn."""

    balance: Money
    disputed: Money

    @property
    def available(self) -> Money:
        """What may be moved or paid out; below zero where the fund owes."""
        return self.balance - self.disputed


@dataclass(frozen=True, slots=True, kw_only=True)
class FundPlace:
    """A fund as the rules of allocation see it. `target_id` is the event or grant inside which a restricted one stands."""

    id: int
    kind: str
    target_id: int | None = None

    @property
    def is_restricted(self) -> bool:
        """Whether the money in it stays bound to a theme."""
        return self.kind == FundKind.RESTRICTED


@dataclass(frozen=True, slots=True, kw_only=True)
class FundTransfer:
    """An amount that is to move, with what both funds hold before."""

    kind: EntryKind  # ALLOCATION, TAKE_BACK or COVER
    amount: Money
    source: Holding
    target_before: Money

    @property
    def source_before(self) -> Money:
        return self.source.balance

    @property
    def source_after(self) -> Money:
        return self.source.balance - self.amount

    @property
    def target_after(self) -> Money:
        return self.target_before + self.amount

    @property
    def is_too_much(self) -> bool:
        """Whether the source has less than this available."""
        return self.amount.minor > self.source.available.minor

    @property
    def is_beyond_zero(self) -> bool:
        """Whether a cover is more than the target lacks."""
        return self.kind is EntryKind.COVER and self.target_after.minor > 0

    @property
    def figures(self) -> str:
        """The balances as one word, for the form that the approver sends back."""
        return f"{self.source.balance.minor}:{self.target_before.minor}:{self.source.disputed.minor}"

    def check(self) -> None:
        """Refuse what the balances do not allow.

        Raises:
            NotEnoughFunds: The source has too little available.
            MoreThanIsMissing: A cover would bring the target above zero.
        """
        if self.is_too_much:
            raise NotEnoughFunds
        if self.is_beyond_zero:
            raise MoreThanIsMissing

    def check_shown(self, figures: str) -> None:
        """Refuse an approval that was given for other balances.

        Raises:
            BalancesChanged: They are not those that the approver was shown.
        """
        if figures != self.figures:
            raise BalancesChanged


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A proposed allocation, as far as it matters who decides."""

    state: str
    proposed_by: int

    def check_decision(self, actor_id: int) -> None:
        """Refuse an approval or rejection by the proposer, or of what is decided.

        Raises:
            AlreadyDecided: It was approved, rejected or withdrawn before.
            SelfApproval: The actor proposed it.
        """
        self._check_open()
        if self.proposed_by == actor_id:
            raise SelfApproval

    def check_withdrawal(self, actor_id: int) -> None:
        """Refuse a withdrawal by another one than the proposer, or of what is decided.

        Raises:
            AlreadyDecided: It was approved, rejected or withdrawn before.
            NotProposer: Somebody else proposed it.
        """
        self._check_open()
        if self.proposed_by != actor_id:
            raise NotProposer

    def _check_open(self) -> None:
        if self.state != AllocationState.PROPOSED:
            raise AlreadyDecided(self.state)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountTie:
    """An administrator made an account, gave it a role over money, or sent its emails to another address.

    Attributes:
        maker_id: The administrator.
        account_id: The account.
        is_confirmed: Whether another administrator has confirmed since that a person of its own uses it.
    """

    maker_id: int
    account_id: int
    is_confirmed: bool


def check_independence(proposer_id: int, approver_id: int, ties: Iterable[AccountTie]) -> None:
    """Refuse an approval where both accounts may be one person's: whoever makes a second mailbox would decide alone.

    Raises:
        DependentApproval: One of them made the other account, and no other administrator has confirmed it.
    """
    pair = {proposer_id, approver_id}
    if any({tie.maker_id, tie.account_id} == pair and not tie.is_confirmed for tie in ties):
        raise DependentApproval


def check_amount(amount: Money) -> None:
    """Refuse an amount that moves nothing.

    Raises:
        NothingToMove: It is zero or less.
    """
    if amount.minor <= 0:
        raise NothingToMove


def check_reason(reason: str) -> str:
    """Return the reason without the blanks around it.

    Raises:
        AllocationReasonMissing: There is none.
    """
    if not reason.strip():
        raise AllocationReasonMissing
    return reason.strip()


def receiving_fund(
    kind: EntryKind, source: FundPlace, target: FundPlace, allowed: Sequence[FundPlace] = ()
) -> FundPlace:
    """Return the fund that really receives the money.

    Staff name a theme and an event; the money goes to the theme's own fund inside the event and so stays restricted.

    Args:
        kind: ALLOCATION, TAKE_BACK or COVER.
        source: The fund that gives.
        target: The fund that staff named.
        allowed: The funds to which the donors' purpose allows the source's money to go, in order, or for a take-back,
            those from which it may have come; a cover needs none.

    Raises:
        MoneyMayNotGoThere: The purpose does not allow it.
    """
    if kind is EntryKind.COVER:
        if source.kind not in UNRESTRICTED_KINDS or target.id == source.id:
            raise MoneyMayNotGoThere
        return target
    for fund in allowed:
        if fund.id == target.id or (kind is EntryKind.ALLOCATION and fund.target_id == target.id):
            return fund
    raise MoneyMayNotGoThere


def keeps_restriction(kind: EntryKind, source: FundPlace, holder: FundPlace) -> bool:
    """Return whether the money that moves stays bound to a theme, as the preview says."""
    return kind is not EntryKind.COVER and (source.is_restricted or holder.is_restricted)
