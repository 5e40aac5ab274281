"""Email addresses as mail servers judge them, with domains as people read them.

An international domain is stored and shown in its own letters; `ascii_email` gives what mail and payment servers take.
"""

import unicodedata
from enum import Enum, auto

import idna
from email_validator import EmailNotValidError, validate_email

from campaign.domain.errors import DomainError

MAX_LOCAL, MAX_ADDRESS = 64, 254
"""Octets before the @, and in all, that mail servers take (RFC 5321)."""
LOOK_ALIKES = frozenset("асеорхуіјѕһԁԛԝӏкмтвгнАВЕЅЗІЈКМНОРСТУХҮԌԚԜ")
"""Cyrillic letters that a reader takes for Latin ones or for digits."""


class EmailProblem(Enum):
    """What is wrong with an address."""

    SYNTAX = auto()
    LOCAL_TOO_LONG = auto()
    TOO_LONG = auto()
    LOOK_ALIKE = auto()
    CYRILLIC = auto()
    LETTER = auto()


class InvalidEmail(DomainError):
    """The text is not an email address that mail servers take.

    Attributes:
        problem: What is wrong.
        letters: The letters that are wrong, each once, where there are such.
    """

    def __init__(self, problem: EmailProblem, letters: tuple[str, ...] = ()) -> None:
        super().__init__(problem.name)
        self.problem = problem
        self.letters = letters


def parse_email(text: str) -> str:
    """Read an address; nothing is looked up.

    Returns:
        The address, with the domain in lower case and in its own letters.

    Raises:
        InvalidEmail: No mail server would take it.
    """
    local_part, at, domain = text.strip().rpartition("@")
    if not at or not local_part:
        raise InvalidEmail(EmailProblem.SYNTAX)
    _refuse_letters(local_part, domain)
    if len(local_part) > MAX_LOCAL:
        raise InvalidEmail(EmailProblem.LOCAL_TOO_LONG)
    try:
        address = validate_email(
            f"{local_part}@{domain}", check_deliverability=False, allow_smtputf8=False, globally_deliverable=False
        )
    except EmailNotValidError as error:
        is_long = len(local_part) + len(domain) >= MAX_ADDRESS
        raise InvalidEmail(EmailProblem.TOO_LONG if is_long else EmailProblem.SYNTAX) from error
    top_level = address.ascii_domain.rpartition(".")[2]
    if "." not in address.ascii_domain or top_level.isdigit():
        raise InvalidEmail(EmailProblem.SYNTAX)
    if len(address.local_part) + 1 + len(address.ascii_domain) > MAX_ADDRESS:
        raise InvalidEmail(EmailProblem.TOO_LONG)
    return readable_email(f"{address.local_part}@{address.ascii_domain}")


def ascii_email(address: str) -> str:
    """The address with its domain as the domain name system has it; unchanged where it has no such form."""
    local_part, at, domain = address.rpartition("@")
    try:
        return f"{local_part}{at}{idna.encode(domain, uts46=True).decode('ascii')}" if at else address
    except idna.IDNAError:
        return address


def readable_email(address: str) -> str:
    """The address with its domain in its own letters; unchanged where it has none."""
    local_part, at, domain = address.rpartition("@")
    if "xn--" not in domain.lower():
        return address
    try:
        return f"{local_part}{at}{idna.decode(domain)}"
    except idna.IDNAError:
        return address


def email_key(address: str) -> str:
    """What one mailbox is found by, however its letters are written in large or small, or its domain."""
    local_part, _, domain = ascii_email(unicodedata.normalize("NFC", address.strip())).rpartition("@")
    return f"{local_part.lower()}@{domain.lower()}"


def _refuse_letters(local_part: str, domain: str) -> None:
    """Refuse letters that only look right, and those that no address has before the @."""
    cyrillic = _cyrillic(local_part)
    if cyrillic and set(cyrillic) <= LOOK_ALIKES:
        raise InvalidEmail(EmailProblem.LOOK_ALIKE, cyrillic)
    if cyrillic:
        raise InvalidEmail(EmailProblem.CYRILLIC, tuple(letter for letter in cyrillic if letter not in LOOK_ALIKES))
    if mixed := _mixed_in(domain):
        raise InvalidEmail(EmailProblem.LOOK_ALIKE, mixed)
    if others := tuple(dict.fromkeys(letter for letter in local_part if not letter.isascii())):
        raise InvalidEmail(EmailProblem.LETTER, others)


def _mixed_in(domain: str) -> tuple[str, ...]:
    """Cyrillic letters in a label that is Latin for the rest, or that would be one with its look-alikes."""
    labels = domain.split(".")
    has_latin_label = any(label.isascii() for label in labels)
    letters: list[str] = []
    for label in labels:
        cyrillic = _cyrillic(label)
        is_mixed = any(letter.isascii() and letter.isalpha() for letter in label)
        if cyrillic and (is_mixed or (has_latin_label and set(cyrillic) <= LOOK_ALIKES)):
            letters.extend(cyrillic)
    return tuple(dict.fromkeys(letters))


def _cyrillic(text: str) -> tuple[str, ...]:
    letters = (letter for letter in text if not letter.isascii())
    return tuple(dict.fromkeys(letter for letter in letters if unicodedata.name(letter, "").startswith("CYRILLIC")))
