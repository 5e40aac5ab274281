"""Refused passwords and codes: in the log with the visitor's address, in the audit trail with the account."""

import json
import logging
from contextlib import suppress
from urllib.parse import urlsplit

from flask import Response, g, request, session, url_for
from flask_security.utils import uia_email_mapper
from webauthn.helpers import base64url_to_bytes

from campaign.blueprints.admin.permissions import PASSWORD_VIEWS
from campaign.database import DatabaseBusy
from campaign.gateway_registry import current_context
from campaign.services.staff.refusals import RefusedAccount, record_refusal

log = logging.getLogger(__name__)


PASSKEY_VIEW = "security.wan_signin_response"


def is_refusal(response: Response) -> bool:
    """Return whether the answer to what was typed, or to a passkey, refuses it.

    A refused password shows its form again; a refused passkey leads back to the page that asks for one.
    """
    if request.endpoint == PASSKEY_VIEW and response.status_code == 302:
        return urlsplit(response.location).path == url_for("security.wan_signin")
    return request.endpoint in PASSWORD_VIEWS and response.status_code == 200


def note_refusal() -> None:
    """Record the refusal that this request ends with."""
    log.warning("%s refused for %s", request.endpoint, request.remote_addr)
    step = str(request.endpoint).partition(".")[2]
    with suppress(DatabaseBusy):  # the answer is the same
        record_refusal(_account(), step=step, clock=current_context().clock)


def _account() -> RefusedAccount:
    if "person" in g:
        return RefusedAccount(staff_id=g.person.id)
    if request.endpoint == "security.login":
        return RefusedAccount(email=uia_email_mapper(request.form.get("email", "")))
    if request.endpoint == PASSKEY_VIEW:
        return RefusedAccount(credential_id=_credential_id(request.form.get("credential", "")))
    return RefusedAccount(uniquifier=session.get("tf_user_id"))


def _credential_id(answer: str) -> bytes | None:
    """Return which passkey a browser's answer names; None where it is none."""
    try:
        return base64url_to_bytes(json.loads(answer)["rawId"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
