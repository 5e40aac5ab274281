"""The words of a monthly gift's page: states, what was done, why something is refused, why a card was."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from campaign.domain import pledge
from campaign.domain.errors import DomainError
from campaign.domain.pledge import Act

STATES: Mapping[str, tuple[LazyString, str]] = {
    "active": (_("Active"), "good"),
    "paused": (_("Paused"), "warn"),
    "past_due": (_("The last gift could not be charged"), "bad"),
    "stopping": (_("Ends soon"), "warn"),
    "stopped": (_("Ended"), ""),
}
DONE: Mapping[Act, LazyString] = {
    Act.CHANGE: _("Done: the new amount holds from the next gift on."),
    Act.PAUSE: _("Done: your monthly gift is paused, and nothing is charged meanwhile."),
    Act.SKIP: _("Done: the next gift is left out."),
    Act.RESUME: _("Done: your monthly gift continues."),
    Act.STOP_LATER: _("Done: it ends by itself, and nothing more is charged."),
    Act.KEEP: _("Done: your monthly gift continues. Thank you!"),
    Act.STOP: _("Done: your monthly gift is stopped, and nothing more is charged. Thank you for every month."),
    Act.MEND: _("Done: the card is charged from now on."),
}
WAITS = _(
    "We have written it down. The payment service does not answer for the moment; we keep asking it by ourselves."
)
REFUSED = _("The payment service refused this. Nothing was changed.")
BACK = _("If you put in another card, it is charged from now on. This page shows it within a minute.")
TRY_AGAIN = _("This did not work for the moment, and nothing was changed. Please try again in a minute.")
NO_CARD_PAGE = _("The page for another card cannot be opened for the moment. Please try again in a minute.")
REASONS: Mapping[str, LazyString] = {
    "expired": _("The card has expired."),
    "funds": _("There was not enough money on the card."),
    "confirm": _("Your bank wants you to confirm the payment."),
    "lost": _("The bank has blocked the card."),
    "error": _("The bank could not be reached."),
    "declined": _("The bank refused and gave no reason."),
}
ENDINGS: Mapping[str, LazyString] = {
    "asked": _("It was stopped as you asked."),
    "unpaid": _("It was stopped because several charges failed."),
    "provider": _("It was stopped at the payment service."),
    "campaign": _("It ended with the campaign."),
    "double": _("It was begun twice by mistake, so this one was stopped."),
}
_BROKEN: Mapping[type[DomainError], LazyString] = {
    pledge.PledgeStopped: _("This monthly gift has ended already. You can begin a new one."),
    pledge.PledgeIsStopping: _("This monthly gift is about to end. First keep it, then change it."),
    pledge.PledgeEndsWithCampaign: _("The campaign ends before the next payment, so there is nothing to change."),
    pledge.PledgeNotStopping: _("This monthly gift continues already."),
    pledge.PledgeIsPaused: _("This monthly gift is paused already."),
    pledge.PledgeNotPaused: _("This monthly gift is not paused."),
    pledge.PledgeUnpaid: _("The last gift could not be charged. Mend that first, or stop."),
    pledge.PauseTooShort: _("That pause would end before the next gift. Choose a later day."),
    pledge.PauseTooLong: _("A pause lasts a year at most."),
}


@dataclass(frozen=True, slots=True)
class Told:
    """What the page says on top about what was just asked."""

    sentence: LazyString
    kind: str


def told(asked: Mapping[str, str]) -> Told | None:
    """What to say after an act, by the address that it led to; None for any other."""
    for state, kind in (("done", "good"), ("requested", "warn"), ("refused", "bad")):
        act = asked.get(state)
        if act in set(Act):
            sentence = {"done": DONE[Act(act)], "requested": WAITS, "refused": REFUSED}[state]
            return Told(sentence, kind)
    return Told(BACK, "info") if "back" in asked else None


def sentence_of(broken: DomainError) -> LazyString:
    """Why an act is refused."""
    return next((text for kind, text in _BROKEN.items() if isinstance(broken, kind)), REFUSED)
