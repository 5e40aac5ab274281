"""A text per language, and what is shown where one is missing."""

from collections.abc import Collection, Container, Iterator, Mapping

NEAREST: dict[str, tuple[str, ...]] = {
    "en": ("ru", "ky"),
    "ru": ("en", "ky"),
    "ky": ("ru", "en"),
    **dict.fromkeys(("be", "kk", "tg", "tk", "tt", "uz"), ("ru", "en")),
}
"""The languages that most readers of a language can read too, best first; for others it is English."""


def shown_language(texts: Mapping[str, str], language: str) -> str:
    """The language in which a text is shown: the reader's, or the first fallback that has it."""
    return next((code for code in _to_try(texts, language) if texts.get(code)), language)


def in_language_of(texts: Mapping[str, str], language: str) -> str:
    """The text for a reader of `language`; "" when no language has it."""
    return texts.get(language) or texts.get(shown_language(texts, language), "")


def nearest_of(languages: Container[str], language: str, *, default: str = "en") -> str:
    """Return the language itself where it is one of `languages`, else the nearest one that is, else `default`."""
    return next((code for code in (language, *NEAREST.get(language, ())) if code in languages), default)


def _to_try(texts: Mapping[str, str], language: str) -> Iterator[str]:
    yield language
    yield from NEAREST.get(language, ())
    yield "en"
    yield from texts


def with_hidden_languages(
    typed: Mapping[str, str], stored: Mapping[str, str], shown: Collection[str]
) -> dict[str, str]:
    """Return texts as typed, and the stored ones in languages that the form did not show."""
    return {**{code: text for code, text in stored.items() if code not in shown}, **typed}
