"""A gift, its history, and what was sent back of it."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign.domain.disputes import DisputeState
from campaign.domain.donation import (
    DonationFrequency,
    DonationOrigin,
    DonationState,
    FeeBearer,
    RefundState,
    SupporterVisibility,
)
from campaign.domain.fraud_hold import FraudHold, FraudSign
from campaign.extensions import Key, Model
from campaign.models.columns import (
    CurrencyCode,
    Facts,
    GiftColumns,
    HistoryColumns,
    Minor,
    PrimaryKey,
    PublicId,
    check_values,
)
from campaign.models.pledge import Pledge

IS_ON_HOLD = "fraud_hold IN ('waiting', 'disputed')"


class Donation(GiftColumns, Model):
    """One gift, from the press of the button on. What the provider told is kept beside what the donor chose."""

    __tablename__ = "donation"
    __table_args__ = (
        CheckConstraint("gift_minor > 0 AND cover_minor >= 0", "positive_amount"),
        check_values("state", DonationState),
        check_values("origin", DonationOrigin),
        check_values("frequency", DonationFrequency),
        check_values("fee_bearer", FeeBearer),
        check_values("wall", SupporterVisibility),
        check_values("fraud_hold", FraudHold),
        CheckConstraint("state <> 'paid' OR paid_at IS NOT NULL", "paid_has_a_time"),
        CheckConstraint("refunded_minor >= 0 AND refunded_minor <= gift_minor + cover_minor", "refund_within_gift"),
        Index(None, "campaign_id", "state", "paid_at"),
        Index(None, "campaign_id", "paid_on"),
        Index("ix_donation_held", "campaign_id", sqlite_where=text(IS_ON_HOLD), postgresql_where=text(IS_ON_HOLD)),
        Index(None, "created_at", "id"),
        Index(None, "campaign_id", "id"),  # the desk's list, newest first, a page at a time
        Index(None, "invoice_id", unique=True),
        # A live installation leaves these out of all it reads; a database that was never tried has none.
        Index("ix_donation_tests", "id", sqlite_where=text("livemode = 0"), postgresql_where=text("NOT livemode")),
    )

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId]
    form_id: Mapped[str] = mapped_column(unique=True)
    """The idempotency key: a second press of the button finds the first one's gift. Code compares it, and never reads it."""
    origin: Mapped[str] = mapped_column(server_default=DonationOrigin.FORM.value, default=DonationOrigin.FORM)
    shown_form_id: Mapped[str | None] = mapped_column(index=True)
    """The form that the donor saw; each change of what is filled in makes another gift of the same form."""
    superseded_at: Mapped[datetime | None]
    """When another gift of the same shown form took its place; its payment page is closed."""
    superseded_form_id: Mapped[str | None]
    """The key that a superseded gift had: the same form, filled in the same way again, is a new gift under that key."""
    frequency: Mapped[str]
    search_text: Mapped[str] = mapped_column(server_default="", default="")
    """All its names and its donor's address, as `domain.folding` folds them; see services/search_index.py."""
    public_search_text: Mapped[str] = mapped_column(server_default="", default="")
    """The same of what everybody may read."""
    message: Mapped[str | None]
    wall: Mapped[str] = mapped_column(default=SupporterVisibility.SHOWN)
    wall_reviewed_at: Mapped[datetime | None]
    """When staff last decided about its name and message; where a campaign shows names after that alone, none is shown before."""

    state: Mapped[str] = mapped_column(default=DonationState.CREATED)
    version: Mapped[int] = mapped_column(default=0)
    """Counts applied facts: an answer fetched before the last one was applied is fetched again, never applied."""
    attempt: Mapped[int] = mapped_column(default=1)
    """Which payment page of this gift: the idempotency key is made of it."""
    livemode: Mapped[bool]
    checkout_params: Mapped[Facts]
    """Exactly what the provider is asked, frozen before the first try, so that every try has the same bytes."""
    checkout_id: Mapped[str | None] = mapped_column(unique=True)
    checkout_url: Mapped[str | None]
    expires_at: Mapped[datetime]
    payment_id: Mapped[str | None] = mapped_column(unique=True)
    charge_id: Mapped[str | None] = mapped_column(unique=True)
    method: Mapped[str | None]
    """card, bank or cash."""
    method_brand: Mapped[str | None]
    method_last4: Mapped[str | None]

    created_at: Mapped[datetime]
    paid_at: Mapped[datetime | None]
    paid_on: Mapped[date | None]
    """The organisation's day on which it counts, everywhere: on the receipt, in the books, in lists and files."""
    settled_at: Mapped[datetime | None]
    settlement_id: Mapped[str | None] = mapped_column(unique=True)
    """The provider's balance transaction."""
    settled_currency: Mapped[str | None]
    settled_minor: Mapped[int | None]
    fee_minor: Mapped[int | None]
    """In the settlement currency, like settled_minor."""
    rate: Mapped[str | None]
    """The provider's rate, as decimal text, where it converted."""
    refunded_minor: Mapped[Minor] = mapped_column(default=0)
    """Recomputed from the refunds each time; in the donor's currency."""
    charged_back_minor: Mapped[Minor] = mapped_column(server_default="0", default=0)
    """Recomputed from the lost disputes each time; in the donor's currency."""
    fraud_hold: Mapped[str] = mapped_column(server_default=FraudHold.NONE.value, default=FraudHold.NONE)
    """Whether a suspicion of fraud holds it from public sums, the supporters list and its receipt; see domain/fraud_hold.py."""
    paid_again_for_id: Mapped[int | None] = mapped_column(Key, ForeignKey("donation.id"), index=True)
    """The gift that was paid already when this second payment of it came; staff send one of the two back."""
    pledge_id: Mapped[int | None] = mapped_column(Key, ForeignKey(Pledge.id), index=True)
    """The monthly gift that this one is a month of."""
    invoice_id: Mapped[str | None]
    """The provider's invoice of that month: one gift per invoice, the first one included."""


