"""Staff write purposes, events, grants and costs; events and grants go from planned to reported, and the public reads it."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask

from campaign.database import transaction
from campaign.domain import target_state as rules
from campaign.domain.errors import DomainError
from campaign.domain.form_version import version_of
from campaign.domain.fund import FundKind
from campaign.domain.target_state import Attendance, TargetAct
from campaign.models.campaign import Campaign
from campaign.services.campaigns import plan_changes, plan_costs
from campaign.services.campaigns.form_options import giving_options
from campaign.services.campaigns.plan import plan_item, plan_of
from campaign.services.campaigns.plan_changes import CallDays, EventTimes, ItemDraft
from campaign.services.campaigns.target_acts import TargetDecision, TargetReport, act_on_target
from campaign.services.funds.balances import fund, funds, targets_of
from tests.support.builders import a_campaign, a_member_of_staff, general_fund_of, translations
from tests.support.fakes import SettableClock

TIMES = EventTimes(
    place=translations("Osh"),
    begins_at=datetime(2026, 12, 5, 10, tzinfo=UTC),
    ends_at=datetime(2026, 12, 5, 13, tzinfo=UTC),
    capacity=40,
)
DAYS = CallDays(opens_on=date(2026, 11, 1), closes_on=date(2026, 12, 31))
TEXTS = ItemDraft(title=translations("Felt"), summary=translations("A workshop"), goal_minor=500_00)
REPORT = TargetReport(
    done={"en": "We felted."}, lesson={"en": "Bring soap."}, attendance=Attendance(came=31, women=28, first_time=12)
)


@pytest.fixture
def campaign(app: Flask) -> Campaign:
    return a_campaign()


@pytest.fixture
def by(campaign: Campaign, clock: SettableClock) -> dict[str, Any]:
    return {"actor_id": a_member_of_staff(role="campaign").id, "clock": clock}


def event(campaign: Campaign, by: dict[str, Any], **more: Any) -> str:
    draft = replace(TEXTS, details=TIMES, **more)
    return plan_changes.add_item(campaign.id, FundKind.EVENT, draft, **by)


def change(campaign: Campaign, by: dict[str, Any], public_id: str, draft: plan_changes.ItemDraft) -> None:
    version = version_of(plan_item(campaign.id, public_id).form_facts)
    plan_changes.change_item(campaign.id, public_id, draft, version=version, **by)


def test_what_is_added_is_offered_and_can_be_allocated_to(campaign: Campaign, by: dict[str, Any]) -> None:
    theme = plan_changes.add_item(campaign.id, FundKind.THEME, TEXTS, **by)
    added = event(campaign, by, theme="THEME-1")
    plan_changes.add_item(campaign.id, FundKind.GRANT, replace(TEXTS, details=DAYS), **by)
    assert [item.code for item in plan_of(campaign.id)] == ["GEN", "THEME-1", "EVENT-1", "GRANT-1"]
    assert [purpose.code for purpose in giving_options().purposes] == ["GEN", "THEME-1"]
    codes = {row.code: row for row in funds(campaign.id)}
    assert "EVENT-1@THEME-1" in codes
    general = fund(campaign.id, general_fund_of(campaign).public_id)
    assert [row.code for row in targets_of(campaign.id, general)] == ["EVENT-1", "GRANT-1"]
    assert (plan_item(campaign.id, added).theme, plan_item(campaign.id, added).capacity) == ("THEME-1", 40)
    plan_changes.close_item(campaign.id, theme, is_closed=True, **by)
    assert [purpose.code for purpose in giving_options().purposes] == ["GEN"]
    with pytest.raises(plan_changes.GeneralFundStays):
        plan_changes.close_item(campaign.id, general_fund_of(campaign).public_id, is_closed=True, **by)


def test_texts_times_costs_and_order_are_changed(campaign: Campaign, by: dict[str, Any]) -> None:
    first, second = event(campaign, by), event(campaign, by)
    changed = replace(TEXTS, title={"en": "Silk"}, details=replace(TIMES, capacity=None))
    change(campaign, by, second, changed)
    plan_changes.move_item(campaign.id, second, **by)
    plan_changes.move_item(campaign.id, second, **by)
    items = [item for item in plan_of(campaign.id) if item.kind == "event"]
    assert [item.public_id for item in items] == [second, first]
    assert (items[0].title, items[0].capacity) == ({"en": "Silk"}, None)
    with transaction() as session:
        session.get_one(Campaign, campaign.id).languages = ["en"]
    change(campaign, by, first, replace(TEXTS, title={"en": "Silk"}, summary={}))
    renamed = plan_item(campaign.id, first)
    assert renamed.title == {**translations("Felt"), "en": "Silk"}  # texts in languages that the form lacks stay
    assert "en" not in renamed.summary
    for amount in (300_00, 50_00):
        plan_costs.add_cost(campaign.id, first, title={"en": "Wool"}, amount_minor=amount, **by)
    costs = plan_item(campaign.id, first).costs
    assert plan_item(campaign.id, first).goal_minor == 350_00
    plan_costs.remove_cost(campaign.id, first, costs[0].id, **by)
    assert plan_item(campaign.id, first).goal_minor == 50_00
    with pytest.raises(plan_changes.EndsBeforeItBegins):
        change(campaign, by, first, replace(TEXTS, details=replace(TIMES, ends_at=TIMES.begins_at)))


def test_an_event_goes_from_planned_to_reported(campaign: Campaign, by: dict[str, Any], clock: SettableClock) -> None:
    added = event(campaign, by)

    def decide(act: TargetAct, **more: Any) -> str:
        more["version"] = version_of(plan_item(campaign.id, added).report)
        decision = TargetDecision(campaign_id=campaign.id, public_id=added, act=act, actor_id=by["actor_id"], **more)
        act_on_target(decision, clock=clock)
        return plan_item(campaign.id, added).status

    def refused(act: TargetAct, rule: type[DomainError], **more: Any) -> None:
        with pytest.raises(rule):
            decide(act, **more)

    assert decide(TargetAct.OPEN) == "open"
    refused(TargetAct.OPEN, rules.WrongTargetState)
    refused(TargetAct.COMPLETE, rules.NotOverYet)
    refused(TargetAct.CANCEL, rules.CancelReasonMissing)
    refused(TargetAct.REPORT, rules.WrongTargetState, report=REPORT)
    clock.advance(days=5)
    assert decide(TargetAct.COMPLETE) == "held"
    refused(TargetAct.CANCEL, rules.WrongTargetState, reason={"en": "Rain"})
    refused(TargetAct.REPORT, rules.ReportIncomplete, report=replace(REPORT, done={"en": " "}))
    wrong = replace(REPORT, attendance=Attendance(came=3, women=4))
    refused(TargetAct.REPORT, rules.ReportDoesNotAddUp, report=wrong)
    days = [date(2026, 12, 5), date(2026, 12, 6), date(2027, 1, 4), date(2027, 1, 5)]
    assert [plan_item(campaign.id, added).report_days_left(day) for day in days] == [None, 29, 0, -1]
    assert decide(TargetAct.REPORT, report=REPORT) == "reported"
    assert decide(TargetAct.REPORT, report=replace(REPORT, lesson={})) == "reported"
    assert plan_item(campaign.id, added).report["women"] == 28
    assert plan_item(campaign.id, added).report_days_left(date(2028, 1, 1)) is None


@pytest.mark.parametrize("kind", [FundKind.EVENT, FundKind.GRANT])
def test_a_cancelled_event_or_grant_says_why_and_stays_so(kind: FundKind) -> None:
    status = rules.status_after(kind, TargetAct.CANCEL, "planned", first_day=DAYS.opens_on, today=DAYS.opens_on)
    assert status == "cancelled"
    assert rules.possible_acts(kind, status) == []
