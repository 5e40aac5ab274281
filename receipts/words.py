"""Amounts in words, in English, Russian and Kyrgyz, with the nouns and plurals that grammar requires.

In a language without a grammar here the amount is repeated in digits: 1250 KGS 50/100.

num2words covers the integers of English and Russian and nothing else: it reads whole numbers as cents, has no som, no
Kyrgyz, and writes «одна миллион» for a feminine number. The nouns, their plural forms, the feminine and all of Kyrgyz
are therefore defined here.
"""

from collections.abc import Callable
from dataclasses import dataclass

from receipts.document import Language

LARGEST_WHOLE = 10**15 - 1  # past it, the names of numbers differ between countries


class NoWordsForAmount(ValueError):
    """The amount is negative, or above the limit."""


@dataclass(frozen=True, slots=True)
class Noun:
    """A unit of money in the grammatical forms for a number: one, (few,) many."""

    forms: tuple[str, ...]
    feminine: bool = False


@dataclass(frozen=True, slots=True)
class Unit:
    """A currency in words. A minor unit without a noun is written as a fraction: 05/100."""

    major: Noun
    minor: Noun | None = None
    exponent: int = 2


def _unit(major: str, minor: str = "", *, exponent: int = 2, feminine: bool = False) -> Unit:
    """Make a unit from forms parted by slashes: "сом/сома/сомов"."""
    small = Noun(tuple(minor.split("/"))) if minor else None
    return Unit(Noun(tuple(major.split("/")), feminine), small, exponent)


_ENGLISH = {
    "USD": _unit("US dollar/US dollars", "cent/cents"),
    "EUR": _unit("euro/euros", "cent/cents"),
    "GBP": _unit("pound sterling/pounds sterling", "penny/pence"),
    "KGS": _unit("som/soms", "tyiyn/tyiyns"),
    "KZT": _unit("tenge/tenge", "tiyn/tiyn"),
    "TRY": _unit("Turkish lira/Turkish lira", "kuruş/kuruş"),
    "JPY": _unit("Japanese yen/Japanese yen", exponent=0),
    "RUB": _unit("Russian rouble/Russian roubles", "kopeck/kopecks"),
    "KWD": _unit("Kuwaiti dinar/Kuwaiti dinars", "fils/fils", exponent=3),
    "ISK": _unit("Icelandic króna/Icelandic krónur"),
    "UGX": _unit("Ugandan shilling/Ugandan shillings"),
}
_RUSSIAN = {
    "USD": _unit("доллар США/доллара США/долларов США", "цент/цента/центов"),
    "EUR": _unit("евро/евро/евро", "цент/цента/центов"),
    "GBP": _unit("фунт стерлингов/фунта стерлингов/фунтов стерлингов", "пенс/пенса/пенсов"),
    "KGS": _unit("сом/сома/сомов", "тыйын/тыйына/тыйынов"),
    "KZT": _unit("тенге/тенге/тенге", "тиын/тиына/тиынов"),
    "TRY": _unit("турецкая лира/турецкие лиры/турецких лир", "куруш/куруша/курушей", feminine=True),
    "JPY": _unit("японская иена/японские иены/японских иен", exponent=0, feminine=True),
    "RUB": _unit("рубль/рубля/рублей", "копейка/копейки/копеек"),
    "KWD": _unit("кувейтский динар/кувейтских динара/кувейтских динаров", "филс/филса/филсов", exponent=3),
    "ISK": _unit("исландская крона/исландские кроны/исландских крон", feminine=True),
    "UGX": _unit("угандийский шиллинг/угандийских шиллинга/угандийских шиллингов"),
}
# Kyrgyz, here and in `_kyrgyz_integer`, waits for a native check.
_KYRGYZ = {
    "USD": _unit("АКШ доллары", "цент"),
    "EUR": _unit("евро", "цент"),
    "GBP": _unit("фунт стерлинг", "пенс"),
    "KGS": _unit("сом", "тыйын"),
    "KZT": _unit("теңге", "тыйын"),
    "TRY": _unit("түрк лирасы", "куруш"),
    "JPY": _unit("жапон йенасы", exponent=0),
    "RUB": _unit("орус рубли", "копейка"),
    "KWD": _unit("Кувейт динары", "филс", exponent=3),
    "ISK": _unit("исланд кронасы"),
    "UGX": _unit("уганда шиллинги"),
}

