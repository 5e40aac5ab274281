"""How donors sign in to their own pages, and how long that holds. Pure."""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from campaign.domain.errors import DomainError

SIGN_IN_KIND = "my_sign_in"
"""Folder of the templates of the email with link and code."""
SIGN_IN_LIFE = timedelta(minutes=10)
"""How long link and code hold."""
IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
REMEMBERED = timedelta(days=30)
"""How long a donor stays signed in on a device that they called their own."""


class SignInRefused(DomainError):
    """A code or link is wrong, expired or used, or belongs to another browser: the answer is one for all of these."""


class TooManyCodes(DomainError):
    """Too many wrong codes were entered; the link in the email still works."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInRequest:
    """Who asks to sign in: known to the browser that asked, by a signed cookie, and to nobody else.

    Attributes:
        id: A random name of this request.
        email: The address as typed.
        requested_at: When.
    """

    id: str
    email: str
    requested_at: datetime

    def is_valid(self, at: datetime) -> bool:
        """Return whether its link and its code still hold."""
        return timedelta() <= at - self.requested_at <= SIGN_IN_LIFE


def code_of(request_id: str, mailbox: str, *, secret: str) -> str:
    """Return the six digits of a request, which only this installation can work out."""
    digest = _digest("code", request_id, mailbox, secret=secret)
    return str(int.from_bytes(digest[:8], "big") % 10**6).zfill(6)


def link_token_of(request_id: str, mailbox: str, *, secret: str) -> str:
    """Return the secret word of a request's link: 256 bits that the browser that asked cannot work out either."""
    return base64.urlsafe_b64encode(_digest("link", request_id, mailbox, secret=secret)).decode().rstrip("=")


def is_same(typed: str, expected: str) -> bool:
    """Compare a typed word with a secret one in constant time."""
    return hmac.compare_digest(typed.encode("utf-8", "surrogatepass"), expected.encode())


def _digest(purpose: str, request_id: str, mailbox: str, *, secret: str) -> bytes:
    key = hashlib.sha256(f"donor sign-in:{secret}".encode()).digest()
    return hmac.digest(key, f"{purpose}:{request_id}:{mailbox}".encode(), "sha256")
