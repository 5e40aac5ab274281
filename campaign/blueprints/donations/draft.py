"""A form between two pages: what is typed and chosen, in a signed cookie of this browser for an hour.

A switch of the form is answered by a redirect, so that the page after it is an ordinary one: reloading it and coming back
to it from the payment page send nothing again. The address names the draft and holds nothing of it.
"""

from datetime import timedelta
from typing import Any

from flask import Response, request

from campaign.blueprints.donations.gift_form import GiveForm
from campaign.domain.identity import new_public_id
from campaign.web.signed_cookie import SignedCookie

COOKIE = SignedCookie(name="draft", purpose="draft of a gift", life=timedelta(hours=1))
LAST = "last"
"""Names whatever draft this browser holds: for the page that answers a form with a mistake, which is alike for everybody."""
LEFT_OUT = {"homepage", "proof", "other_amount_meant", "email_meant"}


def signed_draft(form: GiveForm, *, wants_code: bool) -> tuple[str, str] | None:
    """Return a form as (name of the draft, signed text of the cookie); None when it is too long."""
    fields = {field.name: field.data for field in form if field.name not in LEFT_OUT}
    name = new_public_id()
    text = COOKIE.sign([name, {**fields, "anonymous": not form.shows_name}, wants_code])
    return (name, text) if text is not None else None


def store_draft(answer: Response, text: str) -> None:
    """Store a draft in the browser."""
    COOKIE.put(answer, text)


def delete_draft(answer: Response) -> None:
    """Delete the browser's draft, so that the next person at this device does not see it."""
    COOKIE.drop(answer)


def draft_in_address() -> tuple[dict[str, Any], bool] | None:
    """(fields, whether a code is needed) of the draft that the address names, if this browser holds it."""
    draft = COOKIE.read()
    if draft is None:
        return None
    name, fields, wants_code = draft
    return (dict(fields), bool(wants_code)) if request.args.get("draft") in {name, LAST} else None
