"""Money is an integer of minor units with a currency; two currencies are never added."""

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from campaign.domain.currencies import CURRENCIES, Currency
from campaign.domain.errors import DomainError

__all__ = [
    "CURRENCIES",
    "Currency",
    "CurrencyMismatch",
    "Money",
    "UnknownCurrency",
    "currency",
    "rounded",
]


class UnknownCurrency(DomainError):
    """The currency is not in our table, so its minor unit is not known."""


class CurrencyMismatch(DomainError):
    """Two amounts of different currencies were about to be added or compared."""


def currency(code: str) -> Currency:
    """The table's row for `code` (three capitals); UnknownCurrency otherwise."""
    try:
        return CURRENCIES[code]
    except KeyError:
        raise UnknownCurrency(code) from None


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount in minor units of a known currency; may be negative."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise TypeError(f"minor units are whole numbers, not {self.minor!r}")
        currency(self.currency)

    def __add__(self, other: "Money") -> "Money":
        self._require_same(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        self._require_same(other)
        return Money(self.minor - other.minor, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __lt__(self, other: "Money") -> bool:
        self._require_same(other)
        return self.minor < other.minor

    def __le__(self, other: "Money") -> bool:
        self._require_same(other)
        return self.minor <= other.minor

    @property
    def decimal(self) -> Decimal:
        """The amount in major units, exactly."""
        return Decimal(self.minor).scaleb(-currency(self.currency).exponent)

    @property
    def plain(self) -> str:
        """The amount as `parse_amount` reads it back in one way only: `25`, `25.50`."""
        whole, _sign, fraction = str(self.decimal).partition(".")
        return f"{whole}.{fraction}" if fraction.strip("0") else whole

    def _require_same(self, other: "Money") -> None:
        if self.currency != other.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency}")


def rounded(value: Decimal) -> int:
    """A whole number of minor units, half to even, as our own conversions round."""
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_EVEN))
