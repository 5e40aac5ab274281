"""A draft as the fields of a form: `title.en`, `sections.story-1.heading.ru`; `sections` holds the keys in their order."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from campaign.domain.documents.fields import Draft, FieldKind, FieldSpec, row_of, specs
from campaign.domain.typed_text import one_line

_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
MAX_ROWS = 200
"""Of a list, whatever the document allows: more rows are not even looked at."""


def form_fields(kind: type[Any], draft: Mapping[str, Any], languages: tuple[str, ...]) -> dict[str, str]:
    """Return every field of the form of a draft with its value."""
    return dict(_fields(kind, draft, languages, ""))


def _fields(
    kind: type[Any], draft: Mapping[str, Any], languages: tuple[str, ...], before: str
) -> Iterator[tuple[str, str]]:
    for name, spec in specs(kind).items():
        if spec.kind is FieldKind.ROWS:
            yield before + name, " ".join(row["key"] for row in draft[name])
            for row in draft[name]:
                yield from _fields(row_of(spec), row, languages, f"{before}{name}.{row['key']}.")
        elif spec.is_text:
            yield from ((f"{before}{name}.{language}", draft[name].get(language, "")) for language in languages)
        else:
            yield before + name, draft[name]


def draft_of_form(kind: type[Any], typed: Mapping[str, str], languages: tuple[str, ...]) -> Draft:
    """Return the draft that a form was sent with, each text cleaned as its field wants it."""
    return _draft(kind, typed, languages, "")


def _draft(kind: type[Any], typed: Mapping[str, str], languages: tuple[str, ...], before: str) -> Draft:
    draft: Draft = {}
    for name, spec in specs(kind).items():
        if spec.kind is FieldKind.ROWS:
            keys = _keys(typed.get(before + name, ""))
            draft[name] = [
                {"key": key, **_draft(row_of(spec), typed, languages, f"{before}{name}.{key}.")} for key in keys
            ]
        elif spec.is_text:
            draft[name] = _texts(spec, typed, languages, before + name)
        else:
            draft[name] = one_line(typed.get(before + name, ""))[:100]
    return draft


def _texts(spec: FieldSpec, typed: Mapping[str, str], languages: tuple[str, ...], path: str) -> dict[str, str]:
    texts = {language: spec.cleaned(typed.get(f"{path}.{language}", "")) for language in languages}
    return {language: text for language, text in texts.items() if text}


def _keys(order: str) -> list[str]:
    """Return the keys of a list, each once."""
    return [key for key in dict.fromkeys(order.split()) if _KEY.fullmatch(key)][:MAX_ROWS]
