"""What a person asks of a page: filters in an address and fields of a form, read strictly, kept as typed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from urllib.parse import urlencode

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from campaign.domain.errors import DomainError, FormReused, UnreadableFilter
from campaign.domain.identity import is_public_id, new_public_id
from campaign.domain.money import Money
from campaign.domain.typed_text import paragraphs
from campaign.web.amount_input import AmountRefused, read_amount
from campaign.web.email_input import EmailRefused, read_email

TEXT_MAX = 500
ASK_FOR_AMOUNT = lazy_gettext("Enter an amount, like 35 or 35.50.")


@dataclass(slots=True)
class Asked:
    """Names and typed values, and what was wrong with them, as (name, sentence)."""

    values: Mapping[str, str]
    mistakes: list[tuple[str, str]] = field(default_factory=list)
    readings: dict[str, tuple[Money, ...]] = field(default_factory=dict)
    """The amounts that a typed text can mean, by the name of its field."""

    def text(self, name: str) -> str:
        """The typed value without spaces around it, cut at TEXT_MAX."""
        return self.values.get(name, "").strip()[:TEXT_MAX]

    def choice(self, name: str, allowed: Collection[str]) -> str:
        """The value if it is one that the page offers, else nothing."""
        value = self.text(name)
        return value if value in allowed else ""

    def filter_choice(
        self, name: str, allowed: Collection[str], *, retired: Mapping[str, str] = MappingProxyType({})
    ) -> str:
        """The value of a filter, empty for all.

        Args:
            name: The name of the filter in the address.
            allowed: The values that the page offers.
            retired: Former value → the value that replaced it, for addresses that somebody stored.

        Raises:
            UnreadableFilter: The value is none that the page offers; everything would be shown as if it were the answer.
        """
        value = retired.get(self.text(name)) or self.choice(name, allowed)
        if not value and self.text(name):
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

    def refuse_mistakes(self) -> None:
        """Refuse an address of which a part was not understood: for files, which cannot show what was wrong beside it."""
        if self.mistakes:
            raise UnreadableFilter(", ".join(name for name, _sentence in self.mistakes))

    def number(self, name: str) -> int | None:
        """A whole number from an address; anything else is as if it were not there."""
        value = self.text(name)
        return int(value) if value.isascii() and value.isdigit() and len(value) < 18 else None

    def money(self, name: str, currency: str) -> Money | None:
        """An amount in this currency, by the strict rules of the donation form; empty is none.

        Of a text with two readings the chosen one is taken, and stands in the field from then on.
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

    def email(self, name: str) -> str:
        """An email address that mail servers take; what was typed and a mistake where it is none."""
        value = self.text(name)
        try:
            return read_email(value)
        except EmailRefused as refusal:
            self.mistakes.append((name, refusal.sentence))
            return value

    def required(self, name: str, sentence: str) -> str:
        """The value, of which something must be seen."""
        value = paragraphs(self.text(name))
        if not value:
            self.mistakes.append((name, sentence))
        return value

    def form_id(self, *, told_at: str) -> str:
        """The name of the form that was shown: sent twice, it is one act. Another than we make is told at this field."""
        if not is_public_id(self.values.get("form_id", "")):
            sentence = _("We could not verify this form. Your entries are saved: check them and continue.")
            self.mistakes.append((told_at, sentence))
            self._name_anew()
        return self.values["form_id"]

    def refuse(self, name: str, error: DomainError, sentence: str) -> None:
        """A rule that a service found broken, told at the field where it can be mended."""
        if isinstance(error, FormReused):
            self._name_anew()
        self.mistakes.append((name, sentence or type(error).__name__))

    @property
    def status(self) -> int:
        """Of a list's page: 422 where its address was not understood."""
        return 422 if self.mistakes else 200

    def error_of(self, name: str) -> str | None:
        return next((sentence for wrong, sentence in self.mistakes if wrong == name), None)

    def without(self, name: str) -> str:
        """This page's address without one of its filters, and at the first page."""
        return self._address({key: value for key, value in self.values.items() if key not in {name, "before", "after"}})

    def with_(self, **more: str) -> str:
        """This page's address with something set."""
        return self._address({**self.values, **more})

    def query(self) -> str:
        """The filters alone, for the address of a file with the same rows."""
        kept = {key: value for key, value in self.values.items() if value and key not in {"before", "after"}}
        return f"?{urlencode(kept)}" if kept else ""

    def _name_anew(self) -> None:
        self.values = {**self.values, "form_id": new_public_id()}

    def _address(self, values: Mapping[str, str]) -> str:
        kept = {key: value for key, value in values.items() if value}
        return f"{request.path}?{urlencode(kept)}" if kept else request.path


def asked_in_address() -> Asked:
    """The filters of this page."""
    return Asked(request.args.to_dict())


def asked_in_form(**otherwise: str) -> Asked:
    """What was typed into this page's form; `otherwise` stands where nothing was sent."""
    return Asked({**otherwise, **request.form.to_dict()})
