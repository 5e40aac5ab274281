"""What the product needs of its account at the provider as a whole: movements, payouts, and events that were missed.

Single gifts are in `payments`; this is the other side of their comparison.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from campaign.domain.money import Money
from campaign.gateways.payments import PaymentsNotConfigured, ReceivedEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutFacts:
    """A payout at the provider. `state` is in our terms (models.Payout)."""

    provider_id: str
    amount: Money
    state: str
    is_automatic: bool
    made_at: datetime
    arrives_on: date
    transaction_id: str | None
    failure_transaction_id: str | None
    failed_at: datetime | None
    failure: str | None
    is_complete: bool  # nothing more will join it


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionFacts:
    """One movement of the balance, in the currency of the balance; never added across currencies."""

    provider_id: str
    type: str
    category: str
    source_id: str | None
    payment_id: str | None  # the PaymentIntent behind the charge, refund or dispute
    amount: Money
    fee: Money
    net: Money
    description: str | None
    made_at: datetime
    available_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MissedEvent:
    """An event that was not delivered, with its body."""

    envelope: ReceivedEvent
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class RecentPayment:
    """A succeeded payment, and the gift that it names."""

    payment_id: str
    donation_public_id: str | None
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RecentRefund:
    """A refund's state in our terms, and the movements of its payment and return."""

    provider_id: str
    payment_id: str | None
    state: str
    transaction_id: str | None
    failure_transaction_id: str | None
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RecentDispute:
    """A dispute's status, in the provider's terms, and the ids of its movements."""

    provider_id: str
    payment_id: str | None
    status: str
    transaction_ids: tuple[str, ...]
    made_at: datetime


class ProviderAccount(Protocol):
    """The account. Each call may raise PaymentsUnavailable; none is made inside a transaction."""

    def settlement_currencies(self) -> tuple[str, ...]:
        """Return the currencies in which the account is credited, its own first; gifts in others are converted."""

    def payout(self, payout_id: str) -> PayoutFacts:
        """Return one payout.

        Raises:
            MissingAtProvider: there is none.
        """

    def payouts(self, *, since: datetime) -> list[PayoutFacts]:
        """Return payouts made since then, oldest first."""

    def transactions_of(self, payout_id: str) -> list[TransactionFacts]:
        """Return every movement that a payout paid out, of whatever type, including its own.

        Only for automatic payouts: the provider cannot itemize one made by hand.
        """

    def transactions(self, *, since: datetime | None) -> Iterator[TransactionFacts]:
        """Return every movement of the balance since then (or ever), of whatever type, newest first."""

    def missed_events(self) -> list[MissedEvent]:
        """Return events of the last thirty days that some endpoint did not accept, oldest first."""

    def payments(self, *, since: datetime) -> Iterator[RecentPayment]:
        """Return succeeded payments started since then."""

    def refunds(self, *, since: datetime) -> Iterator[RecentRefund]:
        """Return refunds made since then, wherever they were requested."""

    def disputes(self, *, since: datetime) -> Iterator[RecentDispute]:
        """Return disputes opened since then."""


class NoAccount:
    """An installation without a key has no account."""

    def settlement_currencies(self) -> tuple[str, ...]:
        raise PaymentsNotConfigured

    def payout(self, payout_id: str) -> PayoutFacts:  # noqa: ARG002
        raise PaymentsNotConfigured

    def payouts(self, *, since: datetime) -> list[PayoutFacts]:  # noqa: ARG002
        raise PaymentsNotConfigured

    def transactions_of(self, payout_id: str) -> list[TransactionFacts]:  # noqa: ARG002
        raise PaymentsNotConfigured

    def transactions(self, *, since: datetime | None) -> Iterator[TransactionFacts]:  # noqa: ARG002
        raise PaymentsNotConfigured

    def missed_events(self) -> list[MissedEvent]:
        raise PaymentsNotConfigured

    def payments(self, *, since: datetime) -> Iterator[RecentPayment]:  # noqa: ARG002
        raise PaymentsNotConfigured

    def refunds(self, *, since: datetime) -> Iterator[RecentRefund]:  # noqa: ARG002
        raise PaymentsNotConfigured

    def disputes(self, *, since: datetime) -> Iterator[RecentDispute]:  # noqa: ARG002
        raise PaymentsNotConfigured
