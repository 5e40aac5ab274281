"""Amounts as people type them, in any script and with any separators, read without a guess."""

import re
import unicodedata
from decimal import Decimal

from campaign.domain.errors import DomainError
from campaign.domain.money import CURRENCIES, Currency, Money, currency, rounded


class InvalidAmount(DomainError):
    """What was typed is not an amount, or can be read in two ways."""


class AmbiguousAmount(InvalidAmount):
    """The amount can be read in two ways: `1,500` is 1,500 to some people and 1.50 to others.

    Attributes:
        readings: Both amounts, the one with thousands first.
    """

    def __init__(self, text: str, readings: tuple["Money", "Money"]) -> None:
        super().__init__(text)
        self.readings = readings


class ZeroAmount(InvalidAmount):
    """The amount is 0."""


class AmountInOtherCurrency(InvalidAmount):
    """What was typed names another currency than the one that was asked for: 500 som must not become 500 dollars."""


_SPOKEN = {
    "USD": "$ us$ долл доллар доллара долларов",
    "EUR": "€ евро",
    "GBP": "£",
    "KGS": "som сом сома сомов",
    "KZT": "₸ тенге",
    "TRY": "₺",
    "JPY": "¥",
}


_NAMES = {name.upper(): code for code in CURRENCIES for name in (code, *_SPOKEN.get(code, "").split())}
"""What people write beside a number → the currency that they mean."""


_NAME = "|".join(re.escape(name) for name in sorted(_NAMES, key=len, reverse=True))


_NAMED_NUMBER = re.compile(rf"({_NAME})?\s*(.*?)\s*({_NAME})?", re.IGNORECASE | re.DOTALL)


_PLAIN = re.compile(r"(?=.)(\d{0,9})(?:[.,](\d{1,3}))?", re.ASCII)


_GROUPED = re.compile(r"([1-9]\d{0,2})(?:([ '.,])\d{3})(?:\2\d{3})*(?:(?!\2)[.,](\d{1,2}))?", re.ASCII)


_TWO_READINGS = re.compile(r"([1-9]\d{0,2})[.,](\d{3})", re.ASCII)
"""Three digits behind one sign: thousands to some people, decimals to others."""


_SIGNS = str.maketrans({"٫": ".", "٬": "'", **dict.fromkeys("’‘ʼ", "'")})
"""Arabic decimal and thousands signs, and the apostrophes that stand for one between thousands."""


_FULL_WIDTH = re.compile("[\uff01-\uff5e\uffe0-\uffe6]")


_LAST_SIGN = re.compile(r"(?<=\d)[.,]$")


_LAST_POINT = re.compile(r"(?<=[^\W\d])\.$")


_CENTS = 2


_MAX_LENGTH = 40
"""Longer than any amount with its currency's name; what is longer is not even looked at."""


def parse_amount(text: str, code: str) -> Money:
    """Read the amount that a person typed: `25`, `25,50`, `.5`, `3.`, `1 000`, `1.000,50`, `１００`, `5 000 сом`.

    The reading is strict and the same in every language. Digits of every script are digits. Nothing is guessed: signs,
    exponents, irregular groups and too many decimals are refused.

    Args:
        text: What was typed.
        code: The currency that the form asks for, three capitals.

    Returns:
        An amount of more than 0.

    Raises:
        AmbiguousAmount: The text has two readings, like `1,500`; only currencies with two decimals have such texts.
        ZeroAmount: The amount is 0.
        AmountInOtherCurrency: The text names another currency.
        InvalidAmount: The text is not an amount.
    """
    unit = currency(code)
    if len(text) > _MAX_LENGTH:
        raise InvalidAmount(text[:_MAX_LENGTH])
    match = _NAMED_NUMBER.fullmatch(_LAST_POINT.sub("", _with_usual_digits(text).strip()))
    before, number, after = match.groups() if match else (None, text, None)
    if any(_NAMES[name.upper()] != code for name in (before, after) if name):
        raise AmountInOtherCurrency(text)
    bare = _LAST_SIGN.sub("", re.sub(r"\s", " ", number))
    _refuse_ambiguous(bare, unit)
    whole, fraction = _split(bare, unit.exponent)
    if len(fraction) > unit.exponent:
        raise InvalidAmount(text)
    amount = Money(int(whole + fraction.ljust(unit.exponent, "0")), code)
    if amount.minor == 0:
        raise ZeroAmount(text)
    return amount


def _with_usual_digits(text: str) -> str:
    """The text with ASCII digits and signs for those of other scripts, and without characters that show nothing."""
    narrow = _FULL_WIDTH.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text)
    shown = (letter for letter in narrow.translate(_SIGNS) if unicodedata.category(letter) != "Cf")
    return "".join(str(unicodedata.decimal(letter, letter)) for letter in shown)


def _refuse_ambiguous(bare: str, unit: Currency) -> None:
    """Raise AmbiguousAmount where thousands may be meant, or decimals of a currency that has two.

    Yen have no decimals, so these are thousands; a dinar has three, as everybody there writes them.
    """
    match = _TWO_READINGS.fullmatch(bare)
    if match is None or unit.exponent != _CENTS or unit.step == 10**unit.exponent:
        return
    thousands = Money(int(match[1] + match[2]) * 10**unit.exponent, unit.code)
    decimals = Money(rounded(Decimal(f"{match[1]}.{match[2]}").scaleb(unit.exponent)), unit.code)
    raise AmbiguousAmount(bare, (thousands, decimals))


def _split(bare: str, exponent: int) -> tuple[str, str]:
    """The digits before and after the decimal sign; a separator between groups of three is none."""
    plain = _PLAIN.fullmatch(bare)
    if plain and len(plain[2] or "") <= exponent:
        return plain[1], plain[2] or ""
    grouped = _GROUPED.fullmatch(bare)
    if grouped is None:
        raise InvalidAmount(bare)
    fraction = grouped[3] or ""
    whole = bare[: len(bare) - len(fraction) - 1] if fraction else bare
    return re.sub(r"\D", "", whole), fraction
