"""Reads TOML into frozen dataclasses: each key that a class names must exist and have its type, and no other may exist."""

import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

LANGUAGES = ("en", "ru", "ky")

Text = dict[str, str]
Record = TypeVar("Record")

PLAIN_KINDS = {
    str: "text",
    int: "a whole number",
    float: "a number with a decimal point",
    bool: "true or false",
    date: "a date",
}


class UnusablePlan(ValueError):
    """A plan file lacks something, or has something that no page would show."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place inside a file, for messages: `funds.toml: funds[2].title.ky`."""

    file: str
    path: str = ""

    def key(self, name: str) -> "Spot":
        """Return the value under `name` here."""
        return Spot(self.file, f"{self.path}.{name}" if self.path else name)

    def row(self, index: int) -> "Spot":
        """Return the row at `index` here, counted from 0."""
        return Spot(self.file, f"{self.path}[{index}]")

    def refusal(self, problem: str) -> UnusablePlan:
        """Return the error that says what is wrong here."""
        return UnusablePlan(f"{self.file}: {self.path} {problem}" if self.path else f"{self.file} {problem}")


def record_in(file: Path, kind: type[Record]) -> Record:
    """Return the whole file as one record.

    Raises:
        UnusablePlan: it names the first wrong place.
    """
    return _record(kind, _content_of(file), Spot(file.name))


def rows_in(file: Path, kind: type[Record]) -> tuple[Record, ...]:
    """Return the rows of the file under its own name.

    Raises:
        UnusablePlan: it names the first wrong place.
    """
    at = Spot(file.name).key(file.stem)
    rows = _list(_table_with({file.stem}, _content_of(file), Spot(file.name))[file.stem], at)
    return tuple(_record(kind, row, at.row(index)) for index, row in enumerate(rows))


def _content_of(file: Path) -> object:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Spot(file.name).refusal("is missing") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Spot(file.name).refusal(f"is not TOML: {error}") from error


def _record(kind: type[Record], value: object, at: Spot) -> Record:
    hints = get_type_hints(kind)
    table = _table_with(set(hints), value, at)
    return kind(**{name: _value(hint, table[name], at.key(name)) for name, hint in hints.items()})


def _list(value: object, at: Spot) -> list[object]:
    if not isinstance(value, list):
        raise at.refusal("is not a list")
    return value


def _table_with(names: set[str], value: object, at: Spot) -> dict[str, object]:
    if not isinstance(value, dict):
        raise at.refusal("is not a table")
    for unknown in sorted(value.keys() - names):
        raise at.key(unknown).refusal("is not a known key")
    for missing in sorted(names - value.keys()):
        raise at.key(missing).refusal("is missing")
    return value


def _value(kind: Any, value: object, at: Spot) -> object:  # Any: a type hint may be a class or a generic alias
    if get_origin(kind) is tuple:
        return tuple(_value(get_args(kind)[0], row, at.row(index)) for index, row in enumerate(_list(value, at)))
    if kind == Text:
        table = _table_with(set(LANGUAGES), value, at)
        return {language: _plain(str, table[language], at.key(language)) for language in LANGUAGES}
    if kind in PLAIN_KINDS:
        return _plain(kind, value, at)
    return _record(kind, value, at)


def _plain(kind: type, value: object, at: Spot) -> object:
    # The exact type: to Python `true` is a whole number, and a date with a time is a date.
    if type(value) is not kind:
        raise at.refusal(f"is not {PLAIN_KINDS[kind]}")
    if isinstance(value, str):
        if not value.strip():
            raise at.refusal("is empty")
        return value.strip()
    return value
