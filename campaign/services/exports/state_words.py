"""The states of gifts, receipts and allocations in the reader's language, for files; staff pages add colours."""

from collections.abc import Mapping

from flask_babel import LazyString, lazy_pgettext
from flask_babel import lazy_gettext as _

from campaign.domain.allocation import AllocationState
from campaign.domain.donation import DonationState
from campaign.domain.grant_application import ApplicationState
from campaign.domain.payouts import MovementMatch, PayoutState
from campaign.domain.receipt import ReceiptEndReason, ReceiptState

DONATIONS: Mapping[str, LazyString] = {
    DonationState.CREATED: _("Started"),
    DonationState.OPEN: _("Waiting for payment"),
    DonationState.PROCESSING: _("Payment under way"),
    DonationState.PAID: _("Paid"),
    DonationState.EXPIRED: _("Not paid in time"),
    DonationState.FAILED: _("Failed"),
}
RECEIPTS: Mapping[str, LazyString] = {
    ReceiptState.ISSUED: _("Valid"),
    ReceiptState.REPLACED: _("Replaced"),
    ReceiptState.VOID: _("Void"),
}
ENDINGS: Mapping[str, LazyString] = {
    ReceiptEndReason.REFUND: _("Refund"),
    ReceiptEndReason.DISPUTE: _("Dispute"),
    ReceiptEndReason.CORRECTION: _("Correction"),
}
"""Why a receipt was replaced or is void."""
ALLOCATIONS: Mapping[str, LazyString] = {
    AllocationState.PROPOSED: _("Waiting for approval"),
    AllocationState.APPROVED: _("Approved"),
    AllocationState.REJECTED: _("Rejected"),
    AllocationState.WITHDRAWN: _("Withdrawn"),
}

APPLICATIONS: Mapping[str, LazyString] = {
    ApplicationState.DRAFT: lazy_pgettext("application", "Draft"),
    ApplicationState.SUBMITTED: lazy_pgettext("application", "Submitted"),
    ApplicationState.WAITING: _("On the waiting list"),
    ApplicationState.AWARDED: lazy_pgettext("application", "Awarded"),
    ApplicationState.REFUSED: lazy_pgettext("application", "Refused"),
    ApplicationState.WITHDRAWN: lazy_pgettext("application", "Withdrawn"),
}
PAYOUTS: Mapping[str, LazyString] = {
    PayoutState.UNDER_WAY: _("On its way"),
    PayoutState.ARRIVED: _("Arrived"),
    PayoutState.FAILED: _("Came back"),
    PayoutState.CANCELED: _("Cancelled"),
}
EXPLANATIONS: Mapping[str, LazyString] = {
    MovementMatch.BOOKS: _("In the books"),
    MovementMatch.PAYOUT: _("A payout"),
    MovementMatch.UNDONE: _("Failed and taken back"),
    MovementMatch.FEE: _("Booked as a fee"),
    MovementMatch.UNIDENTIFIED: _("Booked as not identified"),
}
"""By what a movement of the provider's balance is matched."""


def in_words(words: Mapping[str, LazyString], state: str | None) -> str:
    """Return a state in words; an empty text for none."""
    return str(words.get(state, state)) if state else ""
