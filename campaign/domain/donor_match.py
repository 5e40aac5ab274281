"""Whether two email addresses may be of one person: typing slips and other spellings of a mailbox. Pure."""

from enum import StrEnum

KNOWN_DOMAINS = frozenset(
    {
        *("gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "icloud.com", "me.com"),
        *("mail.ru", "bk.ru", "list.ru", "inbox.ru", "internet.ru", "yandex.ru", "yandex.com", "ya.ru", "rambler.ru"),
        *("yahoo.com", "proton.me", "protonmail.com", "gmx.de", "gmx.net", "web.de", "mail.com", "aol.com"),
    }
)
"""Providers at which many people have a mailbox; two of them are never a slip of one another."""
MAX_SLIPS = 2
MIN_NEAR_LOCAL = 5
"""Letters before the @ that two similar names need: of two short ones, half may differ."""


class DuplicateSign(StrEnum):
    """Why two donors are proposed for merging."""

    DOMAIN_TYPO = "domain_typo"  # the same name before the @, and a domain that is a slip of a provider's
    SAME_NAME = "same_name"  # a gift of each has the same name, and the addresses are similar


def duplicate_sign(email: str, other: str, *, have_same_name: bool) -> DuplicateSign | None:
    """Return why two addresses may be of one person; None where nothing says so.

    Args:
        email: An address, folded.
        other: The other one.
        have_same_name: Whether a gift of each has the same name.
    """
    local, _at, domain = email.rpartition("@")
    other_local, _at, other_domain = other.rpartition("@")
    is_same_local = _plain(local) == _plain(other_local)
    if is_same_local and is_domain_slip(domain, other_domain):
        return DuplicateSign.DOMAIN_TYPO
    if have_same_name and (is_same_local or _is_near(_plain(local), _plain(other_local))):
        return DuplicateSign.SAME_NAME
    return None


def is_domain_slip(domain: str, other: str) -> bool:
    """Whether one of the two is a provider's domain and the other is up to two slips away from it."""
    are_known = {domain in KNOWN_DOMAINS, other in KNOWN_DOMAINS}
    return are_known == {True, False} and 0 < slips(domain, other) <= MAX_SLIPS


def slips(text: str, other: str) -> int:
    """Count the letters to add, drop, change or swap with their neighbour; more than two count as three."""
    if abs(len(text) - len(other)) > MAX_SLIPS:
        return MAX_SLIPS + 1
    rows = [list(range(len(other) + 1))]
    for i, letter in enumerate(text, 1):
        row = [i]
        for j, other_letter in enumerate(other, 1):
            is_changed = letter != other_letter
            cost = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + is_changed)
            if i > 1 and j > 1 and is_changed and letter == other[j - 2] and text[i - 2] == other_letter:
                cost = min(cost, rows[-2][j - 2] + 1)
            row.append(cost)
        rows.append(row)
    return min(rows[-1][-1], MAX_SLIPS + 1)


def _plain(local: str) -> str:
    """Return what is before the @ without dots and what some providers ignore after a plus."""
    return local.partition("+")[0].replace(".", "")


def _is_near(local: str, other: str) -> bool:
    return min(len(local), len(other)) >= MIN_NEAR_LOCAL and slips(local, other) <= MAX_SLIPS
