"""Which campaign can follow another, until when a gift continues, and to which one a month belongs."""

from datetime import UTC, date, datetime, timedelta

import pytest

from campaign.domain.campaign_state import CampaignStage
from campaign.domain.pledge import PledgeIsStopping, PledgeState, PledgeStopped
from campaign.domain.succession import (
    AnswerTooLate,
    NotASuccessor,
    check_answer,
    check_successor,
    continues_until,
    counts_for_successor,
    same_purpose,
    successor_purpose,
)

END = date(2027, 2, 20)
LATER = date(2027, 12, 31)
PUBLISHED = CampaignStage.PUBLISHED


def test_a_successor_leaves_no_gap_and_ends_later() -> None:
    check_successor(PUBLISHED, starts_on=END + timedelta(days=1), ends_on=LATER, is_same=False, predecessor_ends_on=END)
    for stage, starts_on, ends_on, is_same in (
        (PUBLISHED, END + timedelta(days=2), LATER, False),
        (PUBLISHED, date(2026, 1, 1), END, False),
        (CampaignStage.DRAFT, date(2026, 1, 1), LATER, False),
        (CampaignStage.CLOSED, date(2026, 1, 1), LATER, False),
        (PUBLISHED, date(2026, 1, 1), LATER, True),
    ):
        with pytest.raises(NotASuccessor):
            check_successor(stage, starts_on=starts_on, ends_on=ends_on, is_same=is_same, predecessor_ends_on=END)


def test_a_gift_continues_only_where_gifts_are_taken() -> None:
    assert continues_until(END, PUBLISHED, LATER) == LATER
    assert continues_until(END, CampaignStage.CLOSED, LATER) == END
    assert continues_until(END, PUBLISHED, date(2027, 1, 1)) == END


def test_a_month_belongs_to_the_campaign_of_its_bill() -> None:
    end = datetime(2027, 2, 21, tzinfo=UTC)
    assert not counts_for_successor(end - timedelta(seconds=1), end=end)
    assert counts_for_successor(end, end=end)


def test_a_purpose_is_the_chosen_one_or_the_general_fund() -> None:
    offered = {"GEN": 1, "THEME-2": 2}
    assert successor_purpose("THEME-1", {"THEME-1": "THEME-2"}, offered, general="GEN") == 2
    assert successor_purpose("THEME-1", {"THEME-1": "CLOSED"}, offered, general="GEN") == 1
    assert successor_purpose("GEN", {}, offered, general="GEN") == 1
    titles = {"GEN": {"en": "Where needed"}, "THEME-2": {"en": "Books", "ru": "Книги"}}
    assert same_purpose({"ru": "Книги"}, titles) == "THEME-2"
    assert same_purpose({"ru": "Полки"}, titles) == "GEN"


def test_an_answer_is_taken_until_the_campaign_is_over() -> None:
    check_answer(PledgeState.PAUSED, ends_with_campaign=True, ends_on=END, today=END)
    for state, is_with_campaign, today, refusal in (
        (PledgeState.STOPPED, False, END, PledgeStopped),
        (PledgeState.STOPPING, False, END, PledgeIsStopping),
        (PledgeState.ACTIVE, True, END + timedelta(days=1), AnswerTooLate),
    ):
        with pytest.raises(refusal):
            check_answer(state, ends_with_campaign=is_with_campaign, ends_on=END, today=today)
