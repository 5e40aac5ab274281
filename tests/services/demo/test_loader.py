"""The demo campaign arrives in the database whole, once, and with its donors' restrictions in place."""

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaign.models.campaign import Campaign, Section, Update
from campaign.models.fund import BudgetLine, Event, Fund, FundTransferRule, Grant
from campaign.services.demo.content import CampaignPlan, load_plan
from campaign.services.demo.loader import load_campaign
from tests.support.fakes import SettableClock


@pytest.fixture
def plan(app: Flask, clock: SettableClock) -> CampaignPlan:
    loaded = load_plan()
    assert load_campaign(loaded, clock=clock) == loaded.campaign.slug
    return loaded


def count(session: Session, model: type) -> int:
    return session.execute(select(func.count()).select_from(model)).scalar_one()


def test_everything_in_the_plan_is_in_the_tables(plan: CampaignPlan, session: Session) -> None:
    assert count(session, Event) == len(plan.events) >= 8
    assert count(session, Grant) == len(plan.grants) >= 4
    assert count(session, Update) == len(plan.updates)
    places = dict(session.execute(select(Section.place, func.count()).group_by(Section.place)).all())
    assert places["question"] == len(plan.questions) >= 8
    assert {"story", "ask", "reached", "place", "learning", "partner", "page", "other_way", "notice"} <= set(places)


def test_the_first_campaign_is_featured_and_marked_as_demo(plan: CampaignPlan, session: Session) -> None:
    campaign = session.execute(select(Campaign)).scalar_one()
    assert (campaign.is_featured, campaign.is_demo, campaign.series) == (True, True, "WCL")


def test_a_second_load_changes_nothing(plan: CampaignPlan, session: Session, clock: SettableClock) -> None:
    before = count(session, Fund), count(session, Section)
    load_campaign(plan, clock=clock)
    assert (count(session, Fund), count(session, Section)) == before


def test_a_theme_reaches_only_children_of_its_own(plan: CampaignPlan, session: Session) -> None:
    funds = {fund.id: fund for fund in session.execute(select(Fund)).scalars()}
    reached = [
        (funds[row.source_id], funds[row.target_id]) for row in session.execute(select(FundTransferRule)).scalars()
    ]
    from_themes = [(source, target) for source, target in reached if source.kind == "theme"]
    assert from_themes
    assert all(target.kind == "restricted" and target.theme_id == source.id for source, target in from_themes)
    kinds = {"THEME-EVENTS": "event", "THEME-SPACE": "line", "THEME-GRANTS": "grant"}
    assert all(funds[target.target_id or 0].kind == kinds[source.code] for source, target in from_themes)


def test_the_general_fund_reaches_every_target(plan: CampaignPlan, session: Session) -> None:
    general = session.execute(select(Fund.id).where(Fund.code == "GEN")).scalar_one()
    reached = set(
        session.execute(select(FundTransferRule.target_id).where(FundTransferRule.source_id == general)).scalars()
    )
    targets = set(session.execute(select(Fund.id).where(Fund.kind.in_(("event", "grant", "line")))).scalars())
    assert reached == targets


def test_planned_costs_add_up_to_the_goal(plan: CampaignPlan, session: Session) -> None:
    planned = dict(
        session.execute(
            select(BudgetLine.fund_id, func.sum(BudgetLine.amount_minor)).group_by(BudgetLine.fund_id)
        ).all()
    )
    goals = dict(session.execute(select(Fund.id, Fund.goal_minor).where(Fund.kind.in_(("event", "grant")))).all())
    assert planned == goals
