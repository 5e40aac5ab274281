"""The words of the provider's side at the desk: what a movement is, why it is a case, what becomes of a payout."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from campaign.blueprints.admin.words import Word

PAYOUT: Mapping[str, Word] = {
    "under_way": (_("On its way"), "warn"),
    "arrived": (_("Arrived"), "good"),
    "failed": (_("Came back"), "bad"),
    "canceled": (_("Cancelled"), ""),
}
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
EXPLAINED: Mapping[str, Word] = {
    "books": (_("In the books"), "good"),
    "payout": (_("A payout"), "good"),
    "undone": (_("Failed and taken back"), ""),
    "fee": (_("Booked as a fee"), "good"),
    "unidentified": (_("Booked as not identified"), "warn"),
}
PROBLEMS: Mapping[str, tuple[LazyString, LazyString]] = {
    "missed": (
        _("Not in our books"),
        _("It seems to belong to a gift, and its news may have been lost. Fetch the gift from the provider."),
    ),
    "under_way": (
        _("On its way"),
        _("A bank takes its days for this payment. It will be in the books when the bank has said yes."),
    ),
    "foreign": (
        _("Somebody else's"),
        _(
            "The provider knows no gift of ours behind it: something else uses the same account. Book it as not identified."
        ),
    ),
    "fee": (
        _("A fee by itself"),
        _("The provider took this fee apart from any payment. Book it, and the general fund bears it."),
    ),
    "payout": (_("A payout that is not known here"), _("Fetch the payout from the provider.")),
    "differs": (
        _("Another amount"),
        _(
            "Our books hold another amount for it. Fetch it once more; if that changes nothing, keep the difference apart "
            "and tell an administrator: what was booked wrongly is corrected by an entry of its own."
        ),
    ),
    "other": (
        _("Of another kind"),
        _("The provider moved money for a reason of its own. Ask what it is; until then book it as not identified."),
    ),
}
"""Why a movement is a case → a short name, and what it means and what to do."""


def category(name: str) -> str:
    """What kind of movement it is; the provider's own word where it is a new one."""
    return str(CATEGORIES.get(name, name.replace("_", " ")))
