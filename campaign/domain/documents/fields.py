"""The fields of a document: texts in every language, plain values, and rows of both."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, get_args, get_type_hints

from campaign.domain.typed_text import markdown_source, one_line, paragraphs

Texts = dict[str, str]
"""A text per language."""
Draft = dict[str, Any]
"""A document as it was typed, valid or not: texts per language, all other values as text, rows as lists with a key each."""


class FieldKind(StrEnum):
    """How a field is typed and read."""

    LINE = "line"
    TEXT = "text"
    MARKDOWN = "markdown"
    DETAILS = "details"
    FLAG = "flag"
    NUMBER = "number"
    DEGREES = "degrees"
    AMOUNT = "amount"
    CURRENCY = "currency"
    FUND = "fund"
    ROWS = "rows"


TEXT_KINDS = frozenset({FieldKind.LINE, FieldKind.TEXT, FieldKind.MARKDOWN, FieldKind.DETAILS})
YES = "yes"


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """What a field takes."""

    kind: FieldKind
    max_length: int = 0
    """Characters of a text in one language."""
    is_required: bool = False
    """At least one language must have the text."""
    row: type[Any] | None = None
    max_rows: int = 0
    is_list: bool = False
    """Rows that are one text each, without headings of their own."""
    placeholders: frozenset[str] = frozenset()
    """Names that may stand in braces; where there are none, braces are letters like others."""

    @property
    def is_text(self) -> bool:
        """Whether the field has one text per language."""
        return self.kind in TEXT_KINDS

    def cleaned(self, typed: str) -> str:
        """Return a typed text without what is invisible, turns text around, or piles up."""
        if self.kind is FieldKind.MARKDOWN:
            return markdown_source(typed)
        return paragraphs(typed) if self.kind in {FieldKind.TEXT, FieldKind.DETAILS} else one_line(typed)


def line(max_length: int, *, is_required: bool = False) -> FieldSpec:
    """A text of one line."""
    return FieldSpec(FieldKind.LINE, max_length, is_required)


def text(max_length: int, *, is_required: bool = False) -> FieldSpec:
    """A plain text of several lines."""
    return FieldSpec(FieldKind.TEXT, max_length, is_required)


def sentences(max_length: int, *placeholders: str) -> FieldSpec:
    """A plain text in which names in braces are replaced."""
    return FieldSpec(FieldKind.TEXT, max_length, placeholders=frozenset(placeholders))


def markdown(max_length: int, *, is_required: bool = False) -> FieldSpec:
    """A text in Markdown."""
    return FieldSpec(FieldKind.MARKDOWN, max_length, is_required)


def labelled_lines(max_length: int) -> FieldSpec:
    """Lines of `Label: value`, the same number in every language."""
    return FieldSpec(FieldKind.DETAILS, max_length)


def plain(kind: FieldKind, *, is_required: bool = False) -> FieldSpec:
    """A value that is the same in every language."""
    return FieldSpec(kind, is_required=is_required)


def rows(row: type[Any], max_rows: int, *, is_list: bool = False) -> FieldSpec:
    """A list of rows, each a dataclass with a `key`."""
    return FieldSpec(FieldKind.ROWS, row=row, max_rows=max_rows, is_list=is_list)


_SPECS: dict[type[Any], dict[str, FieldSpec]] = {}


def specs(kind: type[Any]) -> Mapping[str, FieldSpec]:
    """Return the fields of a document or a row by name, in the order of the page."""
    if kind not in _SPECS:
        hints = get_type_hints(kind, include_extras=True)
        noted = {name: note for name, hint in hints.items() for note in get_args(hint) if isinstance(note, FieldSpec)}
        _SPECS[kind] = noted
    return _SPECS[kind]


def row_of(spec: FieldSpec) -> type[Any]:
    """Return the class of a field's rows."""
    if spec.row is None:
        raise TypeError(f"{spec.kind} has no rows")
    return spec.row
