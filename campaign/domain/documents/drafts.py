"""Drafts: a document as text, its rows moved, added and removed, and its texts one by one."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from campaign.domain.documents.fields import YES, Draft, FieldKind, FieldSpec, Texts, row_of, specs


@dataclass(frozen=True, slots=True)
class TextPlace:
    """A text of a draft: `path` is `title`, or `sections.story-1.heading` in a row."""

    path: str
    spec: FieldSpec
    texts: Texts


def dump(document: object) -> Draft:
    """Return a valid document as the draft that reads as this very document."""
    kind = type(document)
    shown: Draft = {"key": document.key} if hasattr(document, "key") else {}
    for name, spec in specs(kind).items():
        shown[name] = _shown(getattr(document, name), spec)
    return shown


def _shown(value: Any, spec: FieldSpec) -> Any:
    if spec.kind is FieldKind.ROWS:
        return [dump(row) for row in value]
    if spec.is_text:
        return {language: text for language, text in value.items() if text}
    if spec.kind is FieldKind.FLAG:
        return YES if value else ""
    if spec.kind is FieldKind.DEGREES:
        return f"{value / 100:.2f}"
    if spec.kind is FieldKind.AMOUNT:
        return value.plain
    return str(value or "")


def normalized(kind: type[Any], stored: Mapping[str, Any]) -> Draft:
    """Return a stored draft with exactly the fields that the document has today."""
    shown: Draft = {"key": str(stored["key"])} if "key" in stored else {}
    for name, spec in specs(kind).items():
        value = stored.get(name)
        if spec.kind is FieldKind.ROWS:
            shown[name] = [normalized(row_of(spec), row) for row in value or []]
        elif spec.is_text:
            shown[name] = {language: text for language, text in (value or {}).items() if text}
        else:
            shown[name] = str(value or "")
    return shown


def same_content(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two drafts say the same, whatever their rows are called."""
    return bool(_without_keys(one) == _without_keys(other))


def fingerprint(draft: Mapping[str, Any]) -> str:
    """Return a short name of what a draft says: two drafts of the same content have the same one."""
    content = json.dumps(_without_keys(draft), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()[:20]


def _without_keys(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _without_keys(inner) for name, inner in value.items() if name != "key"}
    return [_without_keys(inner) for inner in value] if isinstance(value, list) else value


def texts_of(kind: type[Any], draft: Mapping[str, Any], before: str = "") -> Iterator[TextPlace]:
    """Yield every text of a draft that has a language."""
    for name, spec in specs(kind).items():
        if spec.is_text:
            yield TextPlace(before + name, spec, draft[name])
        elif spec.kind is FieldKind.ROWS:
            for row in draft[name]:
                yield from texts_of(row_of(spec), row, f"{before}{name}.{row['key']}.")


def characters_of(kind: type[Any], draft: Mapping[str, Any]) -> int:
    """Return how long all texts of a draft are together."""
    return sum(len(text) for place in texts_of(kind, draft) for text in place.texts.values())


def with_row_added(kind: type[Any], draft: Draft, name: str, key: str) -> Draft:
    """Return the draft with an empty row at the end of a list."""
    blank = normalized(row_of(specs(kind)[name]), {"key": key})
    return {**draft, name: [*draft[name], blank]}


def with_row_removed(draft: Draft, name: str, key: str) -> Draft:
    """Return the draft without a row."""
    return {**draft, name: [row for row in draft[name] if row["key"] != key]}


def with_row_moved(draft: Draft, name: str, key: str, by: int) -> Draft:
    """Return the draft with a row moved `by` places down, or up where `by` is negative; at an end it stays."""
    ordered = list(draft[name])
    place = next((index for index, row in enumerate(ordered) if row["key"] == key), None)
    if place is not None:
        row = ordered.pop(place)
        ordered.insert(max(0, place + by), row)
    return {**draft, name: ordered}
