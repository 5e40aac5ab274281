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
    "review.opened",
    "review.closed",
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
    "aed": "0.272",
    "afn": "0.0147",
    "all": "0.0119",
    "amd": "0.0026",
    "aoa": "0.00109",
    "ars": "0.000699",
    "aud": "0.654",
    "awg": "0.559",
    "azn": "0.588",
    "bam": "0.592",
    "bbd": "0.5",
    "bdt": "0.0082",
    "bmd": "1",
    "bnd": "0.769",
    "bob": "0.145",
    "brl": "0.185",
    "bsd": "1",
    "bwp": "0.0746",
    "byn": "0.312",
    "bzd": "0.5",
    "cad": "0.714",
    "cdf": "0.000444",
    "chf": "1.25",
    "cny": "0.141",
    "cop": "0.000263",
    "crc": "0.00199",
    "cve": "0.0105",
    "czk": "0.0478",
    "dkk": "0.155",
    "dop": "0.0159",
    "dzd": "0.00769",
    "egp": "0.021",
    "etb": "0.00649",
    "fjd": "0.441",
    "fkp": "1.32",
    "gel": "0.37",
    "gip": "1.32",
    "gmd": "0.0137",
    "gtq": "0.131",
    "gyd": "0.00478",
    "hkd": "0.129",
    "hnl": "0.038",
    "htg": "0.00763",
    "huf": "0.00302",
    "idr": "0.0000599",
    "ils": "0.306",
    "inr": "0.0112",
    "jmd": "0.00625",
    "kes": "0.00775",
    "khr": "0.000249",
    "kyd": "1.2",
    "lak": "0.0000461",
    "lbp": "0.0000112",
    "lkr": "0.00325",
    "lrd": "0.00556",
    "lsl": "0.0581",
    "mad": "0.108",
    "mdl": "0.0588",
    "mkd": "0.0189",
    "mmk": "0.000476",
    "mnt": "0.000281",
    "mop": "0.125",
    "mur": "0.0217",
    "mvr": "0.0649",
    "mwk": "0.000576",
    "mxn": "0.0543",
    "myr": "0.242",
    "mzn": "0.0156",
    "nad": "0.0581",
    "ngn": "0.000692",
    "nio": "0.0272",
    "nok": "0.098",
    "npr": "0.00704",
    "nzd": "0.571",
    "pab": "1",
    "pen": "0.297",
    "pgk": "0.235",
    "php": "0.0171",
    "pkr": "0.00356",
    "pln": "0.273",
    "qar": "0.275",
    "ron": "0.227",
    "rsd": "0.0099",
    "sar": "0.267",
    "sbd": "0.121",
    "scr": "0.0704",
    "sek": "0.105",
    "sgd": "0.769",
    "shp": "1.32",
    "sle": "0.0426",
    "sos": "0.00175",
    "srd": "0.026",
    "szl": "0.0581",
    "thb": "0.031",
    "tjs": "0.108",
    "top": "0.417",
    "ttd": "0.147",
    "twd": "0.0318",
    "tzs": "0.000408",
    "uah": "0.0236",
    "uyu": "0.0253",
    "wst": "0.357",
    "xcd": "0.37",
    "xcg": "0.559",
    "yer": "0.0042",
    "zar": "0.0581",
    "zmw": "0.0435",
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
