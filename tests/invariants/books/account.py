"""Our account at the provider in memory: every movement of the balance, worked out of what it knows, and its payouts."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

from campaign.domain.donation import Fact
from campaign.domain.money import Money
from campaign.domain.payment import BalanceTransaction, DisputeFacts, PaymentFacts
from campaign.gateways import provider_account
from campaign.gateways.clock import Clock
from campaign.gateways.payments import MissingAtProvider

ARRIVES_AFTER = timedelta(days=2)


class Behind(Protocol):
    """What the account needs of the provider that it belongs to."""

    facts: dict[str, PaymentFacts]
    delayed: set[str]

    @property
    def clock(self) -> Clock: ...

    def missed(self) -> list[provider_account.MissedEvent]: ...

    def count_call(self, name: str) -> None: ...

    def answers(self) -> None: ...


@dataclass
class Account:
    """The other side of the provider: balance, payouts, and lists of what was made of late."""

    provider: Behind
    sent: dict[str, provider_account.PayoutFacts] = field(default_factory=dict)
    left_with: dict[str, str] = field(default_factory=dict)  # movement → payout
    came_back_at: dict[str, datetime] = field(default_factory=dict)  # of payouts
    fees: list[provider_account.TransactionFacts] = field(default_factory=list)

    # What happens.

    def takes_a_fee(self, amount: Money) -> str:
        """The provider takes a fee that belongs to no payment."""
        name = f"txn_fee_{len(self.fees) + 1}"
        self.fees.append(_moved(name, ("stripe_fee", "fee"), None, None, -amount, self.provider.clock.now()))
        return name

    def pays_out(self, currency: str) -> str | None:
        """All that is there in a currency leaves for our bank; None where that is nothing, or a debt."""
        leaving = [moved for moved in self.unpaid() if moved.net.currency == currency]
        total = sum(moved.net.minor for moved in leaving)
        if total <= 0:
            return None
        at, name = self.provider.clock.now(), f"po_{len(self.sent) + 1}"
        self.sent[name] = provider_account.PayoutFacts(
            provider_id=name,
            amount=Money(total, currency),
            state="under_way",
            is_automatic=True,
            made_at=at,
            arrives_on=(at + ARRIVES_AFTER).date(),
            transaction_id=f"txn_{name}",
            failure_transaction_id=None,
            failed_at=None,
            failure=None,
            is_complete=False,
        )
        self.left_with |= {moved.provider_id: name for moved in leaving} | {f"txn_{name}": name}
        return name

    def is_complete(self, payout_id: str) -> None:
        self.sent[payout_id] = replace(self.sent[payout_id], is_complete=True)

    def arrives(self, payout_id: str) -> None:
        self.sent[payout_id] = replace(self.sent[payout_id], state="arrived")

    def comes_back(self, payout_id: str) -> None:
        """The bank refuses it, perhaps after it seemed to have arrived."""
        at = self.came_back_at[payout_id] = self.provider.clock.now()
        self.sent[payout_id] = replace(
            self.sent[payout_id],
            state="failed",
            failure="the account is closed",
            failed_at=at,
            failure_transaction_id=f"txn_back_{payout_id}",
        )

    # What is so.

    def movements(self) -> list[provider_account.TransactionFacts]:
        """Every movement of the balance, of whatever type, oldest first."""
        moves = [moved for key, facts in self.provider.facts.items() for moved in self._of_gift(key, facts)]
        for name, payout in self.sent.items():
            moves.extend(_of_payout(payout, came_back_at=self.came_back_at.get(name)))
        return sorted([*moves, *self.fees], key=lambda moved: moved.made_at)

    def unpaid(self) -> list[provider_account.TransactionFacts]:
        """The movements that no payout has taken along."""
        return [moved for moved in self.movements() if moved.provider_id not in self.left_with]

    def balance(self) -> Counter[str]:
        sums: Counter[str] = Counter()
        for moved in self.movements():
            sums[moved.net.currency] += moved.net.minor
        return sums

    def under_way(self) -> list[str]:
        """The payouts that are not with our bank yet."""
        return [name for name, payout in self.sent.items() if payout.state == "under_way"]

    def arrived(self) -> Counter[str]:
        """What has come to our bank and stayed there, by currency."""
        came: Counter[str] = Counter()
        for payout in self.sent.values():
            came[payout.amount.currency] += payout.amount.minor if payout.state == "arrived" else 0
        return came

    # What is asked.

    def settlement_currencies(self) -> tuple[str, ...]:
        return ("USD",)

    def payout(self, payout_id: str) -> provider_account.PayoutFacts:
        self.provider.count_call("payout")
        if payout_id not in self.sent:
            raise MissingAtProvider(payout_id)
        payout_sent = self.sent[payout_id]
        self.provider.answers()
        return payout_sent

    def payouts(self, *, since: datetime) -> list[provider_account.PayoutFacts]:
        return [payout for payout in self.sent.values() if payout.made_at >= since]

    def transactions_of(self, payout_id: str) -> list[provider_account.TransactionFacts]:
        return [moved for moved in self.movements() if self.left_with.get(moved.provider_id) == payout_id][::-1]

    def transactions(self, *, since: datetime | None) -> Iterator[provider_account.TransactionFacts]:
        self.provider.count_call("transactions")
        yield from [moved for moved in self.movements() if since is None or moved.made_at >= since][::-1]

    def missed_events(self) -> list[provider_account.MissedEvent]:
        return self.provider.missed()

    def payments(self, *, since: datetime) -> Iterator[provider_account.RecentPayment]:
        for facts in self.provider.facts.values():
            if facts.fact is Fact.PAID and facts.paid_at and facts.paid_at >= since:
                yield provider_account.RecentPayment(
                    payment_id=str(facts.payment_id),
                    donation_public_id=facts.donation_public_id,
                    made_at=facts.paid_at,
                )

    def refunds(self, *, since: datetime) -> Iterator[provider_account.RecentRefund]:
        for facts in self.provider.facts.values():
            for refund in facts.refunds:
                if refund.made_at >= since:
                    yield provider_account.RecentRefund(
                        provider_id=refund.provider_id,
                        payment_id=facts.payment_id,
                        state=refund.state,
                        transaction_id=refund.settled.transaction_id if refund.settled else None,
                        failure_transaction_id=refund.returned.transaction_id if refund.returned else None,
                        made_at=refund.made_at,
                    )

    def disputes(self, *, since: datetime) -> Iterator[provider_account.RecentDispute]:
        for facts in self.provider.facts.values():
            for dispute in facts.disputes:
                if dispute.opened_at >= since:
                    moved = (*dispute.withdrawals, *dispute.returns)
                    yield provider_account.RecentDispute(
                        provider_id=dispute.provider_id,
                        payment_id=facts.payment_id,
                        status=dispute.status,
                        transaction_ids=tuple(one.settled.transaction_id for one in moved),
                        made_at=dispute.opened_at,
                    )

    def _of_gift(self, key: str, facts: PaymentFacts) -> Iterator[provider_account.TransactionFacts]:
        """What a payment, its refunds and its disputes have moved; a debit is a `payment`, and no `charge`."""
        about = facts.payment_id
        charge = "payment" if key in self.provider.delayed else "charge"
        if facts.settled and facts.settled_on:
            yield _of_settled(facts.settled, (charge, "charge"), facts.charge_id, about, facts.settled_on)
        for refund in facts.refunds:
            kind = f"{charge}_refund" if charge == "payment" else "refund"
            if refund.settled and refund.settled_on:
                yield _of_settled(
                    refund.settled, (kind, "refund"), refund.provider_id, about, refund.settled_on, sign=-1
                )
            if refund.returned and refund.returned_on:
                failed = ("refund_failure", "refund_failure")
                yield _of_settled(refund.returned, failed, refund.provider_id, about, refund.returned_on)
        for dispute in facts.disputes:
            yield from _of_dispute(dispute, about)


def _of_dispute(dispute: DisputeFacts, about: str | None) -> Iterator[provider_account.TransactionFacts]:
    for taken in dispute.withdrawals:
        kinds = ("adjustment", "dispute")
        yield _of_settled(taken.settled, kinds, dispute.provider_id, about, taken.at, sign=-1)
    for back in dispute.returns:
        kinds = ("adjustment", "dispute_reversal")
        yield _of_settled(back.settled, kinds, dispute.provider_id, about, back.at)


def _of_settled(
    moved: BalanceTransaction,
    kinds: tuple[str, str],
    source: str | None,
    about: str | None,
    at: datetime,
    *,
    sign: int = 1,
) -> provider_account.TransactionFacts:
    amount = moved.gross if sign > 0 else -moved.gross
    return _moved(moved.transaction_id, kinds, source, about, amount, at, fee=moved.fee)


def _of_payout(
    payout: provider_account.PayoutFacts, *, came_back_at: datetime | None
) -> Iterator[provider_account.TransactionFacts]:
    kinds = ("payout", "payout")
    yield _moved(str(payout.transaction_id), kinds, payout.provider_id, None, -payout.amount, payout.made_at)
    if came_back_at:
        kinds = ("payout_failure", "payout_reversal")
        yield _moved(str(payout.failure_transaction_id), kinds, payout.provider_id, None, payout.amount, came_back_at)


def _moved(
    name: str,
    kinds: tuple[str, str],
    source: str | None,
    about: str | None,
    amount: Money,
    at: datetime,
    *,
    fee: Money | None = None,
) -> provider_account.TransactionFacts:
    fee = fee or Money(0, amount.currency)
    return provider_account.TransactionFacts(
        provider_id=name,
        type=kinds[0],
        category=kinds[1],
        source_id=source,
        payment_id=about,
        amount=amount,
        fee=fee,
        net=amount - fee,
        description=None,
        made_at=at,
        available_at=at,
    )
