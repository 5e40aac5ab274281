"""What we ask of our account at the payment provider as a whole: its movements, its payouts, and what we did not hear.

Gifts one by one are asked for in `payments`; this is the other side, from which both are compared.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from campaign.domain.money import Money
from campaign.gateways.payments import PaymentsNotConfigured, ReceivedEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutFacts:
    """A payout as the provider has it now. `state` is in our words (models.Payout)."""

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
    """An event that was not delivered, with its body as the provider has it."""

    envelope: ReceivedEvent
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class RecentPayment:
    """A payment that succeeded, and whose gift it says it is."""

    payment_id: str
    donation_public_id: str | None
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RecentRefund:
    """A refund's state in our words, and the movements by which it went and came back."""

    provider_id: str
    payment_id: str | None
    state: str
    transaction_id: str | None
    failure_transaction_id: str | None
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RecentDispute:
    """A dispute's status, in the provider's words, and how many movements it has made."""

    provider_id: str
    payment_id: str | None
    status: str
    transaction_ids: tuple[str, ...]
    made_at: datetime


class ProviderAccount(Protocol):
    """The account. Each call may raise PaymentsUnavailable; none is made inside a transaction."""

    def payout(self, payout_id: str) -> PayoutFacts:
        """One payout; MissingAtProvider."""

    def payouts(self, *, since: datetime) -> list[PayoutFacts]:
        """Payouts made since then, oldest first."""

    def transactions_of(self, payout_id: str) -> list[TransactionFacts]:
        """Every movement that a payout paid out, of whatever type, its own one included.

        Only automatic payouts can be asked: of one made by hand the provider cannot say.
        """

    def transactions(self, *, since: datetime | None) -> Iterator[TransactionFacts]:
        """Every movement of the balance since then (or ever), of whatever type, newest first."""

    def missed_events(self) -> list[MissedEvent]:
        """Events of the last thirty days that some endpoint did not take, oldest first."""

    def payments(self, *, since: datetime) -> Iterator[RecentPayment]:
        """Payments begun since then that succeeded."""

    def refunds(self, *, since: datetime) -> Iterator[RecentRefund]:
        """Refunds made since then, wherever they were asked for."""

    def disputes(self, *, since: datetime) -> Iterator[RecentDispute]:
        """Disputes opened since then."""


class NoAccount:
    """An installation without a key has no account to look at."""

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
