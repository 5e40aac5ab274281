"""What people type, before anybody reads it: letters as they are, without what is invisible or turns text around."""

import re
import unicodedata

from email_validator import EmailNotValidError, validate_email

from campaign.domain.errors import DomainError

EMAIL_MAX = 254
_KEPT_FORMATS = {"\u200c", "\u200d"}
"""Joiners: emoji and several scripts are written with them."""


class AddressNotUnderstood(DomainError):
    """What was typed is no e-mail address that mail can be sent to."""


def one_line(text: str | None) -> str:
    """A name or an address: no line breaks, no invisible or direction-changing characters, single spaces."""
    return " ".join(_visible(text or "").split())


def paragraphs(text: str | None) -> str:
    """A message: the same, with its line breaks; more than one empty line in a row becomes one."""
    lines = (" ".join(line.split()) for line in _visible(text or "").split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def email_address(text: str) -> str:
    """The address in the form that mail servers take; AddressNotUnderstood. Nothing is looked up."""
    try:
        found = validate_email(text, check_deliverability=False, allow_smtputf8=False, globally_deliverable=False)
    except EmailNotValidError as error:
        raise AddressNotUnderstood from error
    address = found.ascii_email
    if address is None or len(address) > EMAIL_MAX or "." not in address.rpartition("@")[2]:
        raise AddressNotUnderstood
    return address


def _visible(text: str) -> str:
    unified = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(letter for letter in unified if _is_visible(letter))


def _is_visible(letter: str) -> bool:
    """Controls, direction marks, surrogates and unassigned points go; line breaks and tabs are dealt with later."""
    return (
        letter in "\n\t"
        or letter in _KEPT_FORMATS
        or unicodedata.category(letter) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
    )
