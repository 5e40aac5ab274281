"""What has changed between two versions of a document, word by word and per language."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any

from campaign.domain.documents.fields import FieldKind, row_of, specs

MAX_WORDS = 3000
"""Longer texts are compared line by line."""
MAX_DRAFT_LINES = 20_000
MAX_PAIRS = 50_000
"""Of equal words, one of each text: the comparison looks at all of them again for each piece that it finds."""
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
    old, new, is_ignored = _cut(before, after)
    pieces: list[Piece] = []
    matcher = SequenceMatcher(is_ignored, old, new, autojunk=False)
    for tag, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        if tag == "equal":
            pieces.append(Piece(PieceKind.SAME, "".join(old[old_start:old_end])))
            continue
        if old_end > old_start:
            pieces.append(Piece(PieceKind.REMOVED, "".join(old[old_start:old_end])))
        if new_end > new_start:
            pieces.append(Piece(PieceKind.ADDED, "".join(new[new_start:new_end])))
    return tuple(pieces)


def _cut(before: str, after: str) -> tuple[list[str], list[str], Callable[[str], bool] | None]:
    """Return both texts in words, or in lines, or whole where even their lines repeat too often; and what anchors no match."""
    cuts = ((_WORDS, MAX_WORDS, None), (_WORDS, MAX_WORDS, str.isspace), (_LINES, MAX_DRAFT_LINES, None))
    for pattern, most, is_ignored in cuts:
        old, new = pattern.findall(before), pattern.findall(after)
        counts = Counter(part for part in new if not (is_ignored and is_ignored(part)))
        if max(len(old), len(new)) <= most and sum(counts[part] for part in old) <= MAX_PAIRS:
            return old, new, is_ignored
    return [before], [after], None


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
