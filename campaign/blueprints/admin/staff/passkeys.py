"""Passkeys: what we ask of an authenticator. One signs in alone, so it must be found by itself and check its person."""

from typing import Any

from flask import request
from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from flask_security.webauthn import WebAuthnRegisterForm, WebAuthnRegisterResponseForm, WebAuthnSigninResponseForm
from flask_security.webauthn_util import WebauthnUtil
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice

from campaign.i18n import text_of
from campaign.services.organisation.profile import organisation

MESSAGES: dict[str, tuple[LazyString, str]] = {
    "WEBAUTHN_EXPIRED": (_("That took too long. Start again."), "error"),
    "WEBAUTHN_NAME_REQUIRED": (_("Enter a name for the passkey."), "error"),
    "WEBAUTHN_NAME_INUSE": (_("You have a passkey called “%(name)s”. Choose another name."), "error"),
    "WEBAUTHN_NAME_NOT_FOUND": (_("You have no passkey called “%(name)s”."), "error"),
    "WEBAUTHN_NAME_DISALLOWED_CHARACTERS": (_("Use letters, digits, spaces, hyphens and underscores only."), "error"),
    "WEBAUTHN_CREDENTIAL_DELETED": (_("The passkey “%(name)s” has been removed."), "success"),
    "WEBAUTHN_REGISTER_SUCCESSFUL": (_("The passkey “%(name)s” has been added."), "success"),
    "WEBAUTHN_CREDENTIAL_ID_INUSE": (_("This passkey has been added already."), "error"),
    "WEBAUTHN_UNKNOWN_CREDENTIAL_ID": (_("We do not know this passkey."), "error"),
    "WEBAUTHN_ORPHAN_CREDENTIAL_ID": (_("We do not know this passkey."), "error"),
    "WEBAUTHN_NO_VERIFY": (_("The passkey could not be checked. Start again."), "error"),
    "WEBAUTHN_CREDENTIAL_WRONG_USAGE": (_("We do not know this passkey."), "error"),
    "WEBAUTHN_MISMATCH_USER_HANDLE": (_("We do not know this passkey."), "error"),
}


class PasskeyForm(WebAuthnRegisterForm):
    """The name of a new passkey. It signs in alone, which is the one use that we offer."""

    usage = RadioField(choices=[SelectChoice("first", "first")], default="first")


class _BrowserAnswer:
    """What a browser says about a passkey: anybody can send it, and whatever cannot be read is refused by a sentence.

    Flask-Security lets some faults of the text through as errors of the server, such as JSON that is nested too deeply.
    """

    def validate(self, **settings: Any) -> bool:
        try:
            return bool(super().validate(**settings))  # type: ignore[misc]  # the form that this is mixed into has it
        except (WebAuthnException, RecursionError, ValueError, TypeError, AttributeError, LookupError):
            self.credential.errors.append(str(MESSAGES["WEBAUTHN_NO_VERIFY"][0]))  # type: ignore[attr-defined]
            return False


class PasskeySignInForm(_BrowserAnswer, WebAuthnSigninResponseForm):
    """The answer of a browser that signs in."""


class PasskeyAdditionForm(_BrowserAnswer, WebAuthnRegisterResponseForm):
    """The answer of a browser with a new passkey."""


class StaffPasskeyUtil(WebauthnUtil):
    """The authenticator stores the passkey with the account, and asks for a finger, a face or a code."""

    def registration_options(self, user: Any, usage: str, existing_options: dict[str, Any]) -> dict[str, Any]:
        named = existing_options | {"rp_name": text_of(organisation().name) or request.host}
        options: dict[str, Any] = super().registration_options(user, usage, named)
        return options

    def authenticator_selection(self, user: Any, usage: str) -> AuthenticatorSelectionCriteria:  # noqa: ARG002  # its names
        return AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        )

    def user_verification(self, user: Any, usage: list[str]) -> UserVerificationRequirement:  # noqa: ARG002  # as above
        return UserVerificationRequirement.REQUIRED
