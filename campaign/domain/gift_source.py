"""Where a donor came from: the tags of the link that they followed, and the host of the site with that link.

Both come from the address of a page, so anybody can write anything there. They are cut, cleaned, and left out where they
could name a person.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

from campaign.domain.typed_text import one_line

MAX_TAG = 60
MAX_HOST = 100
PARAMETERS = ("utm_source", "utm_medium", "utm_campaign", "referrer_host")
"""The names in addresses, forms and tables alike; the first three are those that newsletters and social networks use."""
UNWANTED = re.compile(r"[^\w .+/-]+")
PHONE = re.compile(r"\d(?:[ .-]?\d){8,}")
"""Nine digits in a row or more: a telephone or card number rather than the name of a newsletter."""
HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]")
IN_REFERRER = re.compile(r"(?:https?|android-app)://(?:[^/?#@]*@)?([^/?#:]+)(?::\d+)?(?:[/?#]|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class GiftSource:
    """The tags and the host of one visit; None for what is not known."""

    utm_source: str | None = None
    utm_medium: str | None = None
    utm_campaign: str | None = None
    referrer_host: str | None = None

    @property
    def tags(self) -> tuple[str, ...]:
        """Return the tags of the link that are known: source, medium, campaign."""
        return tuple(tag for tag in (self.utm_source, self.utm_medium, self.utm_campaign) if tag)


def clean_tag(text: str | None) -> str | None:
    """Return a tag in lower case without unusual characters, at most 60; None for an empty one, an address or a number."""
    line = one_line((text or "")[: 4 * MAX_TAG])
    if "@" in line or PHONE.search(line):
        return None
    return " ".join(UNWANTED.sub(" ", line.lower()).split())[:MAX_TAG].strip() or None


def clean_host(text: str | None, *, own: Collection[str] = ()) -> str | None:
    """Return the name of a host without `www.`; None for one of our own, an IP address or anything else."""
    host = (text or "").strip().lower().rstrip(".").removeprefix("www.")
    is_own = host in {name.lower().removeprefix("www.") for name in own}
    return host if len(host) <= MAX_HOST and HOST.fullmatch(host) and not is_own else None


def host_of_referrer(referrer: str | None, *, own: Collection[str] = ()) -> str | None:
    """Return the host of a page's full address; nothing else of the address is read."""
    match = IN_REFERRER.match((referrer or "")[:2000])
    return clean_host(match[1], own=own) if match else None


SHARED = "shared"
"""The source of gifts that come by a link that somebody passed on."""


def shared_address(address: str, medium: str) -> str:
    """Return a page's address with the tags of a link that is passed on by `medium`, such as `telegram` or `copy`."""
    return f"{address}{'&' if '?' in address else '?'}utm_source={SHARED}&utm_medium={medium}"
