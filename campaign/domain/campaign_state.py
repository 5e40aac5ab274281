"""How far a campaign has come: what staff decided about it, and the day, make its state."""

from datetime import date
from enum import StrEnum

from campaign.domain.errors import Conflict, DomainError


class CampaignStage(StrEnum):
    """What staff decided about a campaign; the days do the rest."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CLOSED = "closed"  # before its planned end
    ARCHIVED = "archived"


class CampaignState(StrEnum):
    """What a campaign is on a day."""

    DRAFT = "draft"  # staff alone see it
    SCHEDULED = "scheduled"  # everybody sees it, and nobody can give yet
    OPEN = "open"
    ENDED = "ended"
    ARCHIVED = "archived"  # ended, and only there to be read


class CampaignAct(StrEnum):
    """What staff do with a campaign."""

    OPEN = "open"
    WITHDRAW = "withdraw"
    CLOSE = "close"
    EXTEND = "extend"
    ARCHIVE = "archive"
    FEATURE = "feature"


POSSIBLE_IN: dict[CampaignAct, frozenset[CampaignState]] = {
    CampaignAct.OPEN: frozenset({CampaignState.DRAFT}),
    CampaignAct.WITHDRAW: frozenset({CampaignState.SCHEDULED}),
    CampaignAct.CLOSE: frozenset({CampaignState.OPEN}),
    CampaignAct.EXTEND: frozenset({CampaignState.SCHEDULED, CampaignState.OPEN, CampaignState.ENDED}),
    CampaignAct.ARCHIVE: frozenset({CampaignState.ENDED}),
    CampaignAct.FEATURE: frozenset({CampaignState.SCHEDULED, CampaignState.OPEN, CampaignState.ENDED}),
}
"""Act → the states of a campaign in which it is possible."""


class WrongCampaignState(Conflict):
    """The campaign is in a state in which this act is not possible.

    Attributes:
        state: The state that it is in.
    """

    def __init__(self, state: CampaignState) -> None:
        super().__init__(state.value)
        self.state = state


class AnotherCampaignShown(Conflict):
    """The form was shown for another campaign than the one that the staff pages show now."""


class FormWouldClose(DomainError):
    """The campaign takes gifts, and would not with this first day."""


class EndsInThePast(DomainError):
    """The last day of a campaign is over already."""


class EndNotLater(DomainError):
    """The new last day of a campaign is not after the present one."""


class EndTooFar(DomainError):
    """A campaign would go on for more than ten years."""


class ReasonMissing(DomainError):
    """A campaign is to be closed early, or extended, without what must be said about it."""


class OpeningGap(StrEnum):
    """What a campaign lacks before it can be opened."""

    TITLE = "title"  # in every language
    CURRENCY = "currency"
    PAST = "past"  # its last day is over
    NO_ACCOUNT = "no_account"  # at the payment provider, so nobody could give
    ACCOUNT_SILENT = "account_silent"  # it cannot be checked in which currencies it is credited
    GOAL_CURRENCY = "goal_currency"  # the account is not credited in the goal's currency


class NotReadyToOpen(DomainError):
    """The campaign cannot be opened yet.

    Attributes:
        gaps: What is missing.
    """

    def __init__(self, gaps: tuple[OpeningGap, ...]) -> None:
        super().__init__(", ".join(gaps))
        self.gaps = gaps


MAX_YEARS = 10
"""The longest time between a campaign's first and last day."""


def campaign_state(stage: str, *, starts_on: date, ends_on: date, day: date) -> CampaignState:
    """Return what a campaign is on a day of the organisation; its last day is still a day of giving."""
    match CampaignStage(stage):
        case CampaignStage.DRAFT:
            return CampaignState.DRAFT
        case CampaignStage.ARCHIVED:
            return CampaignState.ARCHIVED
        case CampaignStage.CLOSED:
            return CampaignState.ENDED
    if day < starts_on:
        return CampaignState.SCHEDULED
    return CampaignState.OPEN if day <= ends_on else CampaignState.ENDED


def check_possible(act: CampaignAct, state: CampaignState) -> None:
    """Check that an act is possible in a state.

    Raises:
        WrongCampaignState: It is not.
    """
    if state not in POSSIBLE_IN[act]:
        raise WrongCampaignState(state)


def check_new_end(new: date, *, starts_on: date, ends_on: date, today: date) -> None:
    """Check the day until which a campaign is to be extended.

    Raises:
        EndsInThePast: The day is over.
        EndNotLater: It is not after the present end.
        EndTooFar: It is more than ten years after the start.
    """
    if new < today:
        raise EndsInThePast(new.isoformat())
    if new <= ends_on:
        raise EndNotLater(new.isoformat())
    if new.year > starts_on.year + MAX_YEARS:
        raise EndTooFar(new.isoformat())
