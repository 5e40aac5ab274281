"""One text in the forms in which a blocked word could hide in it. Pure.

A word hides behind letters of another script, signs between its letters, digits at its ends or in place of letters, and
letters that are repeated. Each form is a line of whole words, so nothing is found inside another word.
"""

import re
from collections.abc import Iterator

from campaign.domain.folding import fold

LOOK_ALIKES = str.maketrans("асеорхукмтвнигзіѕјԁԛԝӏ" + "αεικνορτυχ", "aceopxykmtbhugzisjdqwl" + "aeikvoptyx")
"""Cyrillic and Greek letters, folded, and the Latin ones that stand in for them."""
DIGITS_AS_LETTERS = str.maketrans("013457@$", "oieastas")
"""Digits and signs that are typed in place of a letter."""
WORDS = re.compile(r"[^\W_]+")
REPEATED = re.compile(r"([^\W\d_])\1{2,}")
MIN_SPELLED = 3
"""Letters that stand alone, one after the other, before they are read as one word."""


def words_of(text: str) -> list[str]:
    """Return the words of a text, folded, with letters that look alike taken as one."""
    return WORDS.findall(_folded(text))


def forms_of(text: str) -> frozenset[str]:
    """Return the lines in which a blocked word or phrase is looked for, each with a space at both ends."""
    folded = _folded(text)
    words = WORDS.findall(folded)
    lines = {" ".join(words)}
    lines.add(" ".join(word.strip("0123456789") or word for word in words))
    lines.add(" ".join(_with_letters(word) for word in folded.split()))
    lines.add(" ".join("".join(WORDS.findall(part)) for part in folded.split()))
    lines |= {"".join(run) for part in (words, *map(WORDS.findall, folded.split())) for run in _spelled(part)}
    lines |= {REPEATED.sub(r"\1", line) for line in lines}
    return frozenset(f" {line} " for line in lines if line)


def _folded(text: str) -> str:
    return fold(text).translate(LOOK_ALIKES)


def _with_letters(part: str) -> str:
    """Read digits and signs between letters as the letters that they stand for; what has no letter stays as it is."""
    return " ".join(WORDS.findall(part.translate(DIGITS_AS_LETTERS) if any(map(str.isalpha, part)) else part))


def _spelled(words: list[str]) -> Iterator[list[str]]:
    """Yield the longest runs of single letters."""
    run: list[str] = []
    for word in (*words, ""):
        if len(word) == 1:
            run.append(word)
            continue
        if len(run) >= MIN_SPELLED:
            yield run
        run = []
