"""Whether a translation is there, and whether its source has changed since it was written."""

import hashlib
from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Any

from campaign.domain.documents.drafts import texts_of

Sources = dict[str, dict[str, str]]
"""Path of a text → language → the digest of the source text that this translation belongs to."""


class TranslationState(StrEnum):
    """The state of a text in one language."""

    CURRENT = "current"
    MISSING = "missing"
    OUTDATED = "outdated"


def digest(text: str) -> str:
    """Return a short name of a text that changes with it."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def translation_states(
    kind: type[Any], draft: Mapping[str, Any], sources: Sources, languages: tuple[str, ...]
) -> dict[tuple[str, str], TranslationState]:
    """Return the state of each text by path and language; a text that no language has is no gap.

    Args:
        kind: The document's class.
        draft: The texts.
        sources: What each translation belongs to; one that is not named belongs to the present source.
        languages: All languages, the source first.
    """
    states = {}
    for place in texts_of(kind, draft):
        source = place.texts.get(languages[0], "")
        for language in languages:
            text = place.texts.get(language, "")
            known = sources.get(place.path, {}).get(language)
            if not text:
                state = TranslationState.MISSING if any(place.texts.values()) else TranslationState.CURRENT
            elif source and language != languages[0] and known not in {None, digest(source)}:
                state = TranslationState.OUTDATED
            else:
                state = TranslationState.CURRENT
            states[place.path, language] = state
    return states


def updated_sources(
    kind: type[Any],
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    sources: Sources,
    *,
    source_language: str,
    confirmed: Collection[tuple[str, str]] = (),
) -> Sources:
    """Return what each translation belongs to after a change.

    A translation that was changed, or that somebody confirmed, belongs to the new source; any other one to the source that
    it belonged to before.

    Args:
        kind: The document's class.
        before: The texts before the change.
        after: The texts after it.
        sources: What each translation belonged to.
        source_language: The language that is translated.
        confirmed: (path, language) of the translations that somebody says are up to date.
    """
    old = {place.path: place.texts for place in texts_of(kind, before)}
    updated: Sources = {}
    for place in texts_of(kind, after):
        earlier = old.get(place.path, {})
        for language, text in place.texts.items():
            if language == source_language or not text:
                continue
            is_new = text != earlier.get(language, "") or (place.path, language) in confirmed
            belongs = digest(place.texts.get(source_language, "")) if is_new else None
            known = sources.get(place.path, {}).get(language) or digest(earlier.get(source_language, ""))
            updated.setdefault(place.path, {})[language] = belongs or known
    return updated
