"""What was added by mistake is removed where nothing hangs on it; a purpose is changed while no money is booked."""

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaign.database import transaction
from campaign.domain.errors import NotFound
from campaign.domain.form_version import ChangedMeanwhile, version_of
from campaign.domain.fund import FundKind
from campaign.domain.removal import NotRemovable, RemovalBlock
from campaign.models.campaign import Campaign, CampaignRevision, Section
from campaign.models.fund import BudgetLine, Event, Fund, FundTransferRule
from campaign.models.staff import AuditEvent
from campaign.services.campaigns import plan_changes, plan_costs, plan_removal
from campaign.services.campaigns.plan import Cost, plan_item
from campaign.services.funds.balances import fund, targets_of
from tests.services.campaigns.test_plan import DAYS, TEXTS, TIMES, change
from tests.support.builders import (
    a_campaign,
    a_member_of_staff,
    a_paid_gift,
    an_allocation,
    general_fund_of,
    translations,
    usd,
)
from tests.support.fakes import SettableClock


@pytest.fixture
def campaign(app: Flask) -> Campaign:
    return a_campaign()


@pytest.fixture
def by(campaign: Campaign, clock: SettableClock) -> dict[str, Any]:
    return {"actor_id": a_member_of_staff(role="campaign").id, "clock": clock}


def row_of(session: Session, public_id: str) -> Fund:
    return session.execute(select(Fund).where(Fund.public_id == public_id)).scalar_one()


def test_the_purpose_of_an_event_is_changed_while_no_money_is_booked_on_it(
    campaign: Campaign, by: dict[str, Any], session: Session
) -> None:
    theme = plan_changes.add_item(campaign.id, FundKind.THEME, TEXTS, **by)
    event = plan_changes.add_item(campaign.id, FundKind.EVENT, replace(TEXTS, details=TIMES), **by)
    change(campaign, by, event, replace(TEXTS, details=TIMES, theme="THEME-1"))
    assert plan_item(campaign.id, event).theme == "THEME-1"
    assert [row.code for row in targets_of(campaign.id, fund(campaign.id, theme))] == ["EVENT-1"]
    change(campaign, by, event, replace(TEXTS, details=TIMES))
    assert plan_item(campaign.id, event).theme == ""
    a_paid_gift(campaign=campaign)
    an_allocation("one", source=general_fund_of(campaign), target=row_of(session, event), amount=usd(5_00))
    change(campaign, by, event, replace(TEXTS, details=TIMES, title={"en": "Silk"}))
    with pytest.raises(plan_changes.PurposeInUse):
        change(campaign, by, event, replace(TEXTS, details=TIMES, theme="THEME-1"))
    assert plan_removal.is_item_booked(campaign.id, event)
    assert plan_removal.blocks_of_item(campaign.id, event) == (RemovalBlock.MONEY,)


@pytest.mark.database("sqlite")
def test_costs_are_changed_and_put_in_order(campaign: Campaign, by: dict[str, Any]) -> None:
    line = plan_changes.add_item(campaign.id, FundKind.LINE, TEXTS, **by)
    for name, amount in (("Rent", 300_00), ("Light", 50_00)):
        plan_costs.add_cost(campaign.id, line, title={"en": name}, amount_minor=amount, **by)
    rent, light = plan_item(campaign.id, line).costs
    plan_costs.move_cost(campaign.id, line, light.id, **by)
    plan_costs.move_cost(campaign.id, line, light.id, **by)
    dearer = Cost(id=rent.id, title={"en": "Rent"}, amount_minor=310_00)
    plan_costs.change_cost(campaign.id, line, dearer, version=version_of(rent), **by)
    assert plan_item(campaign.id, line).costs == (light, dearer)
    assert plan_item(campaign.id, line).goal_minor == 360_00
    with pytest.raises(ChangedMeanwhile):
        plan_costs.change_cost(campaign.id, line, replace(dearer, amount_minor=1), version=version_of(rent), **by)
    with pytest.raises(NotFound):
        plan_costs.move_cost(campaign.id, line, 999, **by)


