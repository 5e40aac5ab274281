"""Sign-in for staff: Flask-Security with only the views that we use, our own texts and limits."""

import base64
import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app, request, session
from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from flask_security.core import Security
from flask_security.forms import LoginForm, TwoFactorRescueForm, TwoFactorSetupForm
from flask_security.utils import uia_email_mapper
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice

from campaign.blueprints.admin.permissions import PASSWORD_VIEWS
from campaign.blueprints.admin.staff import passkeys
from campaign.blueprints.admin.staff.passkeys import (
    PasskeyAdditionForm,
    PasskeyForm,
    PasskeySignInForm,
    StaffPasskeyUtil,
)
from campaign.blueprints.admin.staff.passwords import (
    BoundedPasswordMixin,
    StaffChangePasswordForm,
    StaffPasswordUtil,
    StaffVerifyForm,
)
from campaign.config import Config
from campaign.extensions import limiter, visitor_key
from campaign.gateway_registry import current_context
from campaign.gateways.clock import machine_clock
from campaign.i18n import Catalogues, text_of
from campaign.services.organisation.profile import organisation
from campaign.services.staff.accounts import DEMO_PASSWORD
from campaign.services.staff.datastore import close_sign_in_session, staff_datastore
from campaign.services.staff.second_factor import SingleUseTotp, SpentRecoveryCodes

DEMO_BYTES = DEMO_PASSWORD.encode()
FRESH_FOR = timedelta(minutes=5)
ATTEMPTS = "10 per minute"
"""Of a password or code, for one account from one address."""
ATTEMPTS_OF_AN_ACCOUNT = "15 per 15 minutes"
"""From all addresses together, once the password was given: a stranger cannot use these attempts up and lock the person out."""
ATTEMPTS_OF_AN_ADDRESS = "60 per minute"
"""Whatever the account: argon2 takes about 0.2 s of a core for each."""

MESSAGES: dict[str, tuple[LazyString, str]] = {
    "GENERIC_AUTHN_FAILED": (_("The email address or password is wrong."), "error"),
    "EMAIL_NOT_PROVIDED": (_("Enter your email address."), "error"),
    "INVALID_EMAIL_ADDRESS": (_("Enter an email address, like name@example.org."), "error"),
    "PASSWORD_NOT_PROVIDED": (_("Enter your password."), "error"),
    "INVALID_PASSWORD": (_("The password is wrong."), "error"),
    "INVALID_PASSWORD_CODE": (_("The password or code is wrong."), "error"),
    "DISABLED_ACCOUNT": (_("This account is closed. Ask an administrator."), "error"),
    "PASSWORD_IS_THE_SAME": (_("The new password must differ from the old one."), "error"),
    "RETYPE_PASSWORD_MISMATCH": (_("The two new passwords are not the same."), "error"),
    "PASSWORD_CHANGE": (_("Your password has been changed."), "success"),
    "REAUTHENTICATION_REQUIRED": (_("Confirm your identity."), "info"),
    "REAUTHENTICATION_SUCCESSFUL": (_("Thanks, identity confirmed."), "success"),
    "UNAUTHENTICATED": (_("Sign in to see this page."), "info"),
    "UNAUTHORIZED": (_("Your role does not include this page."), "error"),
    "TWO_FACTOR_INVALID_TOKEN": (_("The code is wrong or too old. Enter the one that the app shows now."), "error"),
    "TWO_FACTOR_LOGIN_SUCCESSFUL": (_("You are signed in."), "success"),
    "TWO_FACTOR_CHANGE_METHOD_SUCCESSFUL": (_("The second step has been set up."), "success"),
    "TWO_FACTOR_DISABLED": (_("The second step has been switched off."), "success"),
    "TWO_FACTOR_METHOD_NOT_AVAILABLE": (_("Choose one of the ways shown."), "error"),
    "TWO_FACTOR_PERMISSION_DENIED": (_("Start again: sign in first."), "error"),
    "TWO_FACTOR_SETUP_EXPIRED": (_("The set-up timed out. Start again."), "error"),
    "INVALID_RECOVERY_CODE": (_("This recovery code is wrong or has been used."), "error"),
    "NO_RECOVERY_CODES_SETUP": (_("There are no recovery codes yet."), "info"),
    "API_ERROR": (_("We could not understand this request."), "error"),
}
"""Flask-Security's sentences in our words; it ships none in Kyrgyz."""


