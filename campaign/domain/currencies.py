"""The currencies in which gifts can be taken: those that the payment provider charges and that CLDR has names for.

How many decimals an amount has, and its least step, are the provider's facts, not ISO's alone. The tests compare the table
with CLDR and with the sandbox, which has the provider's rules.
"""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Currency:
    """How the card networks, not ISO alone, count a currency.

    `step` is the least difference between two amounts in minor units: 100 for UGX and ISK (sent with two decimals that
    must be 00), 10 for three-decimal ones. `minimum_minor` is a charge that is worth Stripe's least one, 0.50 USD, also
    when it is converted at a poor rate.
    """

    code: str
    exponent: int
    step: int
    minimum_minor: int


ZERO_DECIMAL = frozenset(
    {"BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA"} | {"PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"}
)
THREE_DECIMAL = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})
WHOLE_UNITS_ONLY = frozenset({"ISK", "UGX"})
"""Sent with two decimals, which must be 00."""
_MINIMUMS = """
AED 2.5 · AFN 50 · ALL 60 · AMD 300 · AOA 600 · ARS 1000 · AUD 1 · AWG 1.2 · AZN 1.2 · BAM 1.2 · BBD 1.5
BDT 80 · BHD 0.25 · BIF 2000 · BMD 0.8 · BND 1 · BOB 5 · BRL 4 · BSD 0.8 · BWP 10 · BYN 2.5 · BZD 1.5 · CAD 1
CDF 1500 · CHF 0.6 · CLP 800 · CNY 5 · COP 2500 · CRC 400 · CVE 80 · CZK 15 · DJF 120 · DKK 5 · DOP 50 · DZD 100
EGP 40 · ETB 120 · EUR 0.50 · FJD 1.5 · FKP 0.5 · GBP 0.50 · GEL 2 · GIP 0.5 · GMD 50 · GNF 6000 · GTQ 5
GYD 150 · HKD 6 · HNL 20 · HTG 100 · HUF 250 · IDR 12000 · ILS 2.5 · INR 60 · ISK 100 · JMD 120 · JOD 0.5
JPY 100 · KES 100 · KGS 100 · KHR 3000 · KMF 300 · KRW 1000 · KWD 0.200 · KYD 0.6 · KZT 300 · LAK 15000
LBP 60000 · LKR 250 · LRD 120 · LSL 12 · MAD 8 · MDL 12 · MGA 3000 · MKD 40 · MMK 1500 · MNT 2500 · MOP 6
MUR 30 · MVR 12 · MWK 1200 · MXN 12 · MYR 3 · MZN 50 · NAD 12 · NGN 1000 · NIO 25 · NOK 8 · NPR 100 · NZD 1.2
OMR 0.3 · PAB 0.8 · PEN 2.5 · PGK 3 · PHP 40 · PKR 200 · PLN 2.5 · PYG 5000 · QAR 2.5 · RON 3 · RSD 80
RWF 1000 · SAR 2.5 · SBD 6 · SCR 10 · SEK 8 · SGD 1 · SHP 0.5 · SLE 20 · SOS 400 · SRD 30 · SZL 12 · THB 25
TJS 8 · TND 2 · TOP 2 · TRY 25 · TTD 5 · TWD 25 · TZS 2000 · UAH 30 · UGX 2500 · USD 0.50 · UYU 30 · UZS 8000
VND 20000 · VUV 80 · WST 2 · XAF 400 · XCD 2 · XCG 1.2 · XOF 400 · XPF 80 · YER 200 · ZAR 12 · ZMW 15
"""
"""Code and least gift in major units, of every currency that the provider charges. RUB is not among them."""


def _currency(code: str, minimum: str) -> Currency:
    exponent = 0 if code in ZERO_DECIMAL else 3 if code in THREE_DECIMAL else 2
    step = 10 if code in THREE_DECIMAL else 100 if code in WHOLE_UNITS_ONLY else 1
    return Currency(code, exponent, step, int(Decimal(minimum).scaleb(exponent)))


CURRENCIES: dict[str, Currency] = {
    code: _currency(code, minimum)
    for code, minimum in (row.split() for line in _MINIMUMS.split("\n") if line for row in line.split(" · "))
}
"""One row a currency: an amount of ours is in the very units that the provider counts in."""
MAX_CHARGE_MINOR = 99_999_999
"""The largest charge that the provider takes, in minor units of any currency."""
