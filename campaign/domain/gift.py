"""One gift as the rules read it: a snapshot of its row, and a line of its history."""

from dataclasses import dataclass
from datetime import date, datetime

from campaign.domain.donation import DonationState
from campaign.domain.fraud_hold import HELD, FraudHold
from campaign.domain.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class GiftSnapshot:
    """The columns of one gift that decide what a payment makes of it, at one moment. The names are the columns' own.

    `fee_fund_id` is the fund that pays the provider's fee: the gift's own or the general one, so that the gift arrives
    whole.
    """

    public_id: str
    state: DonationState
    livemode: bool
    currency: str
    gift_minor: int
    cover_minor: int
    fund_id: int
    fee_fund_id: int
    paid_again_for_id: int | None = None  # the gift that this one pays a second time
    checkout_id: str | None = None
    invoice_id: str | None = None
    payment_id: str | None = None
    charge_id: str | None = None
    payer_name: str | None = None
    paid_at: datetime | None = None
    paid_on: date | None = None
    method: str | None = None
    method_brand: str | None = None
    method_last4: str | None = None
    settled_at: datetime | None = None
    settlement_id: str | None = None
    settled_currency: str | None = None
    settled_minor: int | None = None
    fee_minor: int | None = None
    rate: str | None = None
    refunded_minor: int = 0
    charged_back_minor: int = 0
    fraud_hold: FraudHold = FraudHold.NONE

    @property
    def subject(self) -> str:
        """The name of the gift in the journal and the audit trail."""
        return f"donation:{self.public_id}"

    @property
    def is_paid(self) -> bool:
        return self.state is DonationState.PAID

    @property
    def is_on_hold(self) -> bool:
        """Whether a suspicion of fraud holds it."""
        return self.fraud_hold in HELD

    @property
    def gift(self) -> Money:
        """The amount without what covers the fee."""
        return Money(self.gift_minor, self.currency)

    @property
    def cover(self) -> Money:
        """The amount that the donor added to cover the fee."""
        return Money(self.cover_minor, self.currency)

    @property
    def charge(self) -> Money:
        """The amount that the donor pays."""
        return Money(self.gift_minor + self.cover_minor, self.currency)

    @property
    def returned(self) -> Money:
        """The amount that the donor has back: refunds, and disputes lost."""
        return Money(self.refunded_minor + self.charged_back_minor, self.currency)

    @property
    def remaining(self) -> Money:
        """The amount that is left to confirm; never below zero, although a bank may return more than the charge."""
        left_minor = self.gift_minor + self.cover_minor - self.refunded_minor - self.charged_back_minor
        return Money(max(left_minor, 0), self.currency)

    @property
    def received_on(self) -> date:
        """The day on which a paid gift counts.

        Raises:
            ValueError: The gift is not paid.
        """
        if self.paid_on is None:
            raise ValueError(f"{self.subject} is not paid")
        return self.paid_on

    @property
    def received_at(self) -> datetime:
        """The moment at which a paid gift came.

        Raises:
            ValueError: The gift is not paid.
        """
        if self.paid_at is None:
            raise ValueError(f"{self.subject} is not paid")
        return self.paid_at

    @property
    def converted(self) -> Money | None:
        """The amount that came into the balance in another currency; None where it is the same, or not known yet."""
        if self.settled_minor is None or self.settled_currency in {None, self.currency}:
            return None
        return Money(self.settled_minor, str(self.settled_currency))


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One step of a gift's history: what happened (`kind`), and plain facts about it without personal data."""

    kind: str
    detail: dict[str, object]