_KYRGYZ_ONES = ("", "бир", "эки", "үч", "төрт", "беш", "алты", "жети", "сегиз", "тогуз")
_KYRGYZ_TENS = (
    "", "он", "жыйырма", "отуз", "кырк", "элүү", "алтымыш", "жетимиш", "сексен", "токсон",
)  # fmt: skip
_KYRGYZ_SCALES = ("", "миң", "миллион", "миллиард", "триллион")


def amount_in_words(minor: int, currency: str, exponent: int, language: Language) -> str:
    """Spell an amount of minor units: whole units in words, minor units in digits.

    A currency without nouns is named by its code and its decimals are written as a fraction, as are decimals that the
    currency does not usually have.

    Raises:
        NoWordsForAmount: the amount is below 0 or above 10**15.
    """
    whole, fraction = divmod(minor, 10**exponent)
    if not 0 <= whole <= LARGEST_WHOLE:
        raise NoWordsForAmount(f"{minor} minor units of {currency}")
    grammar = _GRAMMARS.get(language, _DIGITS)
    unit = grammar.units.get(currency, Unit(Noun((currency,))))
    words = f"{grammar.spell(whole, unit.major)} {grammar.form(whole, unit.major)}"
    if not exponent:
        return words
    small = f"{fraction:0{exponent}}"
    if unit.minor is None or unit.exponent != exponent:
        small += f"/{10**exponent}"
    else:
        small += f" {grammar.form(fraction, unit.minor)}"
    return f"{words}{grammar.joint}{small}"


def _english_integer(number: int, _noun: Noun) -> str:
    from num2words import num2words  # slow to import, and the web process never needs it

    return str(num2words(number, lang="en"))


def _russian_integer(number: int, noun: Noun) -> str:
    from num2words import num2words  # slow to import, and the web process never needs it

    words = str(num2words(number, lang="ru"))
    if not noun.feminine:
        return words
    head, space, last = words.rpartition(" ")
    return head + space + {"один": "одна", "два": "две"}.get(last, last)


def _kyrgyz_integer(number: int, _noun: Noun) -> str:
    if number == 0:
        return "нөл"
    words: list[str] = []
    for power in range(len(_KYRGYZ_SCALES) - 1, -1, -1):
        group = number // 1000**power % 1000
        if group:
            words += [*_kyrgyz_group(group), _KYRGYZ_SCALES[power]]
    return " ".join(word for word in words if word)


def _kyrgyz_group(group: int) -> list[str]:
    """Spell 1 to 999. A hundred alone is «жүз», while a thousand is «бир миң»."""
    hundreds, rest = divmod(group, 100)
    hundred = [_KYRGYZ_ONES[hundreds] if hundreds > 1 else "", "жүз"] if hundreds else []
    return [*hundred, _KYRGYZ_TENS[rest // 10], _KYRGYZ_ONES[rest % 10]]


def _english_form(number: int, noun: Noun) -> str:
    return noun.forms[0] if number == 1 else noun.forms[-1]


def _russian_form(number: int, noun: Noun) -> str:
    if len(noun.forms) == 1 or (number % 10 == 1 and number % 100 != 11):
        return noun.forms[0]
    if number % 10 in {2, 3, 4} and number % 100 not in {12, 13, 14}:
        return noun.forms[1]
    return noun.forms[2]


def _kyrgyz_form(_number: int, noun: Noun) -> str:
    return noun.forms[0]  # after a number the noun stays singular


@dataclass(frozen=True, slots=True)
class _Grammar:
    units: dict[str, Unit]
    spell: Callable[[int, Noun], str]
    form: Callable[[int, Noun], str]
    joint: str  # between the whole units and the minor ones


_DIGITS = _Grammar({}, lambda number, _noun: str(number), lambda _number, noun: noun.forms[0], " ")
"""For a language that has no grammar here."""
_GRAMMARS: dict[Language, _Grammar] = {
    "en": _Grammar(_ENGLISH, _english_integer, _english_form, " and "),
    "ru": _Grammar(_RUSSIAN, _russian_integer, _russian_form, " "),
    "ky": _Grammar(_KYRGYZ, _kyrgyz_integer, _kyrgyz_form, " "),
}
