"""Text as a receipt can print it: spaces and invisible characters normalised, characters without a glyph replaced.

The embedded facts keep the text as it was given; only the page shows the printable form.
"""

import re
from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any
from unicodedata import bidirectional, category, normalize

from receipts.document import ReceiptDocument
from receipts.fonts import common_characters, fallback_characters

SUBSTITUTE = "\ufffd"
"""Printed where no font has a glyph: a question mark in a black diamond."""

_AS_PRINTED = ("number", "verify_url", "verify_code", "language", "currency")  # fields of our own making
_BLANKS = {"\n", " "}
_MAX_MARKS = 4  # on one letter; more is decoration that overlaps the lines above and below
_TOO_MANY_MARKS = re.compile(rf"([\u0300-\u036f]{{{_MAX_MARKS}}})[\u0300-\u036f]+")
_JOINERS = "\u200c\u200d"
_JOINS_HERE = re.compile(r"[\u0600-\u08ff\u0900-\u0dff\u1000-\u109f\u1780-\u17ff\u203c-\u3299\U0001f000-\U0001faff]")


def printable(text: str) -> str:
    """Return a text as the page shows it.

    Letters typed as a base and an accent are composed, tabs and other blanks become spaces, and controls, direction
    marks and zero-width characters are dropped: they could make a page read unlike its facts. A character that no
    font has is shown in its compatibility form where that can be printed, and as SUBSTITUTE otherwise.
    """
    text = _TOO_MANY_MARKS.sub(r"\1", normalize("NFC", text))
    if common_characters().issuperset(text):
        return text
    return "".join(_printed(_without_invisible(text)))


def substituted(document: ReceiptDocument) -> list[str]:
    """Return the characters of a document that the page shows as SUBSTITUTE, each once, in order."""
    characters = (char for text in _texts(document).values() for char in _without_invisible(normalize("NFC", text)))
    return list(dict.fromkeys(char for char in characters if _glyphs(char) == SUBSTITUTE != char))


def printable_document(document: ReceiptDocument) -> ReceiptDocument:
    """Return the document with every text as the page shows it; a donor's name that shows nothing is anonymous."""
    texts: dict[str, Any] = {
        name: printable(text) for name, text in _texts(document).items()
    }  # Any: fields of many types
    shown = replace(document, **texts)
    return shown if shown.donor_name is None or shown.donor_name.strip() else replace(shown, donor_name=None)


def needs_fallback(document: ReceiptDocument) -> bool:
    """Return whether a printable document has a character that PT Sans lacks."""
    known = common_characters() | _BLANKS
    return not all(known.issuperset(text) for text in _texts(document).values())


def typeface(text: str) -> str:
    """Return the style classes of a printable text: none where PT Sans has all its characters.

    Any other text is set in one typeface, not in two. European letters stay composed, so that each is one glyph; a text
    that begins in a script written from right to left has that direction as a whole.
    """
    others = [char for char in set(text) - common_characters() if category(char)[0] in "LM"]
    if not others:
        return ""
    direction = next((kind for kind in map(bidirectional, text) if kind in {"L", "R", "AL"}), "L")
    is_european = all(char < "\u0530" or "\u1d00" <= char <= "\u1fff" for char in others)
    return "other" + " european" * is_european + " leftward" * (direction != "L")


def _texts(document: ReceiptDocument) -> dict[str, str]:
    named = ((field.name, getattr(document, field.name)) for field in fields(document))
    return {name: value for name, value in named if isinstance(value, str) and name not in _AS_PRINTED}


def _without_invisible(text: str) -> Iterator[str]:
    for index, char in enumerate(text):
        kind = category(char)
        if char == "\n":
            yield char
        elif kind == "Zs" or char in "\t\v\f\r\u0085\u2028\u2029":
            yield char if char in common_characters() else " "
        elif "\ufe00" <= char <= "\ufe0f":
            continue  # a variation selector: which of two pictures a character has
        elif char in _JOINERS:
            if _JOINS_HERE.match(text[index - 1 : index]):
                yield char
        elif kind[0] != "C" or kind in {"Co", "Cn", "Cs"}:
            yield char


def _printed(chars: Iterator[str]) -> Iterator[str]:
    for char in chars:
        yield _glyphs(char)


def _glyphs(char: str) -> str:
    if _has_glyph(char) or char in _JOINERS:
        return char
    alike = normalize("NFKC", char)
    return alike if alike != char and all(map(_has_glyph, alike)) else SUBSTITUTE


def _has_glyph(char: str) -> bool:
    return char in common_characters() or char in _BLANKS or char in fallback_characters()
