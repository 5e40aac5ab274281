"""The words that docs/translating.md retires stand in no catalogue, demo text or receipt."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.invariants.test_catalogues import catalogue, forms, originals
from tests.support.tree import ROOT

RETIRED = {
    "en": {
        r"thank you, it is you|left alone": "identity confirmed; 30 minutes of inactivity",
        r"check for robots|very many gifts|that was very fast": "an extra security check; attempts; That was quick",
        r"you wrote another|holds from the next|by ourselves": "in a different currency; applies from; automatically",
        r"\bmend\b|worker is silent|sweep does not end": "update, fix; not responding; stalled",
        r"has reached us twice|mistyped": "You may have paid twice; entered your address by mistake",
        r"a lot at once|this page does not take|tried until": "Too many requests; Method not allowed; Retries exhausted",
        r"those that stand|taking back|by itself\b": "valid receipts; Reversal; Stand-alone",
        r"machinery|last acts|times before|present password": "System; Recent activity; History; Current password",
        r"\b(?:she|her|hers|herself)\b": "they, them",
    },
    "ru": {
        r"\b(?:в|по) книгам?х?\b|\bкниги (?:не|сход)|наших книг": "учёт",
        r"пробн\w+ баланс": "оборотно-сальдовая ведомость",
        r"(?:квитанция|она) недействительна": "аннулирована",
        r"обмен(?:а|у)? валюты|\bобменял|пересчитано": "конвертация",
        r"полотн\w+": "курак",
        r"(?<!электронной )\bпо почте\b": "по электронной почте",
        r"учебн\w+ план": "план обучения на практике",
        r"\bкошел\w+": "бюджет",
        r"\bжертвовател": "донор",
        r"мы не знаем|которое мы знаем": "не найдено",
        r"\bсторонник": "поддержавшие",
        r"\bрубеж": "веха",
    },
    "ky": {
        r"кесинди": "кыйынды",
        r"эсеп ките[пб]": "бухгалтердик эсеп",
        r"бөлүштүр": "бөлүү",
        r"көрсөтмө": "демо",
        r"коңгуроо": "тревога",
        r"калкан": "коргоо",
        r"тыныктыр|тыныгууда\b": "убактылуу токтотуу",
        r"келгендер(?:ди|ге|дин)?\b": "келип түшкөн билдирүүлөр",
        r"эсептешилди|эсептешүү": "эсепке чегерилди",
        r"унчукпай": "жооп бербей",
        r"\bбет(?:те|теги|ти|ке|и|инде)?\b|\bбаракча": "барак",
        r"(?<!электрондук )\bпочтаңызга": "электрондук почтаңызга",
        r"\bдонор|\bколдоочу(?! тармак)": "жардам берүүчү",
        r"окуу план": "үйрөнүү планы",
        r"\bчекке жет|кийинки чек\b": "этап",
        r"төрт сан": "төрт цифра",
        r"долбоор(?:ду|го|ун)? (?:өчүр|сакта|түз|кайтар|болду|кылды)": "каралама",
    },
}
"""Language → pattern of a retired word or sentence → the word to use."""


def texts(language: str) -> Iterator[tuple[str, str]]:
    """Where a text stands, and the text, for everything that is said in a language."""
    if language == "en":
        yield from (("messages.po", text) for message in catalogue("ru") for text in originals(message))
        return
    for message in catalogue(language):
        if message.id:
            yield from ((f"messages.po: {originals(message)[0]}", form) for form in forms(message))
    receipt = ROOT / "receipts" / "texts" / f"{language}.toml"
    yield from _lines(receipt)
    for file in sorted((ROOT / "campaign" / "services" / "demo" / "wcl").glob("*.toml")):
        yield from ((place, line) for place, line in _lines(file) if re.match(rf"(?:\w+\.)?{language} =", line))


def _lines(file: Path) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        yield f"{file.name}:{number}", line


@pytest.mark.parametrize(
    ("language", "pattern", "better"),
    [(language, pattern, better) for language, words in RETIRED.items() for pattern, better in words.items()],
)
def test_a_retired_word_stands_nowhere(language: str, pattern: str, better: str) -> None:
    word = re.compile(pattern, re.IGNORECASE)
    found = [f"{place}: {text!r}, say «{better}»" for place, text in texts(language) if word.search(text)]
    assert not found
