"""The words for why an email has not been sent, or has not arrived."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from campaign.domain.mail import MailFailure, MailHoldReason, MailState

FAILURES: Mapping[str, LazyString] = {
    MailFailure.ADDRESS: _("This address cannot receive email. Send it to the correct address."),
    MailFailure.REFUSED: _("The mail server refused this email. Ask an administrator."),
    MailFailure.UNREACHABLE: _("The mail server did not answer or asked us to try later. We will retry automatically."),
    MailFailure.UNCERTAIN: _("Sending was interrupted. It may have arrived, so it is not sent a second time."),
    MailFailure.RETURNED: _("It came back: this address receives no email. Send it to the correct address."),
    MailFailure.DELAYED: _(
        "The recipient’s mail server could not deliver it for now. It may arrive late, or not at all."
    ),
    MailFailure.COMPLAINT: _("The recipient reported it as unwanted, so they are unsubscribed."),
    MailFailure.FAULT: _("An error in our system. Ask an administrator."),
}
"""What went wrong with the delivery → what happened and what to do."""
HOLD_REASONS: Mapping[str, LazyString] = {
    MailHoldReason.LATE_NEWS: _("It is about something we found out late. Decide whether it should still be sent."),
    MailHoldReason.RECEIPT_NOT_PRINTABLE: _("The receipt in it cannot be printed yet."),
}
"""Why it is held → what to do."""
GIVEN_UP: Mapping[str, LazyString] = {
    **FAILURES,
    MailFailure.UNREACHABLE: _("The mail server did not accept it for two days. Send it again when the server works."),
}
"""The same where it is not tried any more."""


def why_unsent(state: str, failure: str | None, hold_reason: str | None) -> str:
    """Return why an email in this state has not been sent; empty where there is no reason."""
    if hold_reason:
        return str(HOLD_REASONS[hold_reason])
    words = GIVEN_UP if state == MailState.FAILED_PERMANENTLY else FAILURES
    return str(words[failure]) if failure else ""
