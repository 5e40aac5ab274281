"""Checks one value of a row: its type, its length, and the words that its column takes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, get_origin

from campaign.domain.money import UnknownCurrency, currency
from campaign.services.plan_folders.schema import RowField

MAX_TEXT = 20_000
MAX_WHOLE = 2**63 - 1
SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
KINDS: Mapping[Any, str] = {
    str: "a text in quotation marks",
    int: "a whole number without quotation marks",
    bool: "true or false",
    date: "a day such as 2027-03-08, without quotation marks",
    datetime: "a moment with its offset, such as 2027-03-08T09:00:00+06:00, without quotation marks",
    dict[str, str]: "a text per language, such as title.en = “…”",
    dict[str, object]: "a table",
    list[str]: "a list of texts",
    list[dict[str, str]]: "a list of texts per language",
}


@dataclass(frozen=True, slots=True)
class ValueReader:
    """Reads values of one folder: the languages that its texts may have, and how far its days are moved."""

    languages: frozenset[str]
    shift: timedelta

    def value_of(self, entry: RowField, value: Any) -> tuple[str, Any]:
        """Return what is wrong with a value, and the value as it is stored."""
        wrong_kind = f"“{entry.name}” is not {KINDS[entry.kind]}."
        if entry.kind == dict[str, str]:
            return self.texts_of(entry, value) if isinstance(value, dict) else (wrong_kind, None)
        if entry.kind == dict[str, object]:
            return _facts(entry, value) if isinstance(value, dict) else (wrong_kind, None)
        if get_origin(entry.kind) is list:
            return self._list_of(entry, value, wrong_kind)
        if type(value) is not entry.kind or (isinstance(value, datetime) and value.tzinfo is None):
            return wrong_kind, None
        return self._plain(entry, value)

    def _list_of(self, entry: RowField, value: Any, wrong_kind: str) -> tuple[str, Any]:
        part_kind = str if entry.kind == list[str] else dict
        if not isinstance(value, list) or not all(isinstance(part, part_kind) for part in value):
            return wrong_kind, None
        complaints = (self.texts_of(entry, part)[0] for part in value if isinstance(part, dict))
        return next(filter(None, complaints), ""), value

    def _plain(self, entry: RowField, value: Any) -> tuple[str, Any]:
        if isinstance(value, date):
            return self._shifted(entry, value)
        if isinstance(value, int):
            return ("" if abs(value) <= MAX_WHOLE else f"“{entry.name}” is too large."), value
        return _wrong_word(entry, value) or _too_long(entry, value), value

    def _shifted(self, entry: RowField, value: date) -> tuple[str, Any]:
        """Move a day as far as `dates_as_of` is from today."""
        try:
            return "", value + self.shift
        except OverflowError:
            return f"“{entry.name}” is no day that a calendar has.", None

    def texts_of(self, entry: RowField, texts: dict[str, Any]) -> tuple[str, Any]:
        for code, text in texts.items():
            if code not in self.languages:
                codes = ", ".join(sorted(self.languages))
                return f"“{code}” is not a language of the campaign: “languages” in campaign.toml has {codes}.", None
            if not isinstance(text, str):
                return f"“{entry.name}” in the language “{code}” is not {KINDS[str]}.", None
            complaint = _too_long(entry, text)
            if complaint:
                return complaint, None
        if entry.is_required and not any(text.strip() for text in texts.values()):
            return f"“{entry.name}” is empty in every language.", None
        return "", texts


def _wrong_word(entry: RowField, value: str) -> str:
    if entry.allowed and value not in entry.allowed:
        return f"“{entry.name}” is one of {', '.join(entry.allowed)}, not “{value[:40]}”."
    if entry.name == "slug" and not SLUG.fullmatch(value):
        return "“slug” has small letters, digits and hyphens alone."
    if entry.name == "currency" and not _is_currency(value):
        return f"“{value[:10]}” is no currency in which gifts can be taken."
    return ""


def _is_currency(code: str) -> bool:
    try:
        currency(code)
    except UnknownCurrency:
        return False
    return True


def _too_long(entry: RowField, text: str) -> str:
    most = entry.max_length or MAX_TEXT
    if "\x00" in text:
        return f"“{entry.name}” has a character that no page can show."
    return f"“{entry.name}” has {len(text)} characters; at most {most} are taken." if len(text) > most else ""


def _facts(entry: RowField, value: dict[str, Any]) -> tuple[str, Any]:
    """Check that a table can be stored: texts, numbers, true and false, lists and tables of those."""
    parts: list[Any] = [value]
    while parts:
        part = parts.pop()
        if isinstance(part, dict | list):
            parts += part.values() if isinstance(part, dict) else part
        elif not isinstance(part, str | int | float):
            return f"“{entry.name}” holds a day or a time; write it in quotation marks.", None
        elif isinstance(part, str) and _too_long(entry, part):
            return _too_long(entry, part), None
    return "", value
