"""The signed name of one shown form: what makes a second press of the button the same gift."""

from datetime import UTC, datetime, timedelta

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer

from campaign.domain.errors import DomainError
from campaign.domain.identity import new_public_id
from campaign.gateways.clock import Clock

MIN_AGE = timedelta(seconds=2)
"""Nobody fills the form in faster; a script does."""
MAX_AGE = timedelta(hours=24)


class FormTooYoung(DomainError):
    """The form came back faster than a person can fill it in."""


class FormTooOld(DomainError):
    """The form was shown more than a day ago."""


class FormForged(DomainError):
    """The form's name is missing or was not signed by us."""


def sign_form_id(form_id: str | None = None, *, clock: Clock) -> str:
    """A signed name that counts its age from now: of a new form, or of `form_id` shown again."""
    return _signer().dumps([form_id or new_public_id(), round(clock.now().timestamp() * 1000)])


def read_form_id(signed: str, *, clock: Clock) -> str:
    """The form's name. FormForged; FormTooYoung under 2 seconds, FormTooOld over 24 hours."""
    try:
        form_id, shown_at_ms = _signer().loads(signed)
    except (BadData, ValueError) as error:
        raise FormForged from error
    age = clock.now() - datetime.fromtimestamp(shown_at_ms / 1000, UTC)
    if age < MIN_AGE:
        raise FormTooYoung
    if age > MAX_AGE:
        raise FormTooOld
    return str(form_id)


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="donation form")
