"""Text as people type it: names and messages without what is invisible, what turns text around, and piles of marks."""

import re
import unicodedata

from campaign.domain.text_marks import mark_limit, without_stacks

JOINERS = frozenset("\u200c\u200d")
"""Emoji and several scripts are written with them, between two characters that are seen."""
DANGLING = re.compile(r"(?:^|(?<=\s))[\u200c\u200d]+|[\u200c\u200d]+(?=\s|$)|(?<=[\u200c\u200d])[\u200c\u200d]+")
BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0\U00013441\U00013442\U0001d159")
"""Letters and symbols that show nothing: a space stands for them."""
IGNORED = re.compile("[\u034f\u17b4\u17b5\u180e\U00016fe4]")
"""Marks that show nothing by themselves, which no name needs."""
SELECTORS = re.compile("[\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""They choose the shape of the character before them."""
HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
MARKS = frozenset({"Mn", "Me"})


def one_line(text: str | None) -> str:
    """A name or an address: no line breaks, no invisible or direction-changing characters, single spaces.

    Returns:
        The text in NFC; empty where nothing of it would be seen.
    """
    return " ".join(_visible(text or "").split())


def paragraphs(text: str | None) -> str:
    """A message: the same, with its line breaks; more than one empty line in a row becomes one."""
    lines = (" ".join(line.split()) for line in _visible(text or "").split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def markdown_source(text: str | None) -> str:
    """A text in Markdown: the same as a message, with the spaces that lines begin with, which make lists of lists."""
    lines = (_indentation(line) + " ".join(line.split()) for line in _visible(text or "").split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in lines)).strip("\n")


def _indentation(line: str) -> str:
    return " " * (len(expanded := line.expandtabs(4)) - len(expanded.lstrip()))


def _visible(text: str) -> str:
    unified = unicodedata.normalize("NFC", without_stacks(text).replace("\r\n", "\n").replace("\r", "\n"))
    spaced = "".join(" " if letter in BLANK else letter for letter in IGNORED.sub("", unified))
    shown = "".join(letter for letter in spaced if _is_shown(letter))
    return _without_dangling_joiners(_without_piles(shown))


def _is_shown(letter: str) -> bool:
    """Controls, direction marks, surrogates and unassigned points are not; line breaks and tabs are dealt with later."""
    return letter in "\n\t" or letter in JOINERS or unicodedata.category(letter) not in HIDDEN


def _without_piles(text: str) -> str:
    """At most as many marks on a character as its writing system uses, and none without a character below."""
    shown: list[str] = []
    marks, has_base = 0, False
    for letter in text:
        is_selector = SELECTORS.match(letter) is not None
        if is_selector:
            is_shown = has_base and SELECTORS.match(shown[-1]) is None
        elif unicodedata.category(letter) in MARKS:
            is_shown = has_base and marks < mark_limit(letter)
            marks += 1
        else:
            is_shown = True
            if letter not in JOINERS:
                marks, has_base = 0, not letter.isspace()
        if is_shown:
            shown.append(letter)
    return "".join(shown)


def _without_dangling_joiners(text: str) -> str:
    """Joiners between two characters that are seen, one at a place."""
    return DANGLING.sub("", text)
