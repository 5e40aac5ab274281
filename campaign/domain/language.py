"""A text per language, and what is shown where one is missing."""

from collections.abc import Mapping

FALLBACKS: dict[str, tuple[str, ...]] = {"ky": ("ru", "en"), "ru": ("en", "ky"), "en": ("ru", "ky")}
"""Where a text is missing, the languages whose text is shown instead, best first."""


def shown_language(texts: Mapping[str, str], language: str) -> str:
    """The language in which a text is shown: the reader's, or the first fallback that has it."""
    for code in (language, *FALLBACKS.get(language, ())):
        if texts.get(code):
            return code
    return language


def in_language_of(texts: Mapping[str, str], language: str) -> str:
    """The text for a reader of `language`; "" when no language has it."""
    return texts.get(shown_language(texts, language), "")
