"""Who gets a place at an event, and when nobody can sign up."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign.domain.calendar_file import MAX_LINE, CalendarEvent, calendar_file
from campaign.domain.campaign_state import CampaignState
from campaign.domain.event_sign_up import GroupTooLarge, SignUpOffer, SignUpRules, SignUpState, promoted

NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)


def rules(**facts: Any) -> SignUpRules:
    usual = {"status": "planned", "is_offered": True, "begins_at": NOW + timedelta(days=4), "until": None}
    return SignUpRules(**{**usual, "capacity": 3, "has_waiting_list": True, **facts})


@pytest.mark.parametrize(
    ("facts", "state", "offer"),
    [
        ({}, CampaignState.OPEN, SignUpOffer.PLACES),
        ({"capacity": None, "taken": 500}, CampaignState.ENDED, SignUpOffer.PLACES),
        ({"taken": 3}, CampaignState.OPEN, SignUpOffer.WAITING_LIST),
        ({"taken": 1, "waiting": 3, "smallest_waiting": 1}, CampaignState.OPEN, SignUpOffer.WAITING_LIST),
        ({"taken": 1, "waiting": 3, "smallest_waiting": 3}, CampaignState.OPEN, SignUpOffer.PLACES),  # too few for it
        ({"taken": 5}, CampaignState.OPEN, SignUpOffer.WAITING_LIST),  # the capacity was lowered
        ({"taken": 3, "has_waiting_list": False}, CampaignState.OPEN, SignUpOffer.FULL),
        ({"taken": 3, "waiting": 1000}, CampaignState.OPEN, SignUpOffer.FULL),
        ({"is_offered": False}, CampaignState.OPEN, SignUpOffer.NOT_OFFERED),
        ({"begins_at": None}, CampaignState.OPEN, SignUpOffer.NOT_OFFERED),
        ({"until": NOW}, CampaignState.OPEN, SignUpOffer.DEADLINE_PASSED),
        ({"until": NOW + timedelta(seconds=1)}, CampaignState.OPEN, SignUpOffer.PLACES),
        ({"begins_at": NOW}, CampaignState.OPEN, SignUpOffer.OVER),
        ({"status": "held"}, CampaignState.OPEN, SignUpOffer.OVER),
        ({"status": "cancelled"}, CampaignState.ARCHIVED, SignUpOffer.CANCELLED),
        ({}, CampaignState.ARCHIVED, SignUpOffer.ARCHIVED),
    ],
)
def test_what_a_sign_up_page_offers(facts: dict[str, Any], state: CampaignState, offer: SignUpOffer) -> None:
    assert rules(**facts).offer(at=NOW, campaign_state=state) is offer


def test_a_group_larger_than_what_is_free_waits() -> None:
    assert rules(taken=1).state_for(2) is SignUpState.CONFIRMED
    assert rules(taken=1).state_for(3) is SignUpState.WAITING
    with pytest.raises(GroupTooLarge):
        rules().state_for(4)  # it would wait for ever
    assert rules(taken=5).over_capacity == 2


@pytest.mark.parametrize(
    ("waiting", "free", "lucky"),
    [([1, 1], 1, [0]), ([2, 1], 1, [1]), ([1, 2, 1], 3, [0, 1]), ([9], None, [0]), ([], 4, []), ([3, 1, 2], 3, [0])],
)
def test_free_places_go_to_the_first_whom_they_suit(waiting: list[int], free: int | None, lucky: list[int]) -> None:
    assert promoted(waiting, free) == lucky


@settings(max_examples=50)
@given(st.integers(1, 8), st.lists(st.sampled_from([1, 2, 3, 5, -1, -2, -3]), max_size=14))
def test_places_never_exceed_the_capacity_and_nobody_waits_for_a_free_place(capacity: int, acts: list[int]) -> None:
    """A positive act is a sign-up that is confirmed for so many places; a negative one cancels somebody's."""
    taken: list[int] = []
    waiting: list[int] = []
    for act in acts:
        if act > 0:
            its = rules(capacity=capacity, taken=sum(taken), smallest_waiting=min(waiting, default=None))
            if act <= capacity:
                (taken if its.state_for(act) is SignUpState.CONFIRMED else waiting).append(act)
        elif taken:
            taken.pop(act % len(taken))
        lucky = promoted(waiting, capacity - sum(taken))
        taken += [waiting[position] for position in lucky]
        waiting = [places for position, places in enumerate(waiting) if position not in lucky]
        assert sum(taken) <= capacity
        assert all(places > capacity - sum(taken) for places in waiting)


@pytest.mark.parametrize(
    ("until", "hours"),
    [(None, 48), (timedelta(hours=5), 5), (timedelta(days=3), 48)],
)
def test_a_sign_up_is_confirmed_within_two_days_and_before_the_end(until: timedelta | None, hours: int) -> None:
    deadline = None if until is None else NOW + until
    assert rules(until=deadline).confirm_until(NOW) == NOW + timedelta(hours=hours)


def test_a_calendar_file_is_escaped_and_folded() -> None:
    event = CalendarEvent(
        uid="a@example.org",
        sequence=7,
        written_at=NOW,
        begins_at=datetime.fromisoformat("2026-12-05T16:00+06:00"),
        ends_at=datetime.fromisoformat("2026-12-05T19:00+06:00"),
        title="Кийиз, саймачылык; жана \\ башка\nEND:VEVENT " * 3,
        place="Osh",
        url="https://example.org/en/events/a",
    )
    text = calendar_file(event).decode()
    assert "DTSTART:20261205T100000Z\r\nDTEND:20261205T130000Z\r\n" in text
    assert all(len(line.encode()) <= MAX_LINE for line in text.split("\r\n"))
    unfolded = text.replace("\r\n ", "")
    assert unfolded.count("\r\nEND:VEVENT\r\n") == 1
    assert "SUMMARY:Кийиз\\, саймачылык\\; жана \\\\ башка\\nEND:VEVENT Кийиз" in unfolded
