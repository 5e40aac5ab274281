"""Writes the rows of a folder into the tables, inside the caller's transaction."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import delete, func, insert, or_, select
from sqlalchemy.orm import Session

from campaign.domain.campaign_state import CampaignStage
from campaign.domain.errors import Conflict
from campaign.domain.fund import FundKind
from campaign.domain.identity import new_public_id
from campaign.models.application import CallQuestion, GrantApplication, GrantCall
from campaign.models.campaign import (
    Campaign,
    CampaignCurrency,
    CampaignRevision,
    Milestone,
    Section,
    SuggestedAmount,
    Update,
)
from campaign.models.donation import Donation
from campaign.models.fund import BudgetLine, Event, Fund, FundTransferRule, Grant
from campaign.models.goal import CampaignGoals
from campaign.models.picture import TextConsent
from campaign.models.pledge import Pledge
from campaign.services.campaigns.fund_tree import GENERAL_CODE, NewFund, add_funds
from campaign.services.campaigns.quoted_texts import UPDATE, piece_name
from campaign.services.campaigns.revision import count_public_change
from campaign.services.plan_folders import schema
from campaign.services.plan_folders.reading import CampaignFiles, PlanRow
from campaign.services.plan_folders.schema import RowKind

TARGETS = {"events": FundKind.EVENT, "grants": FundKind.GRANT, "lines": FundKind.LINE}


class CampaignExists(Conflict):
    """There is a campaign with this slug already."""


class NotReplaceable(Conflict):
    """The campaign is no draft any more, or something hangs on it that a folder does not hold."""


def begin_campaign(session: Session, head: dict[str, Any], *, replace: bool) -> int:
    """Write the campaign's row, or empty that of a draft; return its id."""
    known = session.execute(select(Campaign).where(Campaign.slug == head["slug"])).scalar_one_or_none()
    if known is None:
        has_featured = session.execute(select(Campaign.id).where(Campaign.is_featured)).first() is not None
        is_featured = not has_featured and head.get("stage") != CampaignStage.DRAFT
        campaign = Campaign(**_complete(head), is_featured=is_featured)
        session.add(campaign)
        session.flush()
        session.add(CampaignRevision(campaign_id=campaign.id, revision=1))
        return campaign.id
    if not replace:
        raise CampaignExists(head["slug"])
    if known.stage != CampaignStage.DRAFT or _has_gifts(session, known.id):
        raise NotReplaceable(head["slug"])
    remove_content(session, known.id)
    for name, value in _complete(head).items():
        setattr(known, name, value)
    count_public_change(session, known.id)
    session.flush()
    return known.id


def _complete(head: dict[str, Any]) -> dict[str, Any]:
    return {**_empty_texts(schema.campaign_kind(), Campaign), **head}


def _empty_texts(kind: RowKind, model: Any) -> dict[str, Any]:
    """Return what stands for the texts of a table that a row leaves out."""
    own = (entry for name, entry in kind.fields.items() if name in model.__table__.c)
    return {entry.name: {} for entry in own if entry.kind in schema.TABLES}


def _has_gifts(session: Session, campaign_id: int) -> bool:
    queries = (
        select(func.count()).select_from(model).where(model.campaign_id == campaign_id)
        for model in (Donation, Pledge, GrantApplication)
    )
    return any(session.execute(query).scalar_one() for query in queries)


def remove_content(session: Session, campaign_id: int) -> None:
    """Remove everything of a campaign that a folder has, apart from its own row."""
    funds = select(Fund.id).where(Fund.campaign_id == campaign_id).scalar_subquery()
    rules = or_(FundTransferRule.source_id.in_(funds), FundTransferRule.target_id.in_(funds))
    session.execute(delete(FundTransferRule).where(rules))
    for of_fund in (BudgetLine, CallQuestion, GrantCall, Event, Grant):
        session.execute(delete(of_fund).where(of_fund.fund_id.in_(funds)))
    session.execute(delete(Fund).where(Fund.campaign_id == campaign_id, Fund.kind == FundKind.RESTRICTED))
    for model in (Fund, Section, SuggestedAmount, CampaignCurrency, CampaignGoals, Milestone, Update, TextConsent):
        session.execute(delete(model).where(model.campaign_id == campaign_id))


