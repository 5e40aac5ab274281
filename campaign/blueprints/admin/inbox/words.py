"""The words of the inbox: what each state means, and why an event has not been processed."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from campaign.domain.provider_events import EventReason, EventState

STATES: Mapping[str, LazyString] = {
    EventState.FAILED_PERMANENTLY: _("Retries exhausted. Read the reason, fix it, then replay the event."),
    EventState.FAILED: _("It failed and is retried automatically, at growing intervals, for about two days."),
    EventState.WAITING_FOR_PARENT: _("It concerns a gift that is not here yet. It is retried automatically."),
    EventState.NEW: _("Received and about to be processed."),
    EventState.PROCESSED: _("Its gift is up to date."),
    EventState.IGNORED: _("It contains nothing that this program acts on."),
    EventState.FOREIGN: _("It concerns a payment that is not ours. The account is also used for something else."),
}
REASONS: Mapping[str, LazyString] = {
    EventReason.WRONG_MODE: _(
        "It concerns test money and this installation takes real money, or the other way round. Check "
        "that the right keys are set; a replay would not help."
    ),
    EventReason.GIFT_UNKNOWN: _(
        "It names a gift that is not in our records. If the database was restored recently, the gift "
        "may be lost; otherwise it will appear on the next try."
    ),
    EventReason.PROVIDER_UNAVAILABLE: _("The payment provider did not respond, asked us to wait, or rejected our key."),
    EventReason.CONCURRENT_UPDATES: _("Other events about the same gift were being processed at the same time."),
    EventReason.MISMATCH: _(
        "The payment does not fit the gift: another amount, currency or gift. A person must look at both."
    ),
    EventReason.PROGRAM_ERROR: _(
        "The program failed on it. A developer needs the technical line. Replay it once it is fixed."
    ),
}
AGES: Mapping[str, LazyString] = {
    "hour": _("older than an hour"),
    "day": _("older than a day"),
    "week": _("older than a week"),
}
SUBJECTS: Mapping[str, LazyString] = {
    "charge.dispute.": _("About a dispute"),
    "charge.refund": _("About a refund"),
    "refund.": _("About a refund"),
    "radar.": _("About suspected fraud"),
    "review.": _("About suspected fraud"),
    "charge.": _("About the payment"),
    "payment_intent.": _("About the payment"),
    "checkout.": _("About the payment page"),
    "invoice.": _("About a monthly payment"),
    "customer.": _("About the monthly gift"),
}
"""How a type of event begins → what it is about; the first that fits."""


def subject_of(event_type: str) -> str:
    """Return what an event of this type is about; empty where that is not known."""
    return next((str(words) for start, words in SUBJECTS.items() if event_type.startswith(start)), "")
