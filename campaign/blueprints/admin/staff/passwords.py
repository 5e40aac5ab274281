"""Password rules: none that is too long to hash, none that is easy to guess."""

from typing import Any

from flask import current_app
from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from flask_security.forms import ChangePasswordForm, VerifyForm
from flask_security.password_util import PasswordUtil

from campaign.config import Config
from campaign.services.staff.passwords import (
    MAX_LENGTH,
    MIN_LENGTH,
    PasswordProblem,
    is_too_long,
    problem_of,
    site_words,
)

SENTENCES: dict[PasswordProblem, LazyString] = {
    PasswordProblem.TOO_SHORT: _("Choose a password of at least %(length)s characters.", length=MIN_LENGTH),
    PasswordProblem.TOO_LONG: _("Choose a password of at most %(length)s characters.", length=MAX_LENGTH),
    PasswordProblem.OWN_DATA: _("This password has too much of your name, your email address or this site in it."),
    PasswordProblem.EASY: _("This password is too easy to guess. Choose another."),
}


def password_problem(password: str, *, name: str, email: str) -> str | None:
    """Return why this person may not choose this password, as a sentence; None where they may."""
    config: Config = current_app.config["KURAK"]
    problem = problem_of(password, [name, email, *site_words(config.public_url)])
    return str(SENTENCES[problem]) if problem else None


class StaffPasswordUtil(PasswordUtil):
    """Checks a new password for Flask-Security."""

    def validate(self, password: str, is_register: bool, **more: Any) -> tuple[list[str] | None, str]:  # noqa: ARG002  # its names
        user = more["user"]
        problem = password_problem(password, name=user.name, email=user.email)
        return ([problem] if problem else None), self.normalize(password)


class BoundedPasswordMixin:
    """A form with the current password; one that is too long is wrong, and is not hashed."""

    wrong_password: LazyString = _("The password is wrong.")

    def validate(self, **more: Any) -> bool:
        field = getattr(self, "password")  # noqa: B009  # of the form that this is mixed into
        if is_too_long(str(field.data or "")):
            field.errors = [str(self.wrong_password)]
            return False
        return bool(super().validate(**more))  # type: ignore[misc]  # as above


class StaffVerifyForm(BoundedPasswordMixin, VerifyForm):
    """The current password, before a sensitive action."""


class StaffChangePasswordForm(BoundedPasswordMixin, ChangePasswordForm):
    """The current password and a new one."""
