"""Merging what two people made of one document: per text and language, per value, and per row of a list.

The text that both began with is known by marks: a digest of each field, and the keys of each list in their order. What only
one of the two has changed is taken over; where both have changed a field, the merged draft has the own text and the
conflict names it.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from campaign.domain.documents.fields import Draft, FieldKind, specs
from campaign.domain.documents.form_names import draft_of_form, form_fields

Marks = dict[str, str]
"""Name of a form field → the digest of its text; name of a list → its keys."""
MARK_LENGTH = 12
MAX_MARKS_LENGTH = 200_000


class ConflictKind(StrEnum):
    """How the changes of two people exclude each other."""

    BOTH_CHANGED = "both_changed"
    THEY_REMOVED = "they_removed"
    """A row that was changed here and removed there; it stays."""
    REMOVED_HERE = "removed_here"
    """A row that was removed here and changed there; it is there again."""
    BOTH_MOVED = "both_moved"
    """The order of a list; the own one is used."""


@dataclass(frozen=True, slots=True)
class MergeConflict:
    """One place where both have changed something: the name of its field, or of its row or list."""

    path: str
    kind: ConflictKind
    mine: str = ""
    theirs: str = ""


@dataclass(frozen=True, slots=True)
class Merged:
    """The outcome of a merge.

    Attributes:
        draft: The document; where there is a conflict, with the own text.
        conflicts: What somebody has to choose.
        taken: Form fields that only the other has changed, with their text.
        is_rearranged: Whether rows were taken over that the form does not have, or are gone or moved.
    """

    draft: Draft
    conflicts: tuple[MergeConflict, ...]
    taken: Mapping[str, str]
    is_rearranged: bool


def mark(text: str) -> str:
    """Return a short name of a text that changes with it."""
    return hashlib.sha256(text.encode()).hexdigest()[:MARK_LENGTH]


def marks_of(kind: type[Any], draft: Mapping[str, Any], languages: tuple[str, ...]) -> Marks:
    """Return the marks of the text that a form is opened with."""
    lists = _lists(kind)
    fields = form_fields(kind, draft, languages)
    return {name: text if name in lists else mark(text) for name, text in fields.items()}


def read_marks(typed: str) -> Marks | None:
    """Return marks as a form sends them; None where they cannot be read."""
    if len(typed) > MAX_MARKS_LENGTH:
        return None
    try:
        read = json.loads(typed)
    except ValueError:
        return None
    if not isinstance(read, dict) or not all(isinstance(text, str) for text in read.values()):
        return None
    return read


def merge(
    kind: type[Any], base: Marks, mine: Mapping[str, Any], theirs: Mapping[str, Any], languages: tuple[str, ...]
) -> Merged:
    """Merge two drafts that began with the text of the marks.

    Args:
        kind: The document's class.
        base: What both began with.
        mine: What this person has typed.
        theirs: What is stored by now.
        languages: Those that the form has.
    """
    own, other = form_fields(kind, mine, languages), form_fields(kind, theirs, languages)
    conflicts: list[MergeConflict] = []
    orders = {name: _merged_list(name, base, own, other, conflicts) for name in _lists(kind)}
    merged: dict[str, str] = dict(orders)
    taken: dict[str, str] = {}
    for name in [*own, *(name for name in other if name not in own)]:
        if name in orders or not _is_in_merged(name, orders):
            continue
        merged[name] = _merged_field(name, base, own, other, conflicts)
        if name in own and merged[name] != own[name]:
            taken[name] = merged[name]
    is_rearranged = any(orders[name] != own[name] for name in orders)
    return Merged(draft_of_form(kind, merged, languages), tuple(conflicts), taken, is_rearranged)


def with_choices(
    kind: type[Any],
    mine: Mapping[str, Any],
    theirs: Mapping[str, Any],
    languages: tuple[str, ...],
    *,
    base: Marks,
    chosen: frozenset[str],
) -> Draft:
    """Return the own draft with the other's text in the chosen fields, where that is still the text that was shown."""
    own, other = form_fields(kind, mine, languages), form_fields(kind, theirs, languages)
    picked = {name: other[name] for name in chosen if name in own and base.get(name) == mark(other.get(name, ""))}
    return draft_of_form(kind, own | picked, languages)


def _lists(kind: type[Any]) -> list[str]:
    return [name for name, spec in specs(kind).items() if spec.kind is FieldKind.ROWS]


def _is_in_merged(name: str, orders: Mapping[str, str]) -> bool:
    """Whether a field stands outside of lists, or in a row that the merged document has."""
    rows, _dot, rest = name.partition(".")
    return rows not in orders or rest.partition(".")[0] in orders[rows].split()


def _merged_field(
    name: str, base: Marks, own: Mapping[str, str], other: Mapping[str, str], conflicts: list[MergeConflict]
) -> str:
    if name not in own or name not in other:
        return own.get(name, other.get(name, ""))
    mine, theirs = own[name], other[name]
    if mine == theirs or base.get(name) == mark(theirs):
        return mine
    if base.get(name) == mark(mine):
        return theirs
    conflicts.append(MergeConflict(name, ConflictKind.BOTH_CHANGED, mine, theirs))
    return mine


def _merged_list(
    name: str, base: Marks, own: Mapping[str, str], other: Mapping[str, str], conflicts: list[MergeConflict]
) -> str:
    """Return the keys of the merged list in their order."""
    before, mine, theirs = base.get(name, "").split(), own[name].split(), other[name].split()
    fates = {
        key: _fate_of_row(f"{name}.{key}.", base, own, other) for key in before if (key in mine) != (key in theirs)
    }
    conflicts.extend(MergeConflict(f"{name}.{key}", kind) for key, kind in fates.items() if kind is not None)
    if _has_conflicting_order(before, mine, theirs):
        conflicts.append(MergeConflict(name, ConflictKind.BOTH_MOVED))
    is_mine_first = _moved(before, mine) or not _moved(before, theirs)
    order = _woven(mine, theirs) if is_mine_first else _woven(theirs, mine)
    return " ".join(key for key in order if key not in fates or fates[key] is not None)


def _fate_of_row(row: str, base: Marks, own: Mapping[str, str], other: Mapping[str, str]) -> ConflictKind | None:
    """Return why a row that only one of the two has removed stays; None where the other has not touched it, and it goes."""
    fields = {name: text for name, text in own.items() if name.startswith(row)}
    kind = ConflictKind.THEY_REMOVED
    if not fields:
        fields = {name: text for name, text in other.items() if name.startswith(row)}
        kind = ConflictKind.REMOVED_HERE
    return None if all(base.get(name) == mark(text) for name, text in fields.items()) else kind


def _has_conflicting_order(before: Sequence[str], mine: Sequence[str], theirs: Sequence[str]) -> bool:
    has_moved = _moved(before, mine) and _moved(before, theirs)
    return has_moved and _common(mine, theirs) != _common(theirs, mine)


def _common(keys: Sequence[str], others: Sequence[str]) -> list[str]:
    return [key for key in keys if key in others]


def _moved(before: Sequence[str], keys: Sequence[str]) -> bool:
    return _common(before, keys) != _common(keys, before)


def _woven(first: Sequence[str], second: Sequence[str]) -> Iterator[str]:
    """Yield the keys of the first list, each followed by those that only the second one has behind it."""
    known = set(first)
    followers: dict[str, list[str]] = {}
    last = ""
    for key in second:
        if key in known:
            last = key
        else:
            followers.setdefault(last, []).append(key)
    yield from followers.get("", [])
    for key in first:
        yield key
        yield from followers.get(key, [])
