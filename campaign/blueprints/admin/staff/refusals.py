"""Refused passwords and codes: in the log with the visitor's address, in the audit trail with the account."""

import logging
from contextlib import suppress

from flask import g, request, session
from flask_security.utils import uia_email_mapper

from campaign.database import DatabaseBusy
from campaign.gateway_registry import current_context
from campaign.services.staff.refusals import RefusedAccount, record_refusal

log = logging.getLogger(__name__)


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
    return RefusedAccount(uniquifier=session.get("tf_user_id"))
