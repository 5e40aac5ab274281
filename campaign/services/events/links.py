"""Signed words: of a link to one sign-up, and of a sign-up form that was shown."""

from datetime import UTC, datetime, timedelta

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer

from campaign.domain.event_sign_up import SignUpLinkBroken
from campaign.domain.identity import new_public_id

LINK, FORM = "event sign-up: link", "event sign-up: form"
"""Signed into every word, so that no other signed word of ours is taken for it."""
MIN_FORM_AGE = timedelta(seconds=2)
"""Nobody fills the form in faster; a script does."""
MAX_FORM_AGE = timedelta(hours=24)


def sign_link(public_id: str) -> str:
    """Return the word in the address of a person's own sign-up."""
    return str(_signer(LINK).dumps(public_id))


def read_link(token: str) -> str:
    """Return the public id of the sign-up that a link leads to.

    Raises:
        SignUpLinkBroken: It is none of ours.
    """
    try:
        return str(_signer(LINK).loads(token))
    except BadData as error:
        raise SignUpLinkBroken from error


def sign_form(*, at: datetime) -> str:
    """Return the signed name of a form that is shown now; the browser's work is bound to it."""
    return str(_signer(FORM).dumps([new_public_id(), int(at.timestamp())]))


def is_own_form(signed: str, *, at: datetime) -> bool:
    """Return whether we showed this form, some seconds ago and at most a day."""
    try:
        _name, shown_at = _signer(FORM).loads(signed)
        age = at - datetime.fromtimestamp(int(shown_at), UTC)
    except (BadData, TypeError, ValueError, OverflowError):
        return False
    return MIN_FORM_AGE <= age <= MAX_FORM_AGE


def _signer(purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt=purpose)
