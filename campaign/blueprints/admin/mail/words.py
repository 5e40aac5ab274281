"""The desk's words for why an email has not left."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

FAILURES: Mapping[str, LazyString] = {
    "address": _("This address cannot receive email. Send it to the correct address."),
    "refused": _("The mail server refused this email. Ask an administrator."),
    "unreachable": _("The mail server did not answer or asked us to try later. We will retry automatically."),
    "receipt": _("The receipt in it cannot be printed yet."),
    "late": _("It is about something we found out late. Decide whether it should still be sent."),
    "fault": _("An error in our system. Ask an administrator."),
}
"""Why it has not left → what happened and what to do."""
GIVEN_UP: Mapping[str, LazyString] = {
    **FAILURES,
    "unreachable": _("The mail server did not accept it for two days. Send it again when the server works."),
}
"""The same where it is not tried any more."""


def failure_of(state: str, failure: str | None) -> str:
    """Why an email in this state has not left; nothing where there is no reason to give."""
    found = (GIVEN_UP if state == "dead" else FAILURES).get(failure or "")
    return str(found or "")
