"""What a donor's bank does, for the fake provider: disputes, their movements, fraud warnings."""

from dataclasses import replace
from typing import Any, Protocol

from campaign.domain.money import Money
from campaign.domain.payment import BalanceTransaction, DisputeFacts, DisputeMovement, FraudWarningFacts, PaymentFacts
from campaign.gateways.clock import Clock


class Tells(Protocol):
    """The part of the fake provider that this one changes."""

    facts: dict[str, PaymentFacts]

    @property
    def clock(self) -> Clock: ...

    def _tell(self, checkout_id: str, **news: Any) -> None: ...


class FakeDisputes:
    """Disputes of the fake provider: opened, moved on by word, and by money."""

    def dispute(self: Tells, checkout_id: str, *, minor: int | None = None, status: str = "needs_response") -> str:
        """The donor's bank asks or claims; no money has moved yet. The dispute's id."""
        facts = self.facts[checkout_id]
        made = DisputeFacts(
            provider_id=f"dp_{checkout_id}_{len(facts.disputes) + 1}",
            amount=Money(minor or facts.amount.minor, facts.amount.currency),
            reason="fraudulent",
            status=status,
            opened_at=self.clock.now(),
            due_at=None,
            withdrawals=(),
            returns=(),
        )
        self._tell(checkout_id, disputes=(*facts.disputes, made))
        return made.provider_id

    def withdraw(self: Tells, dispute_id: str, *, gross: Money | None = None, fee_minor: int = 15_00) -> None:
        """The bank takes the money, and the provider its fee; `gross` is given where it was converted."""
        dispute = _dispute(self, dispute_id)
        into = gross or dispute.amount
        number = len(dispute.withdrawals) + 1
        taken = BalanceTransaction(f"txn_{dispute_id}_out{number}", into, Money(fee_minor, into.currency))
        _change(self, replace(dispute, withdrawals=(*dispute.withdrawals, DisputeMovement(taken, self.clock.now()))))

    def reinstate(self: Tells, dispute_id: str, *, gross: Money | None = None, fee_minor: int = 0) -> None:
        """The money comes back; a negative fee is one that comes back too."""
        dispute = _dispute(self, dispute_id)
        into = gross or dispute.withdrawals[-1].settled.gross
        number = len(dispute.returns) + 1
        back = BalanceTransaction(f"txn_{dispute_id}_in{number}", into, Money(fee_minor, into.currency))
        _change(self, replace(dispute, returns=(*dispute.returns, DisputeMovement(back, self.clock.now()))))

    def call_dispute(self: Tells, dispute_id: str, status: str) -> None:
        """The provider has another word for it; no money moves. As at the real one, only an event tells when."""
        known = _dispute(self, dispute_id)
        _change(self, replace(known, status=status))

    def warn(self: Tells, checkout_id: str, *, is_actionable: bool = True) -> str:
        """The card's issuer suspects fraud; the warning's id. Said again, it may not be actionable any more."""
        made = FraudWarningFacts(
            provider_id=f"issfr_{checkout_id}",
            fraud_type="unauthorized_use_of_card",
            is_actionable=is_actionable,
            made_at=self.clock.now(),
        )
        self._tell(checkout_id, warnings=(made,))
        return made.provider_id


def _dispute(provider: Tells, dispute_id: str) -> DisputeFacts:
    known = [dispute for facts in provider.facts.values() for dispute in facts.disputes]
    return next(dispute for dispute in known if dispute.provider_id == dispute_id)


def _change(provider: Tells, changed: DisputeFacts) -> None:
    for checkout_id, facts in list(provider.facts.items()):
        if any(known.provider_id == changed.provider_id for known in facts.disputes):
            disputes = tuple(changed if known.provider_id == changed.provider_id else known for known in facts.disputes)
            provider._tell(checkout_id, disputes=disputes)
