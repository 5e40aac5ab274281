"""A form between two pages: what is typed and chosen, in a signed cookie of this browser for an hour.

A switch of the form is answered by a redirect, so that the page after it is an ordinary one: reloading it and coming back
to it from the payment page send nothing again. The address names the draft and holds nothing of it.
"""

from datetime import timedelta
from typing import Any

from flask import Response, current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer

from campaign.blueprints.donations.gift_form import GiveForm
from campaign.domain.identity import new_public_id

LIFE = timedelta(hours=1)
LENGTH_MAX = 3500
"""A browser holds about 4,000 letters in a cookie; a longer form is drawn at once instead."""
LAST = "last"
"""Names whatever draft this browser holds: for the page that answers a form with a mistake, which is alike for everybody."""
LEFT_OUT = {"homepage", "proof", "other_amount_meant", "email_meant"}


def written_draft(form: GiveForm, *, wants_code: bool) -> tuple[str, str] | None:
    """Write a form down as (name of the draft, signed text of the cookie); None when it is too long."""
    fields = {field.name: field.data for field in form if field.name not in LEFT_OUT}
    name = new_public_id()
    text = _signer().dumps([name, {**fields, "anonymous": not form.shows_name}, wants_code])
    return (name, text) if len(text) <= LENGTH_MAX else None


def keep_draft(answer: Response, text: str) -> None:
    """Hand a written draft to the browser."""
    answer.set_cookie(
        _cookie(),
        text,
        max_age=LIFE,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )


def drop_draft(answer: Response) -> None:
    """Have the browser forget its draft: the gift is made, and whoever sits here next must not find it."""
    if _cookie() in request.cookies:
        answer.delete_cookie(
            _cookie(), secure=current_app.config["SESSION_COOKIE_SECURE"], httponly=True, samesite="Lax"
        )


def draft_in_address() -> tuple[dict[str, Any], bool] | None:
    """(fields, whether a code is asked for) of the draft that the address names, if this browser holds it."""
    try:
        name, fields, wants_code = _signer().loads(
            request.cookies.get(_cookie(), ""), max_age=int(LIFE.total_seconds())
        )
    except (BadData, ValueError):
        return None
    return (dict(fields), bool(wants_code)) if request.args.get("draft") in {name, LAST} else None


def _cookie() -> str:
    return "__Host-draft" if current_app.config["SESSION_COOKIE_SECURE"] else "draft"


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="draft of a gift")
