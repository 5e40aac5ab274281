"""The words of a donor's own pages for the states of gifts and monthly gifts."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from campaign.domain.pledge import PledgeState
from campaign.services.donor_account.gifts import DonorGift

PLEDGE_STATES: Mapping[PledgeState, tuple[LazyString, str]] = {
    PledgeState.ACTIVE: (_("Active"), "good"),
    PledgeState.PAUSED: (_("Paused"), "warn"),
    PledgeState.PAST_DUE: (_("The last gift could not be charged"), "bad"),
    PledgeState.STOPPING: (_("Ends soon"), "warn"),
    PledgeState.STOPPED: (_("Ended"), ""),
}


def state_of(gift: DonorGift) -> tuple[LazyString, str]:
    """Return the state of a gift in words, and the kind of its tag."""
    if gift.is_processing:
        return _("Payment on its way"), "warn"
    if gift.is_returned:
        return _("Returned to you"), ""
    return (_("Partly returned to you"), "") if gift.returned.minor else (_("Received"), "good")