def write_amounts(session: Session, campaign_id: int, head: PlanRow) -> None:
    """Write the further goals, and the currencies with the amounts that the form offers."""
    _insert(session, CampaignGoals, head.below["goals"], campaign_id=campaign_id)
    for position, currency in enumerate(head.below["currencies"]):
        _insert(session, CampaignCurrency, [currency], campaign_id=campaign_id, position=position)
        code = currency.values["currency"]
        _insert(session, SuggestedAmount, currency.below["amounts"], campaign_id=campaign_id, currency=code)


def write_texts(session: Session, campaign_id: int, files: CampaignFiles) -> None:
    """Write the texts of every place of the page, and the milestones."""
    position = 0
    for place, rows in files.texts.items():
        for row in rows:
            _insert(session, Section, [row], campaign_id=campaign_id, place=place, position=position)
            position += 1
            _note_consent(session, campaign_id, row, piece_name(place, row.values["slug"]))
    _insert(session, Milestone, files.lists["milestones"], campaign_id=campaign_id)


def write_funds(session: Session, campaign_id: int, files: CampaignFiles) -> None:
    """Write the general fund, the themes and the targets, then what is planned of each target."""
    rows = [(row, _kind_of_fund(name, row)) for name in ("funds", *TARGETS) for row in files.lists[name]]
    funds = add_funds(session, campaign_id, [_fund(row, kind) for row, kind in rows])
    for row, kind in rows:
        fund = funds[row.values["code"]]
        for name, value in row.kind.values(Fund.__table__, row.values).items():
            setattr(fund, name, value)
        model = {FundKind.EVENT: Event, FundKind.GRANT: Grant}.get(kind)
        if model is not None:
            _insert(session, model, [row], fund_id=fund.id)
            _note_consent(session, campaign_id, row, piece_name(kind, fund.public_id))
        if kind is FundKind.GRANT:
            _write_call(session, fund.id, row)
        for position, cost in enumerate(row.below.get("budget", [])):
            _insert(session, BudgetLine, [cost], fund_id=fund.id, position=position)
        for position, question in enumerate(row.below.get("questions", [])):
            _insert(session, CallQuestion, [question], fund_id=fund.id, position=position, public_id=new_public_id())


def _write_call(session: Session, fund_id: int, row: PlanRow) -> None:
    values = row.values
    if {"is_online", "places", "reviews_due_on"} & values.keys():
        call = GrantCall(fund_id=fund_id, is_online=values.get("is_online", False), places=values.get("places"))
        call.reviews_due_on = values.get("reviews_due_on")
        session.add(call)


def _kind_of_fund(file: str, row: PlanRow) -> FundKind:
    if file in TARGETS:
        return TARGETS[file]
    return FundKind.GENERAL if row.values["code"] == GENERAL_CODE else FundKind.THEME


def _fund(row: PlanRow, kind: FundKind) -> NewFund:
    names = ("code", "title", "summary", "goal_minor", "theme")
    return NewFund(
        **{"title": {}, "summary": {}, **{name: row.values[name] for name in names if name in row.values}}, kind=kind
    )


def write_updates(session: Session, campaign_id: int, rows: Iterable[PlanRow]) -> None:
    """Write the updates; each gets a new address."""
    for row in rows:
        public_id = new_public_id()
        _insert(session, Update, [row], campaign_id=campaign_id, public_id=public_id)
        _note_consent(session, campaign_id, row, piece_name(UPDATE, public_id))


def _note_consent(session: Session, campaign_id: int, row: PlanRow, piece: str) -> None:
    """Hide a text that quotes or names somebody until their consent is recorded in this installation."""
    if row.values.get("needs_consent"):
        session.add(TextConsent(campaign_id=campaign_id, piece=piece))


def _insert(session: Session, model: Any, rows: Iterable[PlanRow], **more: object) -> None:
    """Insert what rows say of a table; a text that they leave out is empty, and the table's own defaults hold."""
    for row in rows:
        values = row.kind.values(model.__table__, row.values)
        session.execute(insert(model).values({**_empty_texts(row.kind, model), **values, **more}))
