"""Slips of the finger in the domains of email addresses: what was probably meant. A guess, to be asked about only."""

import re

KNOWN = (
    *(
        "gmail.com",
        "googlemail.com",
        "mail.ru",
        "inbox.ru",
        "list.ru",
        "yandex.ru",
        "yandex.com",
        "yandex.kz",
        "rambler.ru",
    ),
    *("yahoo.com", "hotmail.com", "outlook.com", "icloud.com", "protonmail.com", "proton.me", "live.com", "mail.com"),
)
"""Domains of many mailboxes, among which a slip is looked for. Short ones (bk.ru, ya.ru) are near too many others."""
REAL = frozenset(
    {
        *KNOWN,
        *("aol.com", "bk.ru", "email.com", "fastmail.com", "gmx.com", "gmx.de", "gmx.net", "internet.ru", "mail.de"),
        *("mail.ee", "mail.kg", "mail.kz", "mail.uz", "mail.by", "mail.tj", "me.com", "mac.com", "msn.com", "ro.ru"),
        *(
            "outlook.fr",
            "outlook.de",
            "rocketmail.com",
            "tmail.com",
            "vk.com",
            "web.de",
            "ya.ru",
            "yandex.by",
            "yandex.ua",
        ),
        *(
            "yandex.uz",
            "yahoo.co.uk",
            "ymail.com",
            "live.ru",
            "live.de",
            "live.fr",
            "inbox.lv",
            "inbox.com",
            "fmail.com",
        ),
    }
)
"""Domains that exist and are near one of KNOWN: no question about them."""
SINGLE_DOMAINS = {
    **dict.fromkeys(("gmail", "gmial", "gmai", "gmil", "gamil", "gmaill", "gmal"), "gmail.com"),
    "googlemail": "googlemail.com",
    "icloud": "icloud.com",
}
"""Names of providers, and slips in them, whose mailboxes are all in one domain: gmail.ru has none."""
_NAME_AND_ENDING = re.compile(r"([^.]+)\.(?:com\.)?[a-z]{2,4}")
TOP_LEVELS = {
    **dict.fromkeys(("con", "cmo", "ocm", "comm", "coom", "vom", "xom", "cim", "cpm", "clm", "comn"), "com"),
    **dict.fromkeys(("nte", "nett", "ner"), "net"),
    **dict.fromkeys(("ogr", "rog", "orgg"), "org"),
    **dict.fromkeys(("ry", "rru", "ruu", "tu", "ri"), "ru"),
    **dict.fromkeys(("kgg", "gk"), "kg"),
}
"""Endings that do not exist, and what was meant."""


def suggest_email(address: str) -> str | None:
    """The address that was probably meant; None where nothing looks like a slip."""
    local_part, _, domain = address.rpartition("@")
    domain = domain.lower()
    if domain in REAL:
        return None
    split = _NAME_AND_ENDING.fullmatch(domain)
    if split and split[1] in SINGLE_DOMAINS:
        return f"{local_part}@{SINGLE_DOMAINS[split[1]]}"
    name, _, top_level = domain.rpartition(".")
    meant = f"{name}.{TOP_LEVELS[top_level]}" if top_level in TOP_LEVELS else domain
    near = meant if meant in REAL else next((known for known in KNOWN if _is_one_slip(meant, known)), meant)
    return f"{local_part}@{near}" if near != domain else None


def _is_one_slip(typed: str, meant: str) -> bool:
    """Whether one letter is missing, too many or another, or two neighbours have changed places."""
    if abs(len(typed) - len(meant)) > 1 or typed == meant:
        return False
    start = 0
    while start < min(len(typed), len(meant)) and typed[start] == meant[start]:
        start += 1
    rest, intended = typed[start:], meant[start:]
    swapped = rest[1:2] + rest[:1] + rest[2:]
    return intended in {rest[1:], swapped} or rest == intended[1:] or rest[1:] == intended[1:]
