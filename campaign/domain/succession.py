"""A campaign names a successor: who of its monthly donors agrees continues there, and silence ends a gift as before."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum

from campaign.domain.campaign_state import CampaignStage
from campaign.domain.errors import Conflict, DomainError
from campaign.domain.pledge import PledgeIsStopping, PledgeState, PledgeStopped

QUESTION_LEAD = timedelta(days=45)
"""How long before the end of the campaign its monthly donors are asked."""


class SuccessionAnswer(StrEnum):
    """What a donor answered; silence is no answer."""

    YES = "yes"
    NO = "no"


class NotASuccessor(DomainError):
    """The campaign is not public, has not begun by then, or ends before the one that it is to follow."""


class SuccessorPromised(Conflict):
    """Donors have agreed to continue in the successor, so it stays."""


class AnswerTooLate(DomainError):
    """The campaign is over, the gift has moved, or no successor is named any more: there is nothing to answer."""


def check_successor(stage: str, *, starts_on: date, ends_on: date, is_same: bool, predecessor_ends_on: date) -> None:
    """Check that a campaign can follow another one: its monthly gifts have no gap between both.

    Args:
        stage: What staff decided about the successor.
        starts_on: Its first day.
        ends_on: Its last day.
        is_same: Whether it is the very campaign that it is to follow.
        predecessor_ends_on: The last day of the campaign that it is to follow.

    Raises:
        NotASuccessor: It cannot.
    """
    begins_in_time = starts_on <= predecessor_ends_on + timedelta(days=1)
    if is_same or not begins_in_time or continues_until(predecessor_ends_on, stage, ends_on) == predecessor_ends_on:
        raise NotASuccessor


def continues_until(own_end: date, successor_stage: str, successor_end: date) -> date:
    """Return the last day of a monthly gift whose donor agreed: its own campaign's while the successor takes no gifts later."""
    takes_gifts = successor_stage == CampaignStage.PUBLISHED and successor_end > own_end
    return successor_end if takes_gifts else own_end


def counts_for_successor(billed_at: datetime, *, end: datetime) -> bool:
    """Return whether a month counts for the successor: it was billed after the end of the campaign before.

    It depends on the bill alone, not on when the gift moves or a worker hears of the payment.
    """
    return billed_at >= end


def successor_purpose(code: str, chosen: Mapping[str, str], offered: Mapping[str, int], *, general: str) -> int:
    """Return the purpose with which a gift continues: the one that staff chose for its purpose, else the general fund.

    Args:
        code: The purpose so far.
        chosen: Purpose so far → purpose of the successor, as staff chose.
        offered: Purposes that donors can choose in the successor, with their keys.
        general: The code of the general fund.
    """
    return offered.get(chosen.get(code, general), offered[general])


def same_purpose(title: Mapping[str, str], offered: Mapping[str, Mapping[str, str]]) -> str:
    """Return the code of the first purpose with the same title in some language, else of the first one, which is general."""
    shared = (code for code, other in offered.items() if set(title.items()) & set(other.items()))
    return next(shared, next(iter(offered), ""))


def check_answer(state: PledgeState, *, ends_with_campaign: bool, ends_on: date, today: date) -> None:
    """Check that a donor can answer now.

    Raises:
        PledgeStopped: The gift has ended.
        PledgeIsStopping: The donor asked to stop it.
        AnswerTooLate: The campaign is over.
    """
    if state is PledgeState.STOPPED:
        raise PledgeStopped
    if not ends_with_campaign:
        raise PledgeIsStopping
    if today > ends_on:
        raise AnswerTooLate
