"""The words for sign-ups at the desk."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from campaign.domain import event_sign_up as rules
from campaign.domain.errors import DomainError
from campaign.domain.event_sign_up import SignUpOffer, SignUpState

STATES: Mapping[SignUpState, tuple[LazyString, str]] = {
    SignUpState.CONFIRMED: (_("Has a place"), "good"),
    SignUpState.WAITING: (_("On the waiting list"), "warn"),
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
AUDITED: Mapping[str, LazyString] = {
    "plan:sign_up": _("Changed the sign-up of an event"),
}
"""Acts of the audit trail."""
BROKEN_RULES: Mapping[type[DomainError], LazyString] = {
    rules.SignUpNeedsTimes: _("Enter when the event begins and ends on the plan, then open the sign-up."),
    rules.DeadlineTooLate: _("Enter a moment before the event begins."),
}
