"""The words for monthly gifts: states, timeline, why they ended or could not be charged."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from campaign.domain.pledge import PledgeEndReason, PledgeState
from campaign.services.pledges.card_refusals import WORDS as CARD_REFUSALS

Word = tuple[LazyString, str]

STATES: Mapping[str, Word] = {
    PledgeState.ACTIVE: (_("Active"), "good"),
    PledgeState.PAUSED: (_("Paused"), "warn"),
    PledgeState.PAST_DUE: (_("Could not be charged"), "bad"),
    PledgeState.STOPPING: (_("Ends soon"), "warn"),
    PledgeState.STOPPED: (_("Ended"), ""),
}
TIMELINE: Mapping[str, Word] = {
    "begun": (_("Started"), "good"),
    "active": (_("Active"), "good"),
    "paused": (_("Paused"), "warn"),
    "past_due": (_("Could not be charged"), "bad"),
    "stopping": (_("Ends soon"), "warn"),
    "stopped": (_("Ended"), ""),
    "amount": (_("The amount became"), ""),
    "card": (_("Another card"), ""),
    "unpaid": (_("A monthly payment was declined"), "bad"),
    "told": (_("Email created"), ""),
    "refused": (_("The provider refused"), "bad"),
    "link_sent": (_("New link sent to the donor"), ""),
    "links_withdrawn": (_("Links to the donor’s page withdrawn"), "warn"),
    "asked_change": (_("Requested: different amount"), ""),
    "asked_pause": (_("Requested: pause"), ""),
    "asked_skip": (_("Requested: skip the next payment"), ""),
    "asked_resume": (_("Requested: resume"), ""),
    "asked_stop_later": (_("Requested: stop at the end of the paid month"), ""),
    "asked_keep": (_("Requested: keep the monthly gift"), ""),
    "asked_stop": (_("Requested: stop now"), ""),
    "asked_mend": (_("Requested: different card"), ""),
    "asked_use_card": (_("Requested: the card of another monthly gift"), ""),
    "moved": (_("Moved to the donor’s other card"), ""),
    "successor_yes": (_("Donor: continue in the campaign that follows"), "good"),
    "successor_no": (_("Donor: end with the campaign"), ""),
    "continued": (_("Continues in the campaign that follows"), "good"),
}
REASONS: Mapping[str, LazyString] = {reason: words.staff for reason, words in CARD_REFUSALS.items()}
ENDINGS: Mapping[str, LazyString] = {
    PledgeEndReason.REQUESTED: _("requested"),
    PledgeEndReason.UNPAID: _("given up after several refusals"),
    PledgeEndReason.PROVIDER: _("stopped at the payment service"),
    PledgeEndReason.DOUBLE: _("started twice by mistake"),
    PledgeEndReason.CAMPAIGN: _("the campaign ended"),
}
MAILS: Mapping[str, LazyString] = {
    "pledge_changed": _("a change is confirmed"),
    "pledge_link": _("a new link"),
    "pledge_successor": _("whether the gift continues in the campaign that follows"),
    "pledge_ending": _("two weeks before the campaign ends"),
    "pledge_reminder": _("before the first renewal"),
    "pledge_unpaid": _("a month could not be charged"),
    "pledge_confirm": _("the bank asks the donor to confirm"),
    "pledge_card": _("the card expires soon"),
    "pledge_stopped": _("the monthly gift ends"),
}
NOTES: Mapping[str, LazyString] = {**REASONS, **ENDINGS, **MAILS}
