"""What a request changes in the account of its person, and the cookie by which a browser is known again."""

from contextlib import suppress

from flask import Flask, Response, g, request
from flask_security.signals import tf_disabled, tf_profile_changed, wan_deleted, wan_registered

from campaign.database import DatabaseBusy
from campaign.gateway_registry import current_context
from campaign.jobs import wake
from campaign.services.staff.devices import REMEMBERED_FOR, new_device
from campaign.services.staff.mails import AccountEvent
from campaign.services.staff.own_account import record_change
from campaign.web.signed_cookie import SignedCookie

DEVICE = SignedCookie(name="staff_device", purpose="a browser of a member of staff", life=REMEMBERED_FOR)
MAX_DEVICE_LENGTH = 64


def watch_changes(app: Flask) -> None:
    """Note the changes that Flask-Security makes; it stores them after this."""
    tf_profile_changed.connect(_on_second_step, app)
    tf_disabled.connect(_on_second_step_removed, app)
    wan_registered.connect(_on_passkey, app)
    wan_deleted.connect(_on_passkey_removed, app)


def note_changes(response: Response) -> Response:
    """Record what this request has changed, once Flask-Security has stored it."""
    is_new_codes = request.endpoint == "security.mf_recovery_codes" and request.method == "POST"
    event = AccountEvent.SECOND_STEP if is_new_codes and response.status_code == 200 else g.pop("account_event", None)
    if event is not None and "person" in g and response.status_code < 400:
        with suppress(DatabaseBusy):  # the change itself is stored
            record_change(g.person.id, event, clock=current_context().clock)
        wake("outbox")
    return response


def device_of_browser() -> str:
    """Return the cookie by which this browser is known, or a new one."""
    device = DEVICE.read()
    return device if isinstance(device, str) and 0 < len(device) <= MAX_DEVICE_LENGTH else new_device()


def remember_device(response: Response, device: str) -> None:
    """Let the browser be known at the next sign-in."""
    DEVICE.put(response, DEVICE.sign(device))


def _on_second_step(_app: Flask, **_more: object) -> None:
    g.account_event = AccountEvent.SECOND_STEP


def _on_second_step_removed(_app: Flask, **_more: object) -> None:
    g.account_event = AccountEvent.SECOND_STEP_REMOVED


def _on_passkey(_app: Flask, **_more: object) -> None:
    g.account_event = AccountEvent.PASSKEY


def _on_passkey_removed(_app: Flask, **_more: object) -> None:
    g.account_event = AccountEvent.PASSKEY_REMOVED
