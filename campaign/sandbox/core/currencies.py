"""Stripe's own table of currencies, its limits, and the conversion into the settlement currency."""

from decimal import ROUND_HALF_UP, Decimal

from campaign.sandbox.core.errors import Refused
from campaign.sandbox.core.settings import Settings

ZERO_DECIMAL = frozenset(
    {"bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf"}
)
THREE_DECIMAL = frozenset({"bhd", "jod", "kwd", "omr", "tnd"})
# Two decimals on the wire, of which the last two are always zero.
WHOLE_UNITS_ONLY = frozenset({"ugx", "isk"})
MINIMUM_MINOR = {"usd": 50, "eur": 50, "gbp": 30, "chf": 50, "jpy": 50}
MAXIMUM_MINOR = 99_999_999


def exponent(currency: str) -> int:
    """Return the number of decimal places in an integer amount of this currency at Stripe."""
    if currency in ZERO_DECIMAL:
        return 0
    return 3 if currency in THREE_DECIMAL else 2


def step(currency: str) -> int:
    """Return the smallest difference between two amounts that Stripe accepts, in minor units."""
    if currency in WHOLE_UNITS_ONLY:
        return 100
    return 10 if currency in THREE_DECIMAL else 1


def major(amount_minor: int, currency: str) -> str:
    """Return the amount as a plain decimal number: `12.34`."""
    places = exponent(currency)
    return f"{Decimal(amount_minor).scaleb(-places):.{places}f}"


def to_settlement(amount_minor: int, currency: str, *, settings: Settings, days: int) -> int:
    """Convert to minor units of the settlement currency, rounded half up, at the rate of that day."""
    rate = settings.rate_to_settlement(currency, days)
    value = Decimal(amount_minor).scaleb(-exponent(currency)) * rate
    scaled = value.scaleb(exponent(settings.settlement_currency))
    return int(scaled.to_integral_value(rounding=ROUND_HALF_UP))


def share(amount_minor: int, basis_points: int) -> int:
    """Return this many ten-thousandths of an amount, rounded half up."""
    value = Decimal(amount_minor) * basis_points / Decimal(10_000)
    return int(value.to_integral_value(rounding=ROUND_HALF_UP))


def require_currency(currency: str, *, param: str, settings: Settings) -> str:
    """Return the currency in lower case, or raise the refusal that Stripe gives."""
    code = currency.lower()
    if code not in settings.usd_rates:
        known = ", ".join(sorted(settings.usd_rates))
        raise Refused(
            f"Invalid currency: {code}. Stripe currently supports these currencies: {known}",
            param=param,
        )
    return code


def require_chargeable(amount_minor: int, currency: str, *, settings: Settings, days: int) -> None:
    """Refuse a total that is too small after conversion, too large, or not a multiple of the step."""
    if amount_minor % step(currency):
        raise Refused(
            f"Invalid amount: amounts in {currency} must be a multiple of {step(currency)}.",
            param="line_items",
        )
    if amount_minor > MAXIMUM_MINOR:
        raise Refused(
            f"The Checkout Session's total amount due must be no more than {major(MAXIMUM_MINOR, currency)} {currency}",
            code="amount_too_large",
            param="line_items",
        )
    settled = to_settlement(amount_minor, currency, settings=settings, days=days)
    least = MINIMUM_MINOR.get(settings.settlement_currency, 50)
    if settled < least:
        raise Refused(
            f"The Checkout Session's total amount must convert to at least {least} cents. "
            f"{major(amount_minor, currency)} {currency} converts to approximately "
            f"{settings.settlement_currency.upper()} "
            f"{major(settled, settings.settlement_currency)}.",
            code="amount_too_small",
        )
