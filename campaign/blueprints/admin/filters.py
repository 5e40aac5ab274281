"""The filters of a list, read strictly from the address of its page, and the addresses of its other pages."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from urllib.parse import urlencode

from flask import request
from flask_babel import gettext as _

from campaign.domain.errors import UnreadableFilter
from campaign.domain.money import Money
from campaign.web.amount_input import AmountRefused, read_amount

MAX_TEXT = 500
CURSORS = frozenset({"before", "after"})
"""Names of the parameter that says after which row a page begins."""


@dataclass(frozen=True, slots=True)
class Pager:
    """The addresses of a list's first page, from a later one, and of its next page."""

    first_url: str | None
    next_url: str | None


@dataclass(slots=True)
class ListFilters:
    """The parameters of a list's address, and what is wrong with them.

    Attributes:
        values: The text of each parameter by its name.
        mistakes: (name, sentence) for each parameter that could not be read.
        readings: The amounts that a typed text can mean, by the name of its parameter.
    """

    values: Mapping[str, str]
    mistakes: list[tuple[str, str]] = field(default_factory=list)
    readings: dict[str, tuple[Money, ...]] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """The value without spaces around it, cut at 500 characters."""
        return self.values.get(name, "").strip()[:MAX_TEXT]

    def uses(self, *names: str) -> bool:
        """Whether one of these parameters is filled in."""
        return any(self.text(name) for name in names)

    def choice(self, name: str, allowed: Collection[str], *, retired: Mapping[str, str] = MappingProxyType({})) -> str:
        """One of the allowed values, or empty for all.

        Args:
            name: The name of the parameter.
            allowed: The values that the page offers.
            retired: Former value → the value that replaced it, for addresses that somebody stored.

        Raises:
            UnreadableFilter: The value is not one of them; all rows would be shown as if they were the answer.
        """
        value = retired.get(self.text(name), self.text(name))
        if value and value not in allowed:
            raise UnreadableFilter(name)
        return value

    def day(self, name: str) -> date | None:
        """A day as YYYY-MM-DD, as the browser's date field sends it."""
        value = self.text(name)
        if not value:
            return None
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.mistakes.append((name, _("Enter a day, like 2026-12-31.")))
            return None

    def period(self) -> tuple[date | None, date | None]:
        """The days `since` and `until`, where they are given."""
        since, until = self.day("since"), self.day("until")
        if since and until and until < since:
            self.mistakes.append(("until", _("The last day is before the first one.")))
        return since, until

    def number(self, name: str) -> int | None:
        """A whole number; None for anything else."""
        value = self.text(name)
        return int(value) if value.isascii() and value.isdigit() and len(value) < 18 else None

    def money(self, name: str, currency: str) -> Money | None:
        """An amount in this currency, read as strictly as on the donation form; None where it is empty or wrong.

        Where a text has two readings and one was chosen, the chosen one replaces the text.
        """
        value = self.text(name)
        if not value:
            return None
        meant = self.text(f"{name}_meant")
        try:
            amount = read_amount(value, currency, meant=meant)
        except AmountRefused as refusal:
            self.mistakes.append((name, refusal.sentence))
            self.readings[name] = refusal.readings
            return None
        if meant == amount.plain:
            self.values = {**self.values, name: meant}
        return amount

    def refuse_mistakes(self) -> None:
        """Refuse an address that could not be read, for files: they cannot show an error beside its field.

        Raises:
            UnreadableFilter: There is a mistake.
        """
        if self.mistakes:
            raise UnreadableFilter(", ".join(name for name, _sentence in self.mistakes))

    @property
    def status(self) -> int:
        """The status of the list's page: 422 where its address could not be read."""
        return 422 if self.mistakes else 200

    def error_of(self, name: str) -> str | None:
        """The error of a parameter, if there is one."""
        return next((sentence for wrong, sentence in self.mistakes if wrong == name), None)

    def pager(self, last_row: str | int | None, *, cursor: str = "before") -> Pager:
        """The addresses of the other pages.

        Args:
            last_row: What names the last row of this page; None where no page follows.
            cursor: The parameter that takes it.
        """
        return Pager(
            first_url=self.without(cursor) if self.text(cursor) else None,
            next_url=self.with_(**{cursor: str(last_row)}) if last_row is not None else None,
        )

    def without(self, name: str) -> str:
        """The address of the first page without one of the filters."""
        return _address({key: value for key, value in self.values.items() if key not in {name, *CURSORS}})

    def with_(self, **more: str) -> str:
        """The address of this page with other parameters set."""
        return _address({**self.values, **more})

    def query(self) -> str:
        """The filters alone, for the address of a file with the same rows."""
        values = {key: value for key, value in self.values.items() if value and key not in CURSORS}
        return f"?{urlencode(values)}" if values else ""


def list_filters() -> ListFilters:
    """The filters in the address of this request."""
    return ListFilters(request.args.to_dict())


def _address(values: Mapping[str, str]) -> str:
    filled = {key: value for key, value in values.items() if value}
    return f"{request.path}?{urlencode(filled)}" if filled else request.path
