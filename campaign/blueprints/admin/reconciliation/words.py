"""The words of reconciliation: kinds of movements, problems, states of payouts."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from campaign.blueprints.admin.words import Word
from campaign.domain.payouts import MovementMatch, PayoutState
from campaign.services.exports.state_words import EXPLANATIONS, PAYOUTS

_PAYOUT_COLOURS = {
    PayoutState.UNDER_WAY: "warn",
    PayoutState.ARRIVED: "good",
    PayoutState.FAILED: "bad",
    PayoutState.CANCELED: "",
}
PAYOUT: Mapping[str, Word] = {state: (PAYOUTS[state], colour) for state, colour in _PAYOUT_COLOURS.items()}
CATEGORIES: Mapping[str, LazyString] = {
    "charge": _("Payment"),
    "charge_failure": _("Payment that failed"),
    "refund": _("Refund"),
    "refund_failure": _("Refund that came back"),
    "dispute": _("Dispute"),
    "dispute_reversal": _("Dispute won"),
    "payout": _("Payout"),
    "payout_reversal": _("Payout that came back"),
    "fee": _("Provider’s fee"),
    "tax": _("Tax on fees"),
    "network_cost": _("Cost of card networks"),
    "topup": _("Money put in from the bank"),
    "risk_reserved_funds": _("Held back by the provider"),
}
_EXPLAINED_COLOURS = {
    MovementMatch.BOOKS: "good",
    MovementMatch.PAYOUT: "good",
    MovementMatch.UNDONE: "",
    MovementMatch.FEE: "good",
    MovementMatch.UNIDENTIFIED: "warn",
}
EXPLAINED: Mapping[str, Word] = {by: (EXPLANATIONS[by], colour) for by, colour in _EXPLAINED_COLOURS.items()}
PROBLEMS: Mapping[str, tuple[LazyString, LazyString]] = {
    "missed": (
        _("Not in our books"),
        _("It seems to belong to a gift whose events may have been lost. Fetch the gift from the payment provider."),
    ),
    "under_way": (
        _("On its way"),
        _("Banks need a few days for this payment. It will be recorded once the bank confirms it."),
    ),
    "foreign": (
        _("Someone else’s"),
        _(
            "The payment provider links it to no gift of ours: something else uses the same account. "
            "Book it as not identified."
        ),
    ),
    "fee": (
        _("Stand-alone fee"),
        _("The payment provider charged this fee separately from any payment. Book it against the general fund."),
    ),
    "payout": (_("An unknown payout"), _("Fetch the payout from the provider.")),
    "differs": (
        _("Another amount"),
        _(
            "Our records have a different amount for it. Fetch it again. If that changes nothing, book "
            "the difference as not identified and tell an administrator: a wrong booking is corrected by "
            "a separate entry."
        ),
    ),
    "other": (
        _("Of another kind"),
        _("The payment provider moved money for its own reasons. Ask why; until then, book it as not identified."),
    ),
}
"""Why a movement is a case → a short name, and what it means and what to do."""


def category(name: str) -> str:
    """Return the kind of a movement in words; an unknown one in the provider's word."""
    return str(CATEGORIES.get(name, name.replace("_", " ")))
