"""The rules for staff passwords: long enough, without the person's own data, and not easily guessed."""

import re
import unicodedata
from collections.abc import Iterable
from enum import StrEnum

from campaign.domain.folding import fold
from campaign.services.campaigns.cards import all_campaigns

MIN_LENGTH = 12
MAX_LENGTH = 1024
"""Characters after normalization; argon2's wrapper refuses more than 4096."""
MIN_SCORE = 3
"""zxcvbn's scale: 3 is more than 10⁸ guesses."""
JUDGED_LENGTH = 64
"""zxcvbn takes 72 characters at most."""
MIN_OTHER_CHARACTERS = 8
"""What must be left of a password without the person's own words."""
MIN_WORD_LENGTH = 3
LATIN_KEYS = str.maketrans("йцукенгшщзхъфывапролджэячсмитьбюёүөң", "qwertyuiop[]asdfghjkl;'zxcvbnm,.`ejy")
"""The Latin letter of each Cyrillic key: «йцукен» is typed as easily as “qwerty”."""
COMMON_WORDS = ("kurak", "password", "пароль", "сырсөз", "кыргызстан", "бишкек", "ош", "любовь", "москва", "привет")


class PasswordProblem(StrEnum):
    """Why a password is refused."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    OWN_DATA = "own_data"
    EASY = "easy"


def is_too_long(password: str) -> bool:
    """Return whether it must not be hashed or compared at all."""
    return len(password) > MAX_LENGTH or len(unicodedata.normalize("NFKD", password)) > MAX_LENGTH


def problem_of(password: str, own_data: Iterable[str]) -> PasswordProblem | None:
    """Return why this password is refused; None when it is allowed.

    `own_data` is what others know: a name, an address, a site.
    """
    if is_too_long(password):
        return PasswordProblem.TOO_LONG
    if len(password) < MIN_LENGTH:
        return PasswordProblem.TOO_SHORT
    words = _words(own_data)
    if _length_without(words, fold(password)) < MIN_OTHER_CHARACTERS:
        return PasswordProblem.OWN_DATA
    return PasswordProblem.EASY if _is_easy(password, words) else None


def site_words(public_url: str) -> list[str]:
    """Return what anybody knows of this site: its address and its campaigns."""
    return [public_url, *(card.slug for card in all_campaigns())]


def _words(texts: Iterable[str]) -> list[str]:
    words = {word for text in texts for word in re.findall(r"[^\W\d_]+", fold(text)) if len(word) >= MIN_WORD_LENGTH}
    return sorted(words - {"https", "http", "www", "com", "org"}, key=len, reverse=True)


def _length_without(words: Iterable[str], folded: str) -> int:
    for word in words:
        folded = folded.replace(word, "")
    return len(re.sub(r"[\W_]+", "", folded))


def _is_easy(password: str, words: list[str]) -> bool:
    from zxcvbn import zxcvbn  # its word lists take memory that public pages save

    judged = password[:JUDGED_LENGTH].casefold()
    known = [*words, *COMMON_WORDS]
    return any(
        zxcvbn(text, known)["score"] < MIN_SCORE for text in dict.fromkeys((judged, judged.translate(LATIN_KEYS)))
    )
