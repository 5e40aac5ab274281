"""Links in Markdown: which addresses a text may lead to, and those of a text that lead nowhere."""

import re

_INLINE = re.compile(r"\[[^\]\n]{0,300}\]\(\s*<?([^)\s>]{0,2000})")
_REFERENCE = re.compile(r"^ {0,3}\[[^\]\n]{1,300}\]:[ \t]*<?(\S{0,2000}?)>?(?:\s|$)", re.MULTILINE)
_OWN = re.compile(r"(?:/(?!/)|#)\S*")
_WEB = re.compile(r"https?://[^\s/?#@]+\.[^\s/?#@.]+(?:[/?#]\S*)?", re.IGNORECASE)
_MAIL = re.compile(r"mailto:[^\s@]+@[^\s@]+\.[^\s@]+", re.IGNORECASE)
_PHONE = re.compile(r"tel:\+?[\d().-]+", re.IGNORECASE)


def is_plain_link(url: str) -> bool:
    """Whether a link may be shown: an address with one of our schemes or a path of ours; `//host` looks like a path."""
    bare = url.strip().lower()
    is_ours = bare.startswith(("/", "#")) and not bare.startswith("//")
    return is_ours or bare.startswith(("https://", "http://", "mailto:", "tel:"))


def bad_links(source: str) -> list[str]:
    """Return the addresses of a Markdown text that no reader can follow, in their order."""
    addresses = [match[1] for match in (*_INLINE.finditer(source), *_REFERENCE.finditer(source))]
    return [address for address in addresses if not _leads_somewhere(address)]


def _leads_somewhere(address: str) -> bool:
    return any(pattern.fullmatch(address) for pattern in (_OWN, _WEB, _MAIL, _PHONE))
