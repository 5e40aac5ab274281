"""A value of ours in a browser's cookie: signed, for one purpose, for a limited time, and no longer than a browser takes."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal, TypedDict

from flask import Response, current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer

MAX_LENGTH = 3500
"""A browser holds about 4,000 letters in a cookie, its name and attributes included."""


class _Attributes(TypedDict):
    secure: bool
    httponly: bool
    samesite: Literal["Lax"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedCookie:
    """One kind of cookie.

    Attributes:
        name: What it is called; over HTTPS browsers accept it from this host alone (`__Host-`).
        purpose: Signed into the value, so that the value of another cookie or link of ours is none of this one.
        life: How long it is sent by the browser and believed by us.
    """

    name: str
    purpose: str
    life: timedelta

    def read(self) -> Any | None:
        """Return the value that the request carries; `None` where it is missing, too old, too long or not ours."""
        text = request.cookies.get(self._full_name, "")
        if len(text) > MAX_LENGTH:
            return None
        try:
            return self._signer.loads(text, max_age=int(self.life.total_seconds()))
        except BadData:
            return None

    def sign(self, value: object) -> str | None:
        """Return the text of a cookie with this value; `None` when it is too long."""
        text = str(self._signer.dumps(value))
        return text if len(text) <= MAX_LENGTH else None

    def put(self, answer: Response, text: str | None) -> None:
        """Send a signed text to the browser, in place of the one before; nothing where there is none."""
        if text is not None:
            answer.set_cookie(self._full_name, text, max_age=self.life, **_attributes())

    def drop(self, answer: Response) -> None:
        """Have the browser forget the cookie, if it sent one."""
        if self._full_name in request.cookies:
            answer.delete_cookie(self._full_name, **_attributes())

    @property
    def _full_name(self) -> str:
        return f"__Host-{self.name}" if _attributes()["secure"] else self.name

    @property
    def _signer(self) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(str(current_app.secret_key), salt=self.purpose)


def _attributes() -> _Attributes:
    """Out of reach of scripts and of requests from other sites; encrypted wherever the site is."""
    return {"secure": bool(current_app.config["SESSION_COOKIE_SECURE"]), "httponly": True, "samesite": "Lax"}
