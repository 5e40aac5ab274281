"""The rule of suspected fraud: when a gift is held from public sums, the supporters list and its receipt. Pure.

A sign of fraud holds a gift until a person decides: here, or at the provider by approving its review. A dispute takes the
decision away from both: the donor's bank decides then.
"""

from collections.abc import Collection
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
class Suspicion:
    """What is known of a gift besides the state of its hold."""

    has_new_sign: bool  # one that was not known before, and about which something can still be done
    is_cleared: bool  # a person approved the provider's review, and the issuer warns of nothing
    remaining_minor: int  # of the charge, after refunds and lost disputes
    is_refund_under_way: bool = False  # money is going back and has not left the balance
    disputes: Collection[DisputeState] = ()


def next_hold(hold: FraudHold, suspicion: Suspicion) -> FraudHold:
    """Return what a hold becomes, given all that is known now; the same facts once more change nothing.

    A new sign opens a decision again, also after an approval: it is another suspicion. It does not where nothing is left of
    the gift, or where there is a dispute, which says more than a sign. A hold ends when the money has left, not before: until
    then the ledger still has it.
    """
    is_open = hold not in {FraudHold.NONE, FraudHold.APPROVED}
    if not is_open and (not suspicion.has_new_sign or suspicion.remaining_minor <= 0 or suspicion.disputes):
        return hold
    if suspicion.remaining_minor <= 0:
        return hold if suspicion.is_refund_under_way else FraudHold.ENDED
    if any(state in UNDECIDED for state in suspicion.disputes):
        return FraudHold.DISPUTED
    if suspicion.disputes or suspicion.is_cleared:
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
