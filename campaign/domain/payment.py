"""What the payment provider reports of one gift: plain values, which `gateways` fills in and `settling` reads."""

from dataclasses import dataclass
from datetime import datetime

from campaign.domain.donation import Fact
from campaign.domain.fraud_hold import FraudSign
from campaign.domain.money import Money


@dataclass(frozen=True, slots=True)
class BalanceTransaction:
    """What the provider's balance transaction says of a charge or refund, in the settlement currency."""

    transaction_id: str
    gross: Money  # of a charge positive, of a refund what left the balance, positive too
    fee: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class GiftReference:
    """Whose gift an object at the provider is about, and on which of its payment pages it was paid: there may be two.

    A later month of a monthly gift has no page: it is known by its invoice, and `public_id` is the first month's gift.
    """

    public_id: str
    checkout_id: str | None
    subscription_id: str | None = None
    invoice_id: str | None = None
    paid: Money | None = None  # by this invoice
    cover_minor: int = 0  # what of it covers the fee
    billed_at: datetime | None = None  # when the invoice of the month was made


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferInstructions:
    """How the donor sends the money of a gift by bank transfer; nothing comes unless they do."""

    amount: Money  # what is still to come
    reference: str
    url: str | None  # the provider's own page with the same
    accounts: tuple[dict[str, str], ...]  # the provider's names of fields, such as iban, to their values

    def as_stored(self) -> dict[str, object]:
        """Plain facts for a gift's history and its mail."""
        return {
            "minor": self.amount.minor,
            "currency": self.amount.currency,
            "reference": self.reference,
            "url": self.url or "",
            "accounts": [dict(account) for account in self.accounts],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundFacts:
    """One refund as the provider has it now. `state` is in our words (models.Refund)."""

    provider_id: str
    amount: Money  # in the donor's currency
    state: str
    made_at: datetime
    request_id: str | None  # our Refund.public_id; None where it was made in the provider's dashboard
    settled: BalanceTransaction | None  # what left the balance, positive
    settled_on: datetime | None
    returned: BalanceTransaction | None  # what came back when it failed, positive
    returned_on: datetime | None


@dataclass(frozen=True, slots=True)
class DisputeMovement:
    """Money that a dispute took from the balance or brought back to it, positive in both cases."""

    settled: BalanceTransaction
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeFacts:
    """One dispute as the provider has it now: its status, and the movements of money, which decide."""

    provider_id: str
    amount: Money  # in the donor's currency; it may be a part of the gift
    reason: str
    status: str  # the provider's word
    opened_at: datetime
    due_at: datetime | None
    withdrawals: tuple[DisputeMovement, ...]  # oldest first
    returns: tuple[DisputeMovement, ...]  # the first brings the first withdrawal back
    closed_at: datetime | None = None  # when it was decided; only an event reports it


@dataclass(frozen=True, slots=True, kw_only=True)
class FraudWarningFacts:
    """A sign of fraud: by the card's issuer, or of the provider, which rates the risk or wants somebody to review.

    It is actionable until the gift is refunded or disputed, a review until it is closed.
    """

    provider_id: str
    fraud_type: str
    is_actionable: bool
    made_at: datetime
    sign: FraudSign = FraudSign.WARNING
    is_approved: bool = False  # somebody approved the review at the provider


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentFacts:
    """All that the provider knows of one gift now: page, payment, settlement, refunds, disputes and warnings."""

    checkout_id: str | None  # None: a later month of a monthly gift
    donation_public_id: str | None  # from metadata; None is somebody else's payment
    livemode: bool
    fact: Fact
    amount: Money
    email: str | None
    name: str | None
    payment_id: str | None
    charge_id: str | None
    paid_at: datetime | None  # when the money came; None where only the event of a delayed payment reports it
    method: str | None
    method_brand: str | None
    method_last4: str | None
    settled: BalanceTransaction | None  # None until the provider's fee is known
    settled_on: datetime | None
    rate: str | None
    refunds: tuple[RefundFacts, ...]
    disputes: tuple[DisputeFacts, ...] = ()
    warnings: tuple[FraudWarningFacts, ...] = ()
    transfer: TransferInstructions | None = None  # while the donor has to send the money
    invoice_id: str | None = None  # of this month, where the gift is monthly
    subscription_id: str | None = None

    @property
    def is_paid(self) -> bool:
        """Whether the money has come."""
        return self.fact is Fact.PAID
