"""Reads an amount in words back into minor units, so that a receipt whose words and digits differ is put on hold.

It shares no table with the module that writes the words, so that a fault there, ours or num2words', is detected here.
"""

import re

from receipts.document import Language

_SMALL: dict[Language, str] = {
    "en": (
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
        " sixteen seventeen eighteen nineteen twenty=20 thirty=30 forty=40 fifty=50 sixty=60 seventy=70"
        " eighty=80 ninety=90"
    ),
    "ru": (
        "ноль один два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать тринадцать"
        " четырнадцать пятнадцать шестнадцать семнадцать восемнадцать девятнадцать одна=1 две=2"
        " двадцать=20 тридцать=30 сорок=40 пятьдесят=50 шестьдесят=60 семьдесят=70 восемьдесят=80"
        " девяносто=90 сто=100 двести=200 триста=300 четыреста=400 пятьсот=500 шестьсот=600"
        " семьсот=700 восемьсот=800 девятьсот=900"
    ),
    "ky": (
        "нөл бир эки үч төрт беш алты жети сегиз тогуз он жыйырма=20 отуз=30 кырк=40 элүү=50"
        " алтымыш=60 жетимиш=70 сексен=80 токсон=90"
    ),
}
_HUNDREDS = {"hundred", "жүз"}
_SCALE_STEMS = (
    ("thousand", 10**3), ("million", 10**6), ("billion", 10**9), ("trillion", 10**12),
    ("тысяч", 10**3), ("миң", 10**3), ("миллион", 10**6), ("миллиард", 10**9), ("триллион", 10**12),
)  # fmt: skip


class UnreadableAmount(ValueError):
    """The words do not begin with a number, or lack their minor units."""


def amount_from_words(text: str, exponent: int, language: Language) -> int:
    """Return the minor units that the words say.

    Raises:
        UnreadableAmount: they say none.
    """
    whole, rest = _whole_number(text, _values(_SMALL[language])) if language in _SMALL else _digits(text)
    if not exponent:
        return whole
    minor = re.search(rf"\b(\d{{{exponent}}})\b(?:/1|\s|$)", rest)
    if minor is None:
        raise UnreadableAmount(f"no minor units in {text!r}")
    return int(f"{whole}{minor[1]}")


def _digits(text: str) -> tuple[int, str]:
    """Read an amount that is repeated in digits, as in a language whose numbers are not known here."""
    match = re.match(r"(\d+) [A-Z]{3}\b", text)
    if match is None:
        raise UnreadableAmount(f"no number in {text!r}")
    return int(match[1]), text[match.end() :]


def _values(words: str) -> dict[str, int]:
    entries = (entry.partition("=") for entry in words.split())
    return {word: int(value or place) for place, (word, _, value) in enumerate(entries)}


def _whole_number(text: str, values: dict[str, int]) -> tuple[int, str]:
    total = group = end = 0
    for match in re.finditer(r"[^\s,-]+", text):
        word = match[0].lower()
        scale = next((size for stem, size in _SCALE_STEMS if word.startswith(stem)), 0)
        if word in values:
            group += values[word]
        elif word in _HUNDREDS:
            group = (group or 1) * 100
        elif scale:
            total, group = total + group * scale, 0
        elif not (word == "and" and end):
            break
        end = match.end()
    if not end:
        raise UnreadableAmount(f"no number in {text!r}")
    return total + group, text[end:]
