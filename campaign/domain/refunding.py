"""The rule of sending money back: how much of a gift may be refunded, and what prevents it. Pure."""

from collections.abc import Collection
from dataclasses import dataclass

from campaign.domain.disputes import DisputeLost, DisputeOpen, DisputeState
from campaign.domain.donation import DonationState, NotRefundable, RefundState, RefundTooLarge
from campaign.domain.errors import DomainError
from campaign.domain.money import CurrencyMismatch, Money
from campaign.domain.settling_refunds import REFUNDED_STATES

UNDER_WAY_STATES = (RefundState.REQUESTED, *REFUNDED_STATES)
"""States of refunds that take from what may still be sent back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundPosition:
    """What decides whether money of a gift may go back."""

    state: str  # a DonationState
    charge: Money
    under_way_minor: int  # the sum of its refunds in UNDER_WAY_STATES
    dispute_states: Collection[str]

    @property
    def remaining(self) -> Money:
        """The charge less what went back or is about to."""
        return Money(self.charge.minor - self.under_way_minor, self.charge.currency)

    @property
    def blocker(self) -> DomainError | None:
        """Why nothing may be refunded; None where something may.

        The provider refunds nothing while the donor's bank holds the money or once it has returned some of it. An
        inquiry blocks nothing; a whole refund ends it.
        """
        if self.state != DonationState.PAID:
            return NotRefundable()
        if DisputeState.OPEN in self.dispute_states:
            return DisputeOpen()
        if DisputeState.LOST in self.dispute_states:
            return DisputeLost()
        return NotRefundable() if self.remaining.minor <= 0 else None

    def check(self) -> Money:
        """Return the amount that may be refunded.

        Raises:
            NotRefundable: The gift is not paid, or all of it has gone back.
            DisputeOpen: The donor's bank holds the money.
            DisputeLost: The donor has some of the money back from the bank.
        """
        if (blocker := self.blocker) is not None:
            raise blocker
        return self.remaining


def check_refund(amount: Money, refundable: Money) -> None:
    """Refuse an amount that does not fit what may be refunded.

    Raises:
        CurrencyMismatch: It is in another currency than the gift.
        RefundTooLarge: It is nothing, or more than may be refunded.
    """
    if amount.currency != refundable.currency:
        raise CurrencyMismatch(amount.currency)
    if not 0 < amount.minor <= refundable.minor:
        raise RefundTooLarge(amount)
