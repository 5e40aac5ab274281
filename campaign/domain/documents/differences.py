"""What has changed between two versions of a document, word by word and per language."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any

from campaign.domain.documents.fields import FieldKind, row_of, specs

MAX_WORDS = 3000
"""Longer texts are compared line by line: comparing words takes a time that grows with the square of their number."""
_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
_LINES = re.compile(r"[^\n]*\n|[^\n]+")


class PieceKind(StrEnum):
    """What happened to a piece of a text."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a compared text."""

    kind: PieceKind
    text: str


class ChangeKind(StrEnum):
    """What happened to a field or a row."""

    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class TextChange:
    """A field that differs. `rows` is the list it stands in and `number` its row, counted from 1; 0 outside of lists."""

    name: str
    language: str
    pieces: tuple[Piece, ...]
    rows: str = ""
    number: int = 0
    kind: ChangeKind = ChangeKind.CHANGED


def compare_texts(before: str, after: str) -> tuple[Piece, ...]:
    """Return a text as pieces: those of both, those only of the first, those only of the second."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    if max(len(old), len(new)) > MAX_WORDS:
        old, new = _LINES.findall(before), _LINES.findall(after)
    pieces: list[Piece] = []
    for tag, old_start, old_end, new_start, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece(PieceKind.SAME, "".join(old[old_start:old_end])))
            continue
        if old_end > old_start:
            pieces.append(Piece(PieceKind.REMOVED, "".join(old[old_start:old_end])))
        if new_end > new_start:
            pieces.append(Piece(PieceKind.ADDED, "".join(new[new_start:new_end])))
    return tuple(pieces)


def changes_between(
    kind: type[Any], before: Mapping[str, Any], after: Mapping[str, Any], languages: tuple[str, ...]
) -> list[TextChange]:
    """Return every difference between two drafts of a document, in the order of the page."""
    changes: list[TextChange] = []
    for name, spec in specs(kind).items():
        if spec.kind is FieldKind.ROWS:
            changes += _row_changes(row_of(spec), name, before[name], after[name], languages)
        else:
            changes += _field_changes(name, before[name], after[name], languages)
    return changes


def _field_changes(name: str, before: Any, after: Any, languages: tuple[str, ...]) -> Iterator[TextChange]:
    if not isinstance(after, Mapping):
        if before != after:
            yield TextChange(name, "", compare_texts(before, after))
        return
    for language in languages:
        old, new = before.get(language, ""), after.get(language, "")
        if old != new:
            yield TextChange(name, language, compare_texts(old, new))


def _row_changes(
    row_kind: type[Any],
    rows: str,
    before: list[Mapping[str, Any]],
    after: list[Mapping[str, Any]],
    languages: tuple[str, ...],
) -> Iterator[TextChange]:
    old = {row["key"]: row for row in before}
    keys = [row["key"] for row in after]
    for number, row in enumerate(after, start=1):
        for change in _changes_of_row(row_kind, old.get(row["key"]), row, languages):
            yield replace(change, rows=rows, number=number)
    if [key for key in old if key in keys] != [key for key in keys if key in old]:
        yield TextChange("", "", (), rows, 0, ChangeKind.MOVED)
    for number, row in enumerate(before, start=1):
        if row["key"] not in keys:
            yield TextChange("", "", _removed_text(row_kind, row, languages), rows, number, ChangeKind.REMOVED)


def _changes_of_row(
    row_kind: type[Any], before: Mapping[str, Any] | None, after: Mapping[str, Any], languages: tuple[str, ...]
) -> Iterator[TextChange]:
    if before is None:
        yield TextChange("", "", (), kind=ChangeKind.ADDED)
    for name, spec in specs(row_kind).items():
        blank: Any = {} if spec.is_text else ""
        yield from _field_changes(name, before[name] if before else blank, after[name], languages)


def _removed_text(row_kind: type[Any], row: Mapping[str, Any], languages: tuple[str, ...]) -> tuple[Piece, ...]:
    """Return the first text of a removed row, by which people know it."""
    texts: Mapping[str, str] = next((row[name] for name, spec in specs(row_kind).items() if spec.is_text), {})
    shown = next((texts[language] for language in languages if texts.get(language)), "")
    return (Piece(PieceKind.REMOVED, shown),) if shown else ()
