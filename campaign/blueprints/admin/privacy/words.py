"""The words for consents and for what is done with personal data."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from campaign.domain import donor_consent, erasure
from campaign.domain.donor_consent import ConsentPurpose, ConsentSource
from campaign.domain.erasure import CustomerDeletionState
from campaign.domain.errors import DomainError

PURPOSES: Mapping[str, LazyString] = {
    ConsentPurpose.UPDATES: _("Updates of a campaign"),
    ConsentPurpose.THANKS: _("Thanks and news of the gift"),
    ConsentPurpose.INVITATIONS: _("Invitations to events"),
}
SOURCES: Mapping[str, LazyString] = {
    ConsentSource.EMAIL_LINK: _("By the link in an email"),
    ConsentSource.IN_PERSON: _("In person"),
    ConsentSource.PAPER: _("On paper"),
    ConsentSource.PHONE: _("By phone"),
    ConsentSource.MESSAGE: _("In an email or a message"),
}
DELETIONS: Mapping[str, tuple[LazyString, str]] = {
    CustomerDeletionState.REQUESTED: (_("Deletion requested"), "warn"),
    CustomerDeletionState.DONE: (_("Deleted"), "good"),
    CustomerDeletionState.REFUSED: (_("Refused: ask the provider’s support"), "bad"),
}
PRIVACY_ACTS: Mapping[str, LazyString] = {
    "donor:consent": _("Recorded what a donor agreed to"),
    "donor:withdraw_consent": _("Withdrew what a donor had agreed to"),
    "donor:erase": _("Erased a donor’s personal data"),
    "donor:download_data": _("Downloaded a donor’s data"),
    "donations:download": _("Downloaded donations"),
    "donors:download": _("Downloaded the list of donors"),
    "audit:download": _("Downloaded the audit trail"),
}
PRIVACY_RULES: Mapping[type[DomainError], LazyString] = {
    donor_consent.ConsentGiven: _("The donor has agreed to this already. Nothing was changed."),
    donor_consent.ConsentEnded: _("This is withdrawn already. Nothing was changed."),
    erasure.PledgeStillRunning: _("A monthly gift of this donor is still running. Stop it first. Nothing was erased."),
    erasure.ReceiptErased: _("The personal data on this receipt were erased, so it is no longer shown."),
    donor_consent.DonorErased: _("This donor’s personal data were erased, so there is nothing left to show or change."),
}
