"""The states of a receipt; receipt numbers and codes as people type them, and initials as the public check shows them."""

import re
from enum import StrEnum
from unicodedata import normalize

from campaign.domain.errors import DomainError

SERIAL_DIGITS = 6
MAX_TYPED = 500
"""More characters than any pasted address of ours has."""

_LOOK_ALIKE = str.maketrans("АВЕКМНОРСТХУІЅЈԌҺΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEKMHOPCTXYISJGHABEZHIKMNOPTYX")
_SEPARATORS = re.compile(r"[^0-9A-Z]+")
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_WORDS_BEFORE = re.compile(r"^\W*(?:(?:RECEIPT|КВИТАНЦИЯ|ДҮМҮРЧӨК)\W+)?(?:(?:NO|NUMBER|НОМЕР|НОМЕРИ)\b)?")
_WORD_BEFORE_CODE = re.compile(r"^\W*(?:CODE|КОДУ?)\W+")
_PARTED = re.compile(r"(?P<series>[0-9A-Z]+(?:-[0-9A-Z]+)*)-(?P<year>[0-9OIL]{4})-(?P<serial>[0-9OIL]{1,9})")
_IN_ONE = re.compile(
    rf"(?P<test>TEST)?(?P<series>[0-9A-Z]+)(?P<year>[0-9OIL]{{4}})(?P<serial>[0-9OIL]{{{SERIAL_DIGITS}}})"
)
_DIGITS = str.maketrans("OIL", "011")


class ReceiptState(StrEnum):
    """Whether a receipt is valid. Its facts never change."""

    ISSUED = "issued"
    REPLACED = "replaced"  # by a newer one
    VOID = "void"


class ReceiptEndReason(StrEnum):
    """Why a receipt was replaced or is void."""

    REFUND = "refund"
    DISPUTE = "dispute"
    CORRECTION = "correction"


class ReceiptLinkBroken(DomainError):
    """We did not sign the link to a receipt."""


class ReceiptLinkExpired(DomainError):
    """The link was valid for some weeks; the receipt is attached to the mail."""


def read_number(typed: str) -> str:
    """Return a receipt's number as it was printed, such as WCL-2026-000123, or "" if this is none."""
    text = _INVISIBLE.sub("", normalize("NFKC", typed.replace("№", " ")[:MAX_TYPED])).upper()
    text = _WORDS_BEFORE.sub("", text).translate(_LOOK_ALIKE)
    parted = _SEPARATORS.sub("-", text).strip("-")
    if match := _PARTED.fullmatch(parted):
        series = match["series"]
    elif match := _IN_ONE.fullmatch(parted.replace("-", "")):
        series = f"TEST-{match['series']}" if match["test"] else match["series"]
    else:
        return ""
    year, serial = (match[part].translate(_DIGITS) for part in ("year", "serial"))
    return f"{series}-{year}-{serial.zfill(SERIAL_DIGITS)}"


def read_code(typed: str) -> str:
    """Return a receipt's code as it was printed: small Latin letters and digits."""
    text = _INVISIBLE.sub("", normalize("NFKC", typed[:MAX_TYPED])).upper()
    text = _WORD_BEFORE_CODE.sub("", text).translate(_LOOK_ALIKE)
    return _SEPARATORS.sub("", text).lower()


def initials(name: str) -> str:
    """Return the first letters of the first three words of a name; marks such as «» are no letters."""
    words = normalize("NFC", name).split()
    letters = [next((char for char in word if char.isalnum()), "") for word in words]
    initial_letters = [letter.title() for letter in letters if letter][:3]
    return "".join(f"{letter}." for letter in initial_letters) or "".join(words)[:1]
