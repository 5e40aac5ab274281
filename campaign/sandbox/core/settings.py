"""The settings of a sandbox: addresses, fees, rates, delays. Read once, never changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

API_VERSION = "2026-10-28.endive"
# The version of an endpoint that was created long ago and never updated.
OLD_API_VERSION = "2024-06-20"

# The events that an integration for donations subscribes to; Stripe sends an endpoint nothing else.
SUBSCRIBED_EVENTS = (
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "checkout.session.expired",
    "payment_intent.succeeded",
    "payment_intent.payment_failed",
    "payment_intent.processing",
    "payment_intent.canceled",
    "charge.updated",
    "charge.refunded",
    "refund.created",
    "refund.updated",
    "refund.failed",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.closed",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
    "customer.subscription.created",
    "customer.subscription.updated",
    "customer.subscription.deleted",
    "invoice.paid",
    "invoice.payment_failed",
    "invoice.payment_action_required",
    "radar.early_fraud_warning.created",
    "payout.paid",
    "payout.failed",
    "payout.reconciliation_completed",
)

# One major unit of each currency in US dollars, on the day the sandbox was first started.
USD_RATES = {
    "usd": "1",
    "eur": "1.1600",
    "gbp": "1.3400",
    "kgs": "0.01143",
    "rub": "0.01230",
    "kzt": "0.00190",
    "try": "0.0238",
    "uzs": "0.000083",
    "jpy": "0.0065",
    "krw": "0.00068",
    "vnd": "0.000038",
    "clp": "0.00105",
    "pyg": "0.00014",
    "xaf": "0.00177",
    "xof": "0.00177",
    "xpf": "0.00972",
    "bif": "0.00034",
    "djf": "0.00562",
    "gnf": "0.000115",
    "kmf": "0.00236",
    "mga": "0.00022",
    "rwf": "0.00069",
    "vuv": "0.0083",
    "ugx": "0.00028",
    "isk": "0.0080",
    "bhd": "2.6525",
    "jod": "1.4104",
    "kwd": "3.2600",
    "omr": "2.6008",
    "tnd": "0.3420",
}


@dataclass(frozen=True, slots=True)
class Fees:
    """What the stand-in takes of a payment, in ten-thousandths and in minor settlement units."""

    rate_bp: int = 290
    fixed_minor: int = 30
    international_bp: int = 150
    conversion_bp: int = 200
    bank_bp: int = 80
    dispute_minor: int = 1_500


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one sandbox."""

    state_dir: Path
    webhook_url: str
    public_url: str
    seed: str | None = None  # of the ids; a random one is created and stored when there is none
    merchant: str = "Women Creative Lab"
    account_country: str = "US"
    settlement_currency: str = "usd"
    fees: Fees = field(default_factory=Fees)
    usd_rates: Mapping[str, str] = field(default_factory=lambda: dict(USD_RATES))
    subscribed_events: tuple[str, ...] = SUBSCRIBED_EVENTS
    calls_per_second: int | None = None  # Stripe's own sandboxes take 25
    balance_delay_seconds: int = 2
    refund_delay_seconds: int = 5
    debit_delay_seconds: int = 5
    slow_debit_delay_seconds: int = 180
    transfer_delay_seconds: int = 86_400
    dispute_delay_seconds: int = 5
    available_after_seconds: int = 2 * 86_400
    automatic_payouts: bool = True
    payout_arrival_seconds: int = 86_400
    payout_reconciliation_seconds: int = 3_600
    # Days from a refused renewal to the next attempt, and the state of the subscription after the last.
    invoice_retry_days: tuple[int, ...] = (3, 5, 7, 7)
    after_last_retry: str = "canceled"  # canceled · unpaid · past_due
    # Stripe waits about an hour, then longer, for three days; that is too long for development.
    retry_pauses_seconds: tuple[int, ...] = (1, 5, 30, 300, 1_800, 7_200, 43_200)
    webhook_timeout_seconds: float = 10.0
    # A tick is the longest sleep of the background thread; with None nothing happens by itself:
    # a test moves the clock and requests deliveries.
    tick_seconds: float | None = 0.5
    page_waits_for_webhook: bool = True
    survives_power_cut: bool = True  # tests need not survive power cuts, and must not wait for the disk

    def rate_to_settlement(self, currency: str, days: int) -> Decimal:
        """Return settlement units for one unit of `currency`, `days` after the first start.

        Rates change a little every day, so that a refund never reverses a conversion exactly.
        """
        if currency == self.settlement_currency:
            return Decimal(1)
        rate = Decimal(self.usd_rates[currency]) / Decimal(self.usd_rates[self.settlement_currency])
        drift = Decimal(1) + Decimal(days % 10) / Decimal(1000)
        return (rate * drift).quantize(Decimal("0.00000001")).normalize()
