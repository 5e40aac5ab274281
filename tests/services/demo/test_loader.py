"""The demo campaign arrives in the database whole, once, and with its donors' restrictions in place."""

import re
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaign.models.campaign import Campaign, Section, Update
from campaign.models.fund import BudgetLine, Event, Fund, FundTransferRule, Grant
from campaign.services.demo.content import DemoPlan, load_plan
from campaign.services.demo.loader import load_campaign
from campaign.services.plan_folders.exporting import export_campaign
from campaign.services.plan_folders.importing import read_folder
from tests.support.fakes import SettableClock


@pytest.fixture
def plan(app: Flask, clock: SettableClock) -> DemoPlan:
    loaded = load_plan()
    assert load_campaign(loaded, clock=clock) == loaded.slug
    return loaded


def count(session: Session, model: type) -> int:
    return session.execute(select(func.count()).select_from(model)).scalar_one()


def test_everything_in_the_plan_is_in_the_tables(plan: DemoPlan, session: Session) -> None:
    files = read_folder(plan.folder, today=date(2026, 12, 1))
    assert count(session, Event) == len(files.lists["events"]) >= 8
    assert count(session, Grant) == len(files.lists["grants"]) >= 4
    assert count(session, Update) == len(files.lists["updates"])
    places = dict(session.execute(select(Section.place, func.count()).group_by(Section.place)).all())
    assert places["question"] == len(files.texts["question"]) >= 8
    assert {"story", "ask", "reached", "place", "learning", "partner", "page", "other_way", "notice"} <= set(places)


def test_the_first_campaign_is_featured_and_marked_as_demo(plan: DemoPlan, session: Session) -> None:
    campaign = session.execute(select(Campaign)).scalar_one()
    assert (campaign.is_featured, campaign.is_demo, campaign.series) == (True, True, "WCL")


def test_a_second_load_changes_nothing(plan: DemoPlan, session: Session, clock: SettableClock) -> None:
    before = count(session, Fund), count(session, Section)
    load_campaign(plan, clock=clock)
    assert (count(session, Fund), count(session, Section)) == before


def test_a_theme_reaches_only_children_of_its_own(plan: DemoPlan, session: Session) -> None:
    funds = {fund.id: fund for fund in session.execute(select(Fund)).scalars()}
    reached = [
        (funds[row.source_id], funds[row.target_id]) for row in session.execute(select(FundTransferRule)).scalars()
    ]
    from_themes = [(source, target) for source, target in reached if source.kind == "theme"]
    assert from_themes
    assert all(target.kind == "restricted" and target.theme_id == source.id for source, target in from_themes)
    kinds = {"THEME-EVENTS": "event", "THEME-SPACE": "line", "THEME-GRANTS": "grant"}
    assert all(funds[target.target_id or 0].kind == kinds[source.code] for source, target in from_themes)


def test_the_general_fund_reaches_every_target(plan: DemoPlan, session: Session) -> None:
    general = session.execute(select(Fund.id).where(Fund.code == "GEN")).scalar_one()
    reached = set(
        session.execute(select(FundTransferRule.target_id).where(FundTransferRule.source_id == general)).scalars()
    )
    targets = set(session.execute(select(Fund.id).where(Fund.kind.in_(("event", "grant", "line")))).scalars())
    assert reached == targets


def test_planned_costs_add_up_to_the_goal(plan: DemoPlan, session: Session) -> None:
    planned = dict(
        session.execute(
            select(BudgetLine.fund_id, func.sum(BudgetLine.amount_minor)).group_by(BudgetLine.fund_id)
        ).all()
    )
    goals = dict(session.execute(select(Fund.id, Fund.goal_minor).where(Fund.kind.in_(("event", "grant")))).all())
    assert planned == goals


@pytest.mark.database("sqlite")
def test_the_folder_is_what_an_export_writes(app: Flask, clock: SettableClock, tmp_path: Path) -> None:
    """So it can be edited by whoever has edited an export."""
    folder = load_plan().folder
    head = (folder / "campaign.toml").read_text(encoding="utf-8")
    (as_of,) = re.findall(r"^dates_as_of = (\S+)$", head, re.MULTILINE)
    clock.at = datetime.combine(date.fromisoformat(as_of), time(9), UTC)
    export_campaign(tmp_path / "again", load_campaign(load_plan(), clock=clock))
    files = {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in folder.rglob("*.*")}
    for name in files.keys() - {"README.md"}:
        written = (tmp_path / "again" / name).read_text(encoding="utf-8").splitlines()
        lines = [line for line in files[name].splitlines() if not line.startswith(("#", "dates_as_of"))]
        assert [line for line in lines if line not in written] == [], name  # a column with a default may be left out
