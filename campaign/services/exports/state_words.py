"""The states of gifts, receipts and allocations in the reader's language, for files; staff pages add colours."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

DONATIONS: Mapping[str, LazyString] = {
    "created": _("Started"),
    "open": _("Waiting for payment"),
    "processing": _("Payment under way"),
    "paid": _("Paid"),
    "expired": _("Not paid in time"),
    "failed": _("Failed"),
}
RECEIPTS: Mapping[str, LazyString] = {"issued": _("Valid"), "replaced": _("Replaced"), "void": _("Void")}
ENDINGS: Mapping[str, LazyString] = {
    "refund": _("Refund"),
    "dispute": _("Dispute"),
    "correction": _("Correction"),
}
"""Why a receipt was replaced or is void."""
ALLOCATIONS: Mapping[str, LazyString] = {
    "proposed": _("Waiting for approval"),
    "approved": _("Approved"),
    "rejected": _("Rejected"),
    "withdrawn": _("Withdrawn"),
}

PAYOUTS: Mapping[str, LazyString] = {
    "under_way": _("On its way"),
    "arrived": _("Arrived"),
    "failed": _("Came back"),
    "canceled": _("Cancelled"),
}
EXPLANATIONS: Mapping[str, LazyString] = {
    "books": _("In the books"),
    "payout": _("A payout"),
    "undone": _("Failed and taken back"),
    "fee": _("Booked as a fee"),
    "unidentified": _("Booked as not identified"),
}
"""By what a movement of the provider's balance is matched."""


def in_words(words: Mapping[str, LazyString], state: str | None) -> str:
    """Return a state in words; an empty text for none."""
    return str(words.get(state, state)) if state else ""
