"""How many combining marks writing systems put on one character. More than that is a pile that runs over other lines."""

import unicodedata
from bisect import bisect_right

MAX_STACK = 30
"""Marks in a row in the Stream-Safe Text Format of Unicode (UAX #15); no language needs as many."""
UNFOLDING = frozenset("\u0f73\u0f75\u0f81\uff9e\uff9f")
"""Characters that are no combining marks and become some when a text is normalized."""

GENERAL = 2
"""Latin, Greek, Cyrillic and what has no entry below: in NFC few letters need more than one."""

_LIMITS = (
    (0x0000, GENERAL),
    (0x0591, 4),  # Hebrew: shin dot, dagesh, vowel, accent
    (0x05C8, GENERAL),
    (0x0610, 3),  # Arabic: shadda, vowel, small letter
    (0x0700, 3),  # Syriac, Thaana, N’Ko
    (0x0800, 3),
    (0x0900, 3),  # Devanagari and the other scripts of India, Sinhala: nukta, vowel, nasal sign
    (0x0E00, 2),  # Thai: vowel, tone
    (0x0E80, 3),  # Lao: semivowel, vowel, tone
    (0x0F00, 7),  # Tibetan: letters stand below one another
    (0x1000, 5),  # Burmese: medials, vowels, tone
    (0x10A0, GENERAL),
    (0x1780, 3),  # Khmer: shifter, vowel, sign
    (0x1800, GENERAL),
    (0x1900, 4),  # Limbu to Sundanese
    (0x1AB0, GENERAL),  # marks for phonetics
    (0x1B00, 4),
    (0x1C80, GENERAL),
    (0xA800, 4),  # Syloti Nagri to Meetei Mayek
    (0xAC00, GENERAL),
    (0x10A00, 4),  # historic scripts
    (0x1CF00, GENERAL),
)
"""(first code point, most marks in a row), up to the next entry."""
_STARTS = tuple(start for start, _ in _LIMITS)


def mark_limit(mark: str) -> int:
    """The most combining marks in a row of which this one, a character, may be the last."""
    return _LIMITS[bisect_right(_STARTS, ord(mark)) - 1][1]


def without_stacks(text: str) -> str:
    """The text with at most MAX_STACK combining marks in a row, which is done in a time that grows with its length.

    Normalizing sorts the marks of a row, in a time that grows with the square of their number: a hundred thousand of them
    hold the whole process for many seconds. So what anybody may type passes here first.
    """
    if len(text) <= MAX_STACK or text.isascii():
        return text
    shown: list[str] = []
    row = 0
    for letter in text:
        row = row + 1 if unicodedata.combining(letter) or letter in UNFOLDING else 0
        if row <= MAX_STACK:
            shown.append(letter)
    return "".join(shown)
