"""The rule of suspected fraud: when a gift is held from public sums, the supporters list and its receipt. Pure.

A sign of fraud holds a gift until a person decides: here, or at the provider by approving its review. A dispute takes the
decision away from both: the donor's bank decides then. The hold is a function of what is known and of what persons decided,
so whatever order the news came in, the same facts and decisions give the same hold.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from campaign.domain.disputes import UNDECIDED, DisputeState
from campaign.domain.errors import Conflict


class HoldDecided(Conflict):
    """Nobody has to decide about the gift: somebody has, it went back, or the donor's bank decides."""


class FraudSign(StrEnum):
    """What raises a suspicion."""

    WARNING = "warning"  # the card's issuer suspects fraud
    REVIEW = "review"  # the provider wants somebody to look at the payment
    RISK = "risk"  # the provider judged the payment to be of elevated risk


class FraudHold(StrEnum):
    """What a suspicion has come to."""

    NONE = "none"  # nobody suspects anything
    WAITING = "waiting"  # a person is to decide
    DISPUTED = "disputed"  # the donor's bank decides
    APPROVED = "approved"  # it was decided that the gift is good
    ENDED = "ended"  # nothing is left of the gift


HELD = (FraudHold.WAITING, FraudHold.DISPUTED)
"""States in which a gift is in no public sum, on no list, and has no first receipt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownSign:
    """A sign of fraud, and whether a person decided about it: here, or at the provider about its review."""

    sign: FraudSign
    is_approved: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspicion:
    """All that is known of a gift under suspicion, and what persons decided."""

    signs: Sequence[KnownSign]
    remaining_minor: int  # of the charge, after refunds and lost disputes
    is_refund_under_way: bool = False  # money is going back and has not left the balance
    disputes: Collection[DisputeState] = ()

    @property
    def is_approved(self) -> bool:
        """Whether a person decided about every sign; who approves a review has looked at the risk too."""
        is_reviewed = any(known.sign is FraudSign.REVIEW and known.is_approved for known in self.signs)
        return all(known.is_approved or (known.sign is FraudSign.RISK and is_reviewed) for known in self.signs)


def hold_of(suspicion: Suspicion) -> FraudHold:
    """Return the hold of a gift; what it was before is of no account.

    A sign that came after an approval is another suspicion, and opens the decision again. A hold ends when the money has
    left, not before: until then the ledger still has it. A bank that decided and left something of the gift released it.
    """
    if not suspicion.signs:
        return FraudHold.NONE
    if suspicion.is_approved:
        return FraudHold.APPROVED
    if suspicion.remaining_minor <= 0 and not suspicion.is_refund_under_way:
        return FraudHold.ENDED
    if any(state in UNDECIDED for state in suspicion.disputes):
        return FraudHold.DISPUTED
    if suspicion.disputes and suspicion.remaining_minor > 0:
        return FraudHold.APPROVED
    return FraudHold.WAITING


def approve(hold: FraudHold) -> FraudHold:
    """Return what a person's approval makes of a hold.

    Raises:
        HoldDecided: Nobody has to decide.
    """
    if hold is not FraudHold.WAITING:
        raise HoldDecided(hold)
    return FraudHold.APPROVED
