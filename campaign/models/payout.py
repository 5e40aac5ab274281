"""The provider's side of the money: its balance transactions word for word, and its payouts to our bank."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from campaign.domain.payouts import MovementMatch, PayoutState
from campaign.extensions import Key, Model
from campaign.models.columns import CurrencyCode, Facts, Minor, PrimaryKey, check_values


class Payout(Model):
    """The provider sends what is available to our bank; each balance transaction is in one payout at most."""

    __tablename__ = "payout"
    __table_args__ = (check_values("state", PayoutState),)

    id: Mapped[PrimaryKey]
    provider_id: Mapped[str] = mapped_column(unique=True)
    currency: Mapped[CurrencyCode]
    amount_minor: Mapped[Minor]
    """Negative where the provider takes a debt from the bank."""
    state: Mapped[str]
    """It only goes forward: under way, arrived, and then perhaps failed."""
    is_automatic: Mapped[bool]
    """Of a payout made by hand the provider cannot say what it consists of."""
    made_at: Mapped[datetime]
    arrives_on: Mapped[date]
    transaction_id: Mapped[str | None]
    """The balance transactions by which the money went and came back."""
    failure_transaction_id: Mapped[str | None]
    failed_on: Mapped[date | None]
    failure: Mapped[str | None]
    """Why the bank sent it back, in the provider's words."""
    is_complete: Mapped[bool] = mapped_column(default=False)
    """The provider says that nothing more will join it: only now can it be itemized."""
    itemized_at: Mapped[datetime | None]
    difference_minor: Mapped[int | None]
    """Its amount less the sum of its transactions, which should be zero; known once it is itemized."""
    reconciled_at: Mapped[datetime | None]
    """When it added up and every transaction of it was matched."""
    campaign_id: Mapped[int | None] = mapped_column(Key, ForeignKey("campaign.id"))
    """The campaign for which staff booked it as a whole, where the provider cannot itemize it."""


class ProviderTransaction(Model):
    """One movement of our balance at the provider; an unmatched one is a case for staff."""

    __tablename__ = "provider_transaction"
    __table_args__ = (
        CheckConstraint("net_minor = amount_minor - fee_minor", "net"),
        check_values("matched_by", MovementMatch),
    )

    id: Mapped[PrimaryKey]
    provider_id: Mapped[str] = mapped_column(unique=True)
    type: Mapped[str]
    category: Mapped[str]
    """The provider's reporting category, which says more than the type."""
    source_id: Mapped[str | None] = mapped_column(index=True)
    """The charge, refund, dispute or payout behind it."""
    payment_id: Mapped[str | None] = mapped_column(index=True)
    """The payment behind that, which leads to the gift."""
    payout_id: Mapped[int | None] = mapped_column(Key, ForeignKey("payout.id"), index=True)
    currency: Mapped[CurrencyCode]
    amount_minor: Mapped[Minor]
    fee_minor: Mapped[Minor]
    net_minor: Mapped[Minor]
    description: Mapped[str | None]
    made_at: Mapped[datetime] = mapped_column(index=True)
    available_at: Mapped[datetime]
    matched_by: Mapped[str | None] = mapped_column(index=True)
    """books: a gift's own entries; payout: it is one, or one that came back; undone: a debit that failed before it was
    paid; fee and unidentified: booked so by staff.
    """
    is_foreign: Mapped[bool] = mapped_column(default=False)
    """The provider was queried and knows no gift of ours behind it."""


class Reconciliation(Model):
    """One comparison of our rows with the provider's, and its result."""

    __tablename__ = "reconciliation"

    id: Mapped[PrimaryKey]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    counts: Mapped[Facts]
    """How many of each kind, by the kinds of `comparison.Difference`."""
    error: Mapped[str | None]


class Lease(Model):
    """A lease: who may do something alone, on whichever machine, and until when."""

    __tablename__ = "lease"

    name: Mapped[str] = mapped_column(primary_key=True)
    holder: Mapped[str]
    until: Mapped[datetime]
