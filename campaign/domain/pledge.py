"""A monthly gift's life as two tables: what the provider's word makes of it, and what may be asked of it when.

The provider charges, retries and gives up by itself, so its word is the truth; but what is stopped stays stopped. What a
donor or staff may ask for depends on the state, and each refusal has a name.
"""

from datetime import timedelta
from enum import StrEnum

from campaign.domain.errors import DomainError, NotFound


class PledgeLinkBroken(NotFound):
    """The link opens no monthly gift: cut, changed, withdrawn, expired or never ours. Which of these is told to nobody."""


class PledgeStopped(DomainError):
    """The monthly gift has ended; a new one is started instead."""


class PledgeIsStopping(DomainError):
    """The monthly gift is about to end: first take that back, then change it."""


class PledgeNotStopping(DomainError):
    """Nobody asked the monthly gift to end, so there is nothing to take back."""


class PledgeIsPaused(DomainError):
    """The monthly gift is paused already: first go on with it."""


class PledgeNotPaused(DomainError):
    """The monthly gift is not paused."""


class PledgeUnpaid(DomainError):
    """The last gift could not be charged: update the card first, or stop."""


class PauseTooShort(DomainError):
    """The pause would end before the next gift, so nothing would be skipped."""


class PauseTooLong(DomainError):
    """The pause would last longer than `PAUSE_LONGEST`; stopping says that more clearly."""


class PledgeUnchanged(DomainError):
    """The amount that was asked for is the one that is charged already."""


class PledgeEndsWithCampaign(DomainError):
    """The campaign ends before another gift is due, so there is nothing to keep or to change."""


class PledgeState(StrEnum):
    """How a monthly gift stands."""

    ACTIVE = "active"
    PAUSED = "paused"  # nothing is charged, until a day or until it goes on
    PAST_DUE = "past_due"  # the last gift could not be charged; the provider tries again
    STOPPING = "stopping"  # it ends when the paid month is over
    STOPPED = "stopped"


class PledgeEndReason(StrEnum):
    """Why a monthly gift ended."""

    REQUESTED = "asked"  # by the donor or by us
    UNPAID = "unpaid"  # given up after the last try
    PROVIDER = "provider"  # stopped there
    DOUBLE = "double"  # the same form had led to another one already
    CAMPAIGN = "campaign"  # its campaign ends; known as soon as no other charge comes before that


class PledgeRequestState(StrEnum):
    """How far a request about a monthly gift has come."""

    REQUESTED = "requested"
    DONE = "done"
    REFUSED = "refused"


class PledgeRequester(StrEnum):
    """Who asked for a change of a monthly gift."""

    DONOR = "donor"
    STAFF = "staff"
    SYSTEM = "system"


class CardRefusal(StrEnum):
    """Why a month's payment was refused, as far as the donor can do something about it."""

    EXPIRED = "expired"
    FUNDS = "funds"
    CONFIRM = "confirm"
    LOST = "lost"
    ERROR = "error"
    DECLINED = "declined"


class PledgeWord(StrEnum):
    """What the provider may say of a subscription, in our words."""

    RUNS = "runs"
    PAUSED = "paused"
    UNPAID = "unpaid"
    ENDS = "ends"
    OVER = "over"


class Act(StrEnum):
    """What may be asked of a monthly gift."""

    CHANGE = "change"  # another amount from the next gift on
    PAUSE = "pause"
    SKIP = "skip"  # leave out the next gift
    RESUME = "resume"
    STOP_LATER = "stop_later"  # when the paid month is over
    KEEP = "keep"  # take STOP_LATER back
    STOP = "stop"
    UPDATE_CARD = "mend"  # take the card that the donor put in at the provider, and charge what is due
    USE_CARD = "use_card"  # charge the card of another monthly gift of the same donor from now on


_S, _W, _A = PledgeState, PledgeWord, Act
_BY_WORD = {
    _W.RUNS: _S.ACTIVE,
    _W.PAUSED: _S.PAUSED,
    _W.UNPAID: _S.PAST_DUE,
    _W.ENDS: _S.STOPPING,
    _W.OVER: _S.STOPPED,
}
PROVIDER_TRANSITIONS: dict[tuple[PledgeState, PledgeWord], PledgeState] = {
    (state, word): new_state for state in _S if state is not _S.STOPPED for word, new_state in _BY_WORD.items()
}
"""The provider's word is followed from every state but the last."""

REQUEST_TRANSITIONS: dict[tuple[PledgeState, Act], PledgeState] = {
    (_S.ACTIVE, _A.CHANGE): _S.ACTIVE,
    (_S.ACTIVE, _A.PAUSE): _S.PAUSED,
    (_S.ACTIVE, _A.SKIP): _S.PAUSED,
    (_S.ACTIVE, _A.STOP_LATER): _S.STOPPING,
    (_S.ACTIVE, _A.STOP): _S.STOPPED,
    (_S.ACTIVE, _A.UPDATE_CARD): _S.ACTIVE,
    (_S.ACTIVE, _A.USE_CARD): _S.ACTIVE,
    (_S.PAUSED, _A.CHANGE): _S.PAUSED,
    (_S.PAUSED, _A.RESUME): _S.ACTIVE,
    (_S.PAUSED, _A.STOP_LATER): _S.STOPPING,
    (_S.PAUSED, _A.STOP): _S.STOPPED,
    (_S.PAUSED, _A.UPDATE_CARD): _S.PAUSED,
    (_S.PAUSED, _A.USE_CARD): _S.PAUSED,
    (_S.PAST_DUE, _A.CHANGE): _S.PAST_DUE,
    (_S.PAST_DUE, _A.STOP): _S.STOPPED,
    (_S.PAST_DUE, _A.UPDATE_CARD): _S.ACTIVE,
    (_S.STOPPING, _A.KEEP): _S.ACTIVE,
    (_S.STOPPING, _A.STOP): _S.STOPPED,
}
"""What may be asked, and where it leads once the provider has done it."""

_REFUSALS: dict[tuple[PledgeState, Act], type[DomainError]] = {
    (_S.PAUSED, _A.PAUSE): PledgeIsPaused,
    (_S.PAUSED, _A.SKIP): PledgeIsPaused,
}
_REFUSED_IN: dict[PledgeState, type[DomainError]] = {
    _S.PAST_DUE: PledgeUnpaid,
    _S.STOPPING: PledgeIsStopping,
    _S.STOPPED: PledgeStopped,
}
_NEEDS: dict[Act, type[DomainError]] = {_A.RESUME: PledgeNotPaused, _A.KEEP: PledgeNotStopping}
PAUSE_LONGEST = timedelta(days=400)
"""Twelve gifts left out, wherever in the month one asks."""


def state_by_provider(state: PledgeState, word: PledgeWord) -> PledgeState:
    """Where the provider's word leads; what is stopped stays stopped."""
    return PROVIDER_TRANSITIONS.get((state, word), state)


def refusal(state: PledgeState, act: Act) -> type[DomainError] | None:
    """The name of the broken rule, or None when the act may be asked for."""
    if (state, act) in REQUEST_TRANSITIONS:
        return None
    if state is PledgeState.STOPPED:
        return PledgeStopped
    return _REFUSALS.get((state, act)) or _NEEDS.get(act) or _REFUSED_IN[state]
