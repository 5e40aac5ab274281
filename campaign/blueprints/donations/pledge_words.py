"""The words of a monthly gift's page: states, results, and why a request is refused."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from campaign.domain import pledge, succession
from campaign.domain.errors import DomainError
from campaign.domain.pledge import Act, PledgeEndReason, PledgeRequestState, PledgeState
from campaign.domain.succession import SuccessionAnswer

STATES: Mapping[str, tuple[LazyString, str]] = {
    PledgeState.ACTIVE: (_("Active"), "good"),
    PledgeState.PAUSED: (_("Paused"), "warn"),
    PledgeState.PAST_DUE: (_("The last gift could not be charged"), "bad"),
    PledgeState.STOPPING: (_("Ends soon"), "warn"),
    PledgeState.STOPPED: (_("Ended"), ""),
}
DONE: Mapping[Act, LazyString] = {
    Act.CHANGE: _("Done. The new amount applies from your next payment."),
    Act.PAUSE: _("Done. Your monthly gift is paused. Nothing is charged until it resumes."),
    Act.SKIP: _("Done. The next payment is skipped."),
    Act.RESUME: _("Done. Your monthly gift continues."),
    Act.STOP_LATER: _("Done. It will end automatically, and nothing more will be charged."),
    Act.KEEP: _("Done. Your monthly gift continues. Thank you!"),
    Act.STOP: _("Done. Your monthly gift is stopped, and nothing more will be charged. Thank you for every month."),
    Act.UPDATE_CARD: _("Done. The new card will be charged from now on."),
    Act.USE_CARD: _("Done. The new card will be charged from now on."),
}
CONFIRM: Mapping[str, LazyString] = {
    "change": _("Raise the amount"),
    "resume": _("Resume now"),
    "keep": _("Keep my monthly gift"),
    "receipts": _("Show the receipts"),
}
"""The button below the code from the mailbox, by what is done once it is right."""
UNCHANGED = _("Nothing was changed: this is already the amount you give each month.")
CURRENCY_GONE = _(
    "The campaign no longer takes gifts in this currency, so the amount can’t be changed. "
    "Your monthly gift continues as it is until you stop it."
)
WAITS = _("Your request is saved. The payment service isn’t responding right now; we’ll keep retrying automatically.")
REFUSED = _("The payment service refused this. Nothing was changed.")
BACK = _("If you added another card, it will be charged from now on. This page updates within a minute.")
BACK_ALL = _(
    "If you added another card, it will be charged for all these gifts from now on. Reload this page in a minute."
)
CARD_STATES: Mapping[str, LazyString] = {
    PledgeRequestState.REQUESTED: _("This gift will use the new card too. That takes a few minutes."),
    PledgeRequestState.REFUSED: _("The new card could not be used for this gift. Please enter it for this gift alone."),
}
"""What became of a card that was entered for all gifts, by the state of the request."""
TRY_AGAIN = _("Something went wrong and nothing was changed. Please try again in a minute.")
NO_CARD_PAGE = _("The page for another card can’t be opened right now. Please try again in a minute.")
ENDINGS: Mapping[str, LazyString] = {
    PledgeEndReason.REQUESTED: _("It was stopped as you asked."),
    PledgeEndReason.UNPAID: _("It was stopped because several charges failed."),
    PledgeEndReason.PROVIDER: _("It was stopped at the payment service."),
    PledgeEndReason.CAMPAIGN: _("It ended with the campaign."),
    PledgeEndReason.DOUBLE: _("It was started twice by mistake, so this one was stopped."),
}
_BROKEN: Mapping[type[DomainError], LazyString] = {
    pledge.PledgeStopped: _("This monthly gift has already ended. You can start a new one."),
    pledge.PledgeIsStopping: _("This monthly gift is about to end. First keep it, then change it."),
    pledge.PledgeEndsWithCampaign: _("The campaign ends before the next payment, so there is nothing to change."),
    pledge.PledgeNotStopping: _("This monthly gift is already active."),
    pledge.PledgeIsPaused: _("This monthly gift is already paused."),
    pledge.PledgeNotPaused: _("This monthly gift is not paused."),
    pledge.PledgeUnpaid: _("The last payment failed. Please update your card or cancel."),
    pledge.PledgeUnchanged: UNCHANGED,
    succession.AnswerTooLate: _("The campaign has ended, so this can’t be answered any more. Nothing was changed."),
    succession.NotASuccessor: _("The campaign that was to follow takes no gifts any more. Nothing was changed."),
    pledge.PauseTooShort: _("That pause would end before the next gift. Choose a later day."),
    pledge.PauseTooLong: _("A pause lasts a year at most."),
}


ANSWERED: Mapping[str, LazyString] = {
    SuccessionAnswer.YES: _("Done. Your monthly gift continues in the campaign that follows. Thank you!"),
    SuccessionAnswer.NO: _("Done. Your monthly gift ends with the campaign. Thank you for every month."),
}
"""What is said after an answer about the campaign that follows."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What the page says on top about the last request."""

    sentence: LazyString
    kind: str


_STATES = PledgeRequestState
_KINDS = {_STATES.DONE: "good", _STATES.REQUESTED: "warn", _STATES.REFUSED: "bad"}


def notice_of(arguments: Mapping[str, str]) -> Notice | None:
    """Return what to say after a request, by the address that it led to; None for any other."""
    for state, kind in _KINDS.items():
        act = arguments.get(state)
        if act in set(Act):
            sentence = {_STATES.DONE: DONE[Act(act)], _STATES.REQUESTED: WAITS, _STATES.REFUSED: REFUSED}[state]
            return Notice(sentence, kind)
    if arguments.get("answered") in ANSWERED:
        return Notice(ANSWERED[arguments["answered"]], "good")
    if "unchanged" in arguments:
        return Notice(UNCHANGED, "info")
    return Notice(BACK, "info") if "back" in arguments else None


def sentence_of(broken: DomainError) -> LazyString:
    """Why an act is refused."""
    return next((text for kind, text in _BROKEN.items() if isinstance(broken, kind)), REFUSED)
