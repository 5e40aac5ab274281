"""The words for sign-ups at the desk."""

from collections.abc import Mapping

from flask_babel import LazyString, ngettext
from flask_babel import lazy_gettext as _

from campaign.domain import event_sign_up as rules
from campaign.domain.errors import DomainError
from campaign.domain.event_sign_up import SignUpOffer, SignUpState

STATES: Mapping[SignUpState, tuple[LazyString, str]] = {
    SignUpState.CONFIRMED: (_("Has a place"), "good"),
    SignUpState.WAITING: (_("On the waiting list"), "warn"),
    SignUpState.UNCONFIRMED: (_("Not confirmed by email yet"), ""),
    SignUpState.CANCELLED: (_("Cancelled"), ""),
}
OFFERS: Mapping[SignUpOffer, LazyString] = {
    SignUpOffer.PLACES: _("People can sign up now."),
    SignUpOffer.WAITING_LIST: _("All places are taken; people can join the waiting list."),
    SignUpOffer.FULL: _("All places are taken, and there is no waiting list."),
    SignUpOffer.NOT_OFFERED: _("Sign-up for this event is not open."),
    SignUpOffer.DEADLINE_PASSED: _("Sign-up for this event has ended."),
    SignUpOffer.OVER: _("This event has begun or is over."),
    SignUpOffer.CANCELLED: _("This event is cancelled."),
    SignUpOffer.ARCHIVED: _("This campaign is archived, so nobody can sign up for its events any more."),
}
"""What the public page says now."""
ADDED: Mapping[SignUpState, LazyString] = {
    SignUpState.CONFIRMED: _("Added. They have a place."),
    SignUpState.WAITING: _("Added to the waiting list: there are not enough free places."),
}
DONE: Mapping[str, LazyString] = {
    "cancel": _("Cancelled."),
    "place": _("Done. They have a place now."),
    "erase": _("Deleted. Only the numbers are left."),
}
"""Act on a sign-up → what staff read afterwards."""
AUDITED: Mapping[str, LazyString] = {
    "plan:sign_up": _("Changed the sign-up of an event"),
    "sign_up:add": _("Added somebody to an event"),
    "sign_up:cancel": _("Cancelled a sign-up"),
    "sign_up:move_up": _("Gave a place from the waiting list"),
    "sign_up:attendance": _("Entered who came to an event"),
    "sign_up:erase": _("Deleted a person’s data of a sign-up"),
    "sign_up:download": _("Downloaded sign-ups"),
}
"""Acts of the audit trail."""
BROKEN_RULES: Mapping[type[DomainError], LazyString] = {
    rules.SignUpNeedsTimes: _("Enter when the event begins and ends on the plan, then open the sign-up."),
    rules.DeadlineTooLate: _("Enter a moment before the event begins."),
    rules.AlreadySignedUp: _("This address has signed up for the event already."),
    rules.SignUpClosed: _("The event is cancelled or over, so nobody can be added."),
    rules.GroupTooLarge: _("The event does not have so many places. Raise their number on the plan first."),
    rules.SignUpStillActive: _("Cancel the sign-up first, then delete the data."),
    rules.SignUpEnded: _("This sign-up has changed meanwhile. Nothing was done."),
    rules.NotEnoughPlaces: _("There are not enough free places. Raise the number of places on the plan first."),
}


def overtaken_sentence(count: int) -> str:
    """Return what staff read at a group that waits while others who came later have places."""
    sentence: str = ngettext(
        "%(num)s sign-up that came later has a place", "%(num)s sign-ups that came later have places", count
    )
    return sentence


def over_capacity_sentence(count: int) -> str:
    """Return what staff read where the number of places was lowered below that of the people."""
    sentence: str = ngettext(
        "%(num)s person more has a place than there are places. Nobody was removed: raise the number of places, or write to "
        "people and cancel sign-ups.",
        "%(num)s people more have a place than there are places. Nobody was removed: raise the number of places, or write to "
        "people and cancel sign-ups.",
        count,
    )
    return sentence
