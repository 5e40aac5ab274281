"""Text folded for searching: letter case, accents, width and look-alike punctuation make no difference.

Databases fold case by their locale, some of them only in ASCII, so texts are folded here and stored beside the originals.
"""

import unicodedata
from functools import lru_cache

from campaign.domain.text_marks import without_stacks

MAX_QUERY = 200
"""Characters of a query that are searched for; the rest is ignored."""
MAX_WORDS = 8

LETTERS = (
    # Kyrgyz and Kazakh letters as people type them on a Russian keyboard.
    str.maketrans("үұөңқғҗҳһ", "ууонкгжхх")
    # Latin letters with a stroke and ligatures, which Unicode does not take apart.
    | str.maketrans("łøđðħŧıə", "loddhtie", "")
    | str.maketrans({"æ": "ae", "œ": "oe", "þ": "th"})
    | dict.fromkeys(map(ord, "’‘ʼʻʹ′`´"), "'")
    | dict.fromkeys(map(ord, "‐‑‒–—―−"), "-")
)
SHORT_I = "и\u0306"
"""й taken apart. It is a letter of its own in Russian and Kyrgyz (unlike ё, which people write as е), so it stays."""
BASE_CLASSES = frozenset({0, 8, 9})
"""Combining classes of marks that make another letter or vowel: vowel signs, kana voicing, viramas."""


def fold(text: str) -> str:
    """The text as it is searched: for each of two texts that look the same to a reader, the same result."""
    apart = unicodedata.normalize("NFKD", without_stacks(text).translate(LETTERS).casefold()).casefold()
    apart = unicodedata.normalize("NFKD", apart).replace(SHORT_I, "й")
    return " ".join("".join(map(_searched, apart.translate(LETTERS))).split())


def search_words(query: str) -> tuple[str, ...]:
    """The folded words of a query, each once, at most MAX_WORDS of them."""
    return tuple(dict.fromkeys(fold(query[:MAX_QUERY]).split()))[:MAX_WORDS]


@lru_cache(maxsize=4096)
def _searched(letter: str) -> str:
    """What a letter is searched as: nothing for marks, control and formatting characters and what no one can type."""
    if letter.isspace():
        return " "
    is_mark = unicodedata.combining(letter) not in BASE_CLASSES
    return "" if is_mark or unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Cn"} else letter