class DonationEvent(HistoryColumns, Model):
    """What happened to a gift, in order; append-only."""

    __tablename__ = "donation_event"
    __table_args__ = (Index(None, "donation_id", "id"),)

    id: Mapped[PrimaryKey]
    donation_id: Mapped[int] = mapped_column(Key, ForeignKey("donation.id"))


class Refund(Model):
    """Money sent back, or about to be: our request first, then the provider's word on it."""

    __tablename__ = "refund"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", "positive_amount"),
        check_values("state", RefundState),
        UniqueConstraint("provider_id"),
    )

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId]
    donation_id: Mapped[int] = mapped_column(Key, ForeignKey("donation.id"), index=True)
    currency: Mapped[CurrencyCode]
    amount_minor: Mapped[Minor]
    reason: Mapped[str]
    state: Mapped[str] = mapped_column(default=RefundState.REQUESTED, index=True)
    requested_by: Mapped[int | None] = mapped_column(Key, ForeignKey("staff.id"))
    """Nobody of ours, where it was made in the provider's dashboard."""
    requested_at: Mapped[datetime]
    provider_id: Mapped[str | None]
    settlement_id: Mapped[str | None]
    failure_settlement_id: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime | None]
    error: Mapped[str | None]


class Dispute(Model):
    """The donor's bank takes the gift back, or asks about it; keyed by the provider's id, for there may be several."""

    __tablename__ = "dispute"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", "positive_amount"),
        check_values("state", DisputeState),
    )

    id: Mapped[PrimaryKey]
    donation_id: Mapped[int] = mapped_column(Key, ForeignKey("donation.id"), index=True)
    provider_id: Mapped[str] = mapped_column(unique=True)
    currency: Mapped[CurrencyCode]
    amount_minor: Mapped[Minor]
    """In the donor's currency; it may be a part of the gift."""
    reason: Mapped[str]
    """The provider's word: fraudulent, product_not_received, …"""
    state: Mapped[str] = mapped_column(index=True)
    """inquiry: only asked, no money moves; open: held; won, lost; closed: an inquiry that came to nothing."""
    status: Mapped[str]
    """The provider's word, which may be one that is not known here."""
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    """Until when evidence can be given."""
    withdrawal_id: Mapped[str | None] = mapped_column(unique=True)
    """The balance transactions by which the money went and came back."""
    reinstatement_id: Mapped[str | None] = mapped_column(unique=True)


class FraudWarning(Model):
    """A sign of fraud, by the card's issuer or the provider: a refund now mostly prevents a dispute."""

    __tablename__ = "fraud_warning"
    __table_args__ = (check_values("sign", FraudSign),)

    id: Mapped[PrimaryKey]
    donation_id: Mapped[int] = mapped_column(Key, ForeignKey("donation.id"), index=True)
    provider_id: Mapped[str] = mapped_column(unique=True)
    sign: Mapped[str] = mapped_column(server_default=FraudSign.WARNING.value, default=FraudSign.WARNING)
    fraud_type: Mapped[str]
    is_actionable: Mapped[bool]
    """False once the gift is refunded or disputed, or the review is closed."""
    approved_at: Mapped[datetime | None]
    """When a person decided that it is no reason to hold the gift: here, or at the provider about its review."""
    made_at: Mapped[datetime]
