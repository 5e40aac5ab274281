"""Passwords at sign-in and where they are chosen: none so long that it cannot be hashed, none that is guessed early."""

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


class StaffPasswordUtil(PasswordUtil):
    """What Flask-Security asks when somebody chooses a password."""

    def validate(self, password: str, is_register: bool, **more: Any) -> tuple[list[str] | None, str]:  # noqa: ARG002  # its names
        config: Config = current_app.config["KURAK"]
        user = more["user"]
        problem = problem_of(password, [user.name, user.email, *site_words(config.public_url)])
        return ([str(SENTENCES[problem])] if problem else None), self.normalize(password)


class BoundedPasswordMixin:
    """A form in which the present password is given: one that is too long is a wrong one, and is not hashed."""

    wrong_password: LazyString = _("The password is wrong.")

    def validate(self, **more: Any) -> bool:
        field = getattr(self, "password")  # noqa: B009  # of the form that this is mixed into
        if is_too_long(str(field.data or "")):
            field.errors = [str(self.wrong_password)]
            return False
        return bool(super().validate(**more))  # type: ignore[misc]  # as above


class StaffVerifyForm(BoundedPasswordMixin, VerifyForm):
    """The password again, before something that matters."""


class StaffChangePasswordForm(BoundedPasswordMixin, ChangePasswordForm):
    """The present password and a new one."""
