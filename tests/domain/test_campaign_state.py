"""What a campaign is on a day, and what staff may do with it then."""

from datetime import date, timedelta

import pytest

from campaign.domain.campaign_state import (
    POSSIBLE_IN,
    CampaignAct,
    CampaignStage,
    CampaignState,
    EndNotLater,
    EndsInThePast,
    EndTooFar,
    WrongCampaignState,
    campaign_state,
    check_new_end,
    check_possible,
)

FIRST, LAST, DAY = date(2026, 10, 1), date(2027, 3, 8), timedelta(days=1)


def state(stage: CampaignStage, day: date) -> CampaignState:
    return campaign_state(stage, starts_on=FIRST, ends_on=LAST, day=day)


def test_a_published_campaign_follows_its_days_without_a_job() -> None:
    days = (FIRST - DAY, FIRST, LAST, LAST + DAY)
    assert [state(CampaignStage.PUBLISHED, day) for day in days] == ["scheduled", "open", "open", "ended"]


@pytest.mark.parametrize("day", [FIRST - DAY, FIRST, LAST + DAY])
def test_what_staff_decided_holds_on_every_day(day: date) -> None:
    stages = (CampaignStage.DRAFT, CampaignStage.CLOSED, CampaignStage.ARCHIVED)
    assert [state(stage, day) for stage in stages] == ["draft", "ended", "archived"]


def test_each_act_is_possible_in_its_states_alone() -> None:
    for act in CampaignAct:
        for current in CampaignState:
            if current in POSSIBLE_IN[act]:
                check_possible(act, current)
            else:
                with pytest.raises(WrongCampaignState) as refusal:
                    check_possible(act, current)
                assert refusal.value.state is current
    assert not any(CampaignState.ARCHIVED in states for states in POSSIBLE_IN.values())


@pytest.mark.parametrize(
    ("new", "refusal"),
    [
        (LAST, EndNotLater),
        (FIRST, EndsInThePast),
        (date(2037, 1, 1), EndTooFar),
    ],
)
def test_a_campaign_is_extended_to_a_later_day_within_ten_years(new: date, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        check_new_end(new, starts_on=FIRST, ends_on=LAST, today=LAST - DAY)
    check_new_end(LAST + DAY, starts_on=FIRST, ends_on=LAST, today=LAST - DAY)
