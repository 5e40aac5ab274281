"""Which gifts this browser gave: a short-lived signed cookie, set when a gift is given and needed for nothing else.

With it a donor sees her name, her masked address and her receipt; without it every page works and tells less.
"""

from datetime import timedelta

from flask import Response, current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer

LIFE = timedelta(hours=24)
KEPT_MAX = 5


def own_gifts() -> list[str]:
    """Public ids of the gifts that this browser gave in the last day, newest first."""
    try:
        kept = _signer().loads(request.cookies.get(_name(), ""), max_age=int(LIFE.total_seconds()))
    except BadData:
        return []
    return [str(public_id) for public_id in kept]


def remember_gift(response: Response, public_id: str) -> None:
    """Add a gift to those that this browser may look at again."""
    kept = [public_id, *(known for known in own_gifts() if known != public_id)][:KEPT_MAX]
    response.set_cookie(
        _name(),
        _signer().dumps(kept),
        max_age=LIFE,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )


def _name() -> str:
    return "__Host-gifts" if current_app.config["SESSION_COOKIE_SECURE"] else "gifts"


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="own gifts")