class StaffLoginForm(BoundedPasswordMixin, LoginForm):
    """Email address and password. There is no "remember me": a session ends after 30 minutes of inactivity.

    The demo's password is public, so production refuses it.
    """

    remember = None
    wrong_password = MESSAGES["GENERIC_AUTHN_FAILED"][0]

    def validate(self, **more: Any) -> bool:
        if not super().validate(**more):
            return False
        config: Config = current_app.config["KURAK"]
        if config.is_development or not secrets.compare_digest(str(self.password.data).encode(), DEMO_BYTES):
            return True
        self.password.errors = [str(MESSAGES["GENERIC_AUTHN_FAILED"][0])]
        return False


class SecondStepForm(TwoFactorSetupForm):
    """The one method that we offer, and switching it off."""

    setup = RadioField(
        choices=[SelectChoice("authenticator", "authenticator"), SelectChoice("disable", "disable")],
        validate_choice=False,  # Flask-Security checks it against its settings
    )


class NoRescueForm(TwoFactorRescueForm):
    """Flask-Security makes this form beside the code's, whether or not it is shown; we show recovery codes instead."""

    help_setup = RadioField(choices=[SelectChoice("help", "help")], validate_choice=False)


class StaffTranslations(Catalogues):
    """Translates Flask-Security's texts: its own by their English text, ours by their lazy strings."""

    def gettext(self, string: Any, **variables: Any) -> str:  # a str or one of MESSAGES' lazy strings
        text = str(string) if isinstance(string, LazyString) else super().gettext(string)
        return str(text) % variables if variables else str(text)


def _machine_time() -> datetime:
    """Return the machine's time; phones do not know the sandbox's."""
    return machine_clock(current_context().clock).now()


class StaffTotp(SingleUseTotp):
    """Checks codes at the machine's time, which phones show."""

    def __init__(self, *settings: Any) -> None:  # what Flask-Security hands on
        super().__init__(*settings, phone_time=_machine_time)

    def get_totp_uri(self, username: str, totp_secret: str) -> str:
        """Return the address in the QR code, by which the app names the entry: the organisation, or the site's host."""
        config: Config = current_app.config["KURAK"]
        issuer = text_of(organisation().name) or urlsplit(config.public_url).hostname
        return str(self._totp.from_source(totp_secret).to_uri(username, issuer=str(issuer).replace(":", " ")))


security: Any = Security(  # Flask-Security has no types
    totp_cls=StaffTotp,
    mf_recovery_codes_util_cls=SpentRecoveryCodes,
    password_util_cls=StaffPasswordUtil,
    webauthn_util_cls=StaffPasskeyUtil,
)


def init_app(app: Flask) -> None:
    """Register Flask-Security and limit attempts on its password views."""
    config: Config = app.config["KURAK"]
    app.config.update(_settings(config))
    messages = MESSAGES | passkeys.MESSAGES
    app.config.update({f"SECURITY_MSG_{key}": value for key, value in messages.items()})
    security.init_app(
        app,
        staff_datastore(),
        login_form=StaffLoginForm,
        verify_form=StaffVerifyForm,
        change_password_form=StaffChangePasswordForm,
        two_factor_setup_form=SecondStepForm,
        two_factor_rescue_form=NoRescueForm,
        wan_register_form=PasskeyForm,
        wan_register_response_form=PasskeyAdditionForm,
        wan_signin_response_form=PasskeySignInForm,
    )
    security.i18n_domain = StaffTranslations()
    _disable_json_answers(app)
    _load_identity_on_staff_pages_only(app)
    app.teardown_appcontext(_end_session)
    for endpoint in PASSWORD_VIEWS:
        app.view_functions[endpoint] = _limited(app.view_functions[endpoint], endpoint)


def normalized_password(password: str) -> str:
    """Return a new password as sign-in will compare it."""
    return str(security.password_util.normalize(password))


def _disable_json_answers(app: Flask) -> None:
    """Flask-Security would answer JSON with a token that outlives its session, and take it from a header or a body."""
    app.login_manager.request_loader(lambda _request: None)  # type: ignore[attr-defined]  # Flask-Login puts it there
    security.want_json(lambda _request: False)


def _load_identity_on_staff_pages_only(app: Flask) -> None:
    """Flask-Principal would look for a person before every public page and every webhook too."""
    hooks = app.before_request_funcs[None]
    place, look = hooks.index(security.principal._on_before_request), security.principal._on_before_request  # noqa: SLF001

    def load_identity() -> None:
        if request.path.startswith("/staff"):
            look()

    hooks[place] = load_identity


def _end_session(_error: BaseException | None) -> None:
    close_sign_in_session()


