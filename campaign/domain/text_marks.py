"""How many combining marks writing systems put on one character. More than that is a pile that runs over other lines."""

from bisect import bisect_right

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
