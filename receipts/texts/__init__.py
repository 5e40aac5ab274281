"""The texts of a receipt, one file per language, with the formats of dates and amounts."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from receipts.document import Language

FOLDER = Path(__file__).parent


class MissingText(LookupError):
    """A receipt needs a text that its language does not have."""


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of one language, and its formats of days and amounts."""

    messages: dict[str, str]
    currencies: dict[str, str]
    months: tuple[str, ...]
    date_pattern: str
    money_pattern: str
    group: str
    decimal: str

    def say(self, key: str, /, **values: str) -> str:
        """Return the sentence of a key with its values.

        Raises:
            MissingText: there is none.
        """
        try:
            return self.messages[key].format(**values)
        except KeyError as error:
            raise MissingText(f"{key}: {error}") from error

    def day(self, day: date) -> str:
        """Write a day with the name of its month, because 3/8 is ambiguous."""
        month = self.months[day.month - 1]
        return self.date_pattern.format(year=day.year, month=month, day=day.day)

    def money(self, minor: int, currency: str, exponent: int) -> str:
        """Write an amount of minor units with all its decimals: «1 200,00 USD»."""
        code = self.currencies.get(currency, currency)
        return self.money_pattern.format(code=code, digits=self._digits(minor, exponent))

    def rate(self, rate: str, currency: str, settled_currency: str) -> str:
        """Return what one unit of the charged currency was worth; `rate` is decimal text."""
        whole, point, fraction = rate.partition(".")
        value = self._grouped(int(whole)) + (self.decimal + fraction if point else "")
        pattern, codes = self.money_pattern, self.currencies
        return self.say(
            "rate",
            unit=pattern.format(code=codes.get(currency, currency), digits="1"),
            settled_unit=pattern.format(code=codes.get(settled_currency, settled_currency), digits=value),
        )

    def _digits(self, minor: int, exponent: int) -> str:
        whole, fraction = divmod(minor, 10**exponent)
        return self._grouped(whole) + (f"{self.decimal}{fraction:0{exponent}}" if exponent else "")

    def _grouped(self, whole: int) -> str:
        return f"{whole:,}".replace(",", self.group)


def languages() -> tuple[Language, ...]:
    """Return the languages that the receipts have texts in."""
    return _languages_in(FOLDER)


def texts_in(language: Language) -> Texts:
    """Load the texts of a language, once per process."""
    return _read(FOLDER / f"{language}.toml")


@cache
def _languages_in(folder: Path) -> tuple[Language, ...]:
    return tuple(sorted(path.stem for path in folder.glob("*.toml")))


@cache
def _read(path: Path) -> Texts:
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    formats, currencies = content.pop("format"), content.pop("currencies")
    return Texts(
        messages=content,
        currencies=currencies,
        months=tuple(formats["months"]),
        date_pattern=formats["date"],
        money_pattern=formats["money"],
        group=formats["group"],
        decimal=formats["decimal"],
    )