def _settings(config: Config) -> dict[str, object]:
    return {
        "WTF_CSRF_TIME_LIMIT": None,  # a token lives as long as its session, so a form left open for lunch still works
        "SECURITY_CLI_USERS_NAME": None,  # `staff` is our command: it writes to the audit log
        "SECURITY_CLI_ROLES_NAME": None,
        "SECURITY_JOIN_USER_ROLES": False,  # they come with the grants
        "SECURITY_URL_PREFIX": "/staff",
        "SECURITY_STATIC_FOLDER": None,
        "SECURITY_FLASH_MESSAGES": True,
        "SECURITY_LOGOUT_METHODS": ["POST"],
        "SECURITY_POST_LOGIN_VIEW": "/staff/",
        "SECURITY_POST_LOGOUT_VIEW": "/staff/login",
        "SECURITY_POST_VERIFY_VIEW": "/staff/",
        "SECURITY_POST_CHANGE_VIEW": "/staff/account",
        "SECURITY_TWO_FACTOR_POST_SETUP_VIEW": "/staff/second-step/done",
        "SECURITY_RETURN_GENERIC_RESPONSES": True,  # a wrong address and a wrong password look alike
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_SCHEMES": ["argon2"],
        "SECURITY_PASSWORD_SINGLE_HASH": True,  # argon2 salts by itself; a second secret could only be lost
        "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False, "test_environment": True},
        "SECURITY_API_ENABLED_METHODS": ["session"],
        "SECURITY_FRESHNESS": FRESH_FOR,
        "SECURITY_FRESHNESS_GRACE_PERIOD": timedelta(0),
        "SECURITY_CHANGEABLE": True,
        "SECURITY_CHANGE_URL": "/password",
        "SECURITY_SEND_PASSWORD_CHANGE_EMAIL": False,
        "SECURITY_TWO_FACTOR": True,
        "SECURITY_TWO_FACTOR_REQUIRED": False,  # the guard leads whoever needs one to its set-up
        "SECURITY_TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "SECURITY_TWO_FACTOR_ALWAYS_VALIDATE": True,
        "SECURITY_TWO_FACTOR_AUTHENTICATOR_VALIDITY": 30,  # seconds a clock may be off: three codes are right at a time
        "SECURITY_TWO_FACTOR_RESCUE_EMAIL": False,
        "SECURITY_TWO_FACTOR_SETUP_URL": "/second-step",
        "SECURITY_TWO_FACTOR_TOKEN_VALIDATION_URL": "/second-step/code",
        "SECURITY_TWO_FACTOR_RESCUE_URL": "/second-step/rescue",
        "SECURITY_TWO_FACTOR_SELECT_URL": "/second-step/choice",
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_URL": "/recovery-codes",
        "SECURITY_MULTI_FACTOR_RECOVERY_URL": "/second-step/recovery",
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_KEYS": [_key(config, "recovery codes")],
        "SECURITY_DATETIME_FACTORY": _machine_time,
        "SECURITY_WEBAUTHN": True,
        "SECURITY_WAN_RP_NAME": "staff",  # required, and replaced in `StaffPasskeyUtil`
        "SECURITY_WAN_REGISTER_URL": "/passkeys",
        "SECURITY_WAN_POST_REGISTER_VIEW": "/staff/passkeys",
        "SECURITY_WAN_DELETE_URL": "/passkeys/remove",
        "SECURITY_WAN_SIGNIN_URL": "/passkey",
        "SECURITY_WAN_ALLOW_USER_HINTS": False,  # the page says nothing about whose passkeys there are
        "SECURITY_WAN_ALLOW_AS_VERIFY": None,  # a sensitive act asks for the password
        "SECURITY_TOTP_ISSUER": "staff",  # required, and replaced in `StaffTotp`
        "SECURITY_TOTP_SECRETS": {"1": _key(config, "totp")},
    }


def _key(config: Config, purpose: str) -> str:
    """Derive a 256-bit key for one purpose from SECRET_KEY; without that key, second steps must be set up again."""
    return base64.urlsafe_b64encode(hashlib.sha256(f"{purpose}:{config.secret_key}".encode()).digest()).decode()


def _account() -> str:
    """Return the account of this attempt: after the password, the session names it, whatever the form says."""
    if request.endpoint == "security.login":
        return (uia_email_mapper(request.form.get("email", "")) or "").casefold()  # all spellings that find one account
    return str(session.get("tf_user_id") or session.get("_user_id") or "")


def _account_and_address() -> str:
    return f"{visitor_key()}:{_account()}"


def _account_or_address() -> str:
    return _account() or visitor_key()


def _limited(view: Any, endpoint: str) -> Any:  # Flask's views have no common type
    limited = limiter.limit(ATTEMPTS, key_func=_account_and_address, methods=["POST"])(view)
    if endpoint != "security.login":
        limited = limiter.limit(ATTEMPTS_OF_AN_ACCOUNT, key_func=_account_or_address, methods=["POST"])(limited)
    return limiter.limit(ATTEMPTS_OF_AN_ADDRESS, methods=["POST"])(limited)
