"""Which gifts this browser gave: a short-lived signed cookie, set when a gift is given and needed for nothing else.

With it donors see their name, masked address and receipt; without it each page works and shows less.
"""

from datetime import timedelta

from flask import Response

from campaign.web.signed_cookie import SignedCookie

COOKIE = SignedCookie(name="gifts", purpose="own gifts", life=timedelta(hours=24))
MAX_GIFTS = 5


def gifts_in_cookie() -> list[str]:
    """Public ids of the gifts that this browser gave in the last day, newest first."""
    return [str(public_id) for public_id in COOKIE.read() or ()]


def remember_gift(response: Response, public_id: str) -> None:
    """Add a gift to those that this browser may see again."""
    public_ids = [public_id, *(known for known in gifts_in_cookie() if known != public_id)][:MAX_GIFTS]
    COOKIE.put(response, COOKIE.sign(public_ids))