def test_what_nothing_hangs_on_is_removed_with_all_that_is_its_own(
    campaign: Campaign, by: dict[str, Any], session: Session
) -> None:
    theme = plan_changes.add_item(campaign.id, FundKind.THEME, TEXTS, **by)
    event = plan_changes.add_item(campaign.id, FundKind.EVENT, replace(TEXTS, details=TIMES, theme="THEME-1"), **by)
    grant = plan_changes.add_item(campaign.id, FundKind.GRANT, replace(TEXTS, details=DAYS), **by)
    plan_costs.add_cost(campaign.id, event, title={"en": "Wool"}, amount_minor=1_00, **by)
    assert plan_removal.blocks_of_item(campaign.id, theme) == (RemovalBlock.TARGETS,)
    with pytest.raises(NotRemovable):
        plan_removal.remove_item(campaign.id, theme, **by)
    for public_id in (event, grant, theme):
        plan_removal.remove_item(campaign.id, public_id, **by)
    assert session.execute(select(Fund.code)).scalars().all() == ["GEN"]
    assert [session.execute(select(func.count()).select_from(table)).scalar_one() for table in (Event, BudgetLine)] == [
        0,
        0,
    ]
    assert session.execute(select(func.count()).select_from(FundTransferRule)).scalar_one() == 0
    acts = session.execute(select(AuditEvent.detail).where(AuditEvent.action == "plan:remove")).scalars().all()
    assert [detail["fund"] for detail in acts] == ["EVENT-1", "GRANT-1", "THEME-1"]
    with pytest.raises(plan_changes.GeneralFundStays):
        plan_removal.blocks_of_item(campaign.id, general_fund_of(campaign).public_id)


@pytest.mark.database("sqlite")
def test_a_purpose_that_an_ask_names_and_an_event_that_took_place_stay(campaign: Campaign, by: dict[str, Any]) -> None:
    theme = plan_changes.add_item(campaign.id, FundKind.THEME, TEXTS, **by)
    event = plan_changes.add_item(campaign.id, FundKind.EVENT, replace(TEXTS, details=TIMES), **by)
    texts = {"heading": translations("Looms"), "body": translations("Three"), "facts": {"fund": "THEME-1"}}
    with transaction() as session:
        session.add(Section(campaign_id=campaign.id, place="ask", slug="looms", position=0, **texts))
        session.get_one(Event, row_of(session, event).id).status = "held"
    assert plan_removal.blocks_of_item(campaign.id, theme) == (RemovalBlock.TEXTS,)
    assert plan_removal.blocks_of_item(campaign.id, event) == (RemovalBlock.REPORT,)


def test_a_draft_campaign_is_removed_and_the_others_stay(
    campaign: Campaign, by: dict[str, Any], session: Session
) -> None:
    assert plan_removal.blocks_of_campaign(campaign.id) == (RemovalBlock.NOT_DRAFT,)
    draft = a_campaign(slug="mistake", is_featured=False, stage="draft")
    helper = a_member_of_staff(role="campaign", campaign=draft, email="helper@example.org")
    event = plan_changes.add_item(draft.id, FundKind.EVENT, replace(TEXTS, details=TIMES), **by)
    plan_removal.remove_campaign(draft.id, **by)
    assert session.execute(select(Campaign.slug)).scalars().all() == ["quilt"]
    assert session.execute(select(CampaignRevision.campaign_id)).scalars().all() == [campaign.id]
    assert session.execute(select(Fund.id).where(Fund.public_id == event)).first() is None
    assert helper.id
    assert session.execute(
        select(AuditEvent.subject).where(AuditEvent.action == "campaign:remove")
    ).scalars().all() == ["campaign:mistake"]


@pytest.mark.database("sqlite")
def test_a_draft_with_a_gift_stays(campaign: Campaign, by: dict[str, Any]) -> None:
    draft = a_campaign(slug="tried", is_featured=False)
    a_paid_gift(campaign=draft)
    with transaction() as session:
        session.get_one(Campaign, draft.id).stage = "draft"
    assert RemovalBlock.MONEY in plan_removal.blocks_of_campaign(draft.id)
    with pytest.raises(NotRemovable):
        plan_removal.remove_campaign(draft.id, **by)
