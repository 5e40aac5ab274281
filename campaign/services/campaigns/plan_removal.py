"""Removes what was added by mistake: a purpose, event, grant or other cost, or a draft campaign, on which nothing hangs."""

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from campaign.database import reading, transaction
from campaign.domain.campaign_state import CampaignStage
from campaign.domain.errors import NotFound
from campaign.domain.fund import FundKind
from campaign.domain.removal import NotRemovable, RemovalBlock
from campaign.domain.target_state import REPORTABLE
from campaign.extensions import Model
from campaign.gateways.clock import Clock
from campaign.models.campaign import Campaign, Section
from campaign.models.fund import Event, Fund, Grant
from campaign.models.picture import PicturePlace
from campaign.services import audit
from campaign.services.campaigns.plan_changes import GeneralFundStays, children_of, fund_named, record_change
from campaign.services.campaigns.removal import (
    GO_WITH_CAMPAIGN,
    GO_WITH_FUND,
    Conditions,
    blocks_of,
    delete_with,
    fund_conditions,
    is_booked,
)
from campaign.services.campaigns.revision import count_change_for_all
from campaign.services.campaigns.shown_pictures import numbered


def blocks_of_item(campaign_id: int, public_id: str) -> tuple[RemovalBlock, ...]:
    """Return what holds back the removal of a purpose or target.

    Raises:
        NotFound: The campaign has none of this name.
        GeneralFundStays: It is the general fund.
    """
    with reading() as session:
        fund = _fund_named(session, campaign_id, public_id)
        return _blocks(session, fund, children_of(session, fund))


def is_item_booked(campaign_id: int, public_id: str) -> bool:
    """Return whether money is booked on a purpose or target."""
    with reading() as session:
        fund = _fund_named(session, campaign_id, public_id)
        return is_booked(session, [fund, *children_of(session, fund)])


def remove_item(campaign_id: int, public_id: str, *, actor_id: int, clock: Clock) -> None:
    """Remove a purpose or target with its costs and call; a picture of it stays in the library.

    Raises:
        NotFound: The campaign has none of this name.
        GeneralFundStays: It is the general fund.
        NotRemovable: Something hangs on it.
    """
    with transaction() as session:
        fund = fund_named(session, campaign_id, public_id)
        children = children_of(session, fund)
        if blocks := _blocks(session, fund, children):
            raise NotRemovable(blocks)
        record_change(session, fund, "remove", actor_id, clock, {"title": fund.title})
        place = PicturePlace.place.in_(numbered(f"{fund.kind}:{fund.public_id}"))
        session.execute(delete(PicturePlace).where(PicturePlace.campaign_id == campaign_id, place))
        delete_with(session, fund_conditions([fund, *children]), GO_WITH_FUND)


def blocks_of_campaign(campaign_id: int) -> tuple[RemovalBlock, ...]:
    """Return what holds back the removal of a campaign."""
    with reading() as session:
        return _campaign_blocks(session, session.get_one(Campaign, campaign_id))


def remove_campaign(campaign_id: int, *, actor_id: int, clock: Clock) -> None:
    """Remove a draft with its texts and its plan; roles that people have in it alone end.

    Raises:
        NotRemovable: It is no draft, or something hangs on it.
    """
    with transaction() as session:
        row = session.execute(select(Campaign).where(Campaign.id == campaign_id).with_for_update()).scalar_one()
        if blocks := _campaign_blocks(session, row):
            raise NotRemovable(blocks)
        subject = f"campaign:{row.slug}"
        audit.record(
            session,
            actor_id=actor_id,
            action="campaign:remove",
            subject=subject,
            at=clock.now(),
            detail={"name": row.name},
        )
        delete_with(session, _campaign_condition(row), GO_WITH_CAMPAIGN)
        count_change_for_all(session)


def _fund_named(session: Session, campaign_id: int, public_id: str) -> Fund:
    named = Fund.campaign_id == campaign_id, Fund.public_id == public_id, Fund.kind != FundKind.RESTRICTED
    fund = session.execute(select(Fund).where(*named)).scalar_one_or_none()
    if fund is None:
        raise NotFound(f"fund:{public_id}")
    return fund


def _blocks(session: Session, fund: Fund, children: Sequence[Fund]) -> tuple[RemovalBlock, ...]:
    if fund.kind == FundKind.GENERAL:
        raise GeneralFundStays(fund.code)
    blocks = blocks_of(session, fund_conditions([fund, *children]), GO_WITH_FUND)
    is_used = session.execute(select(Fund.id).where(Fund.theme_id == fund.id).limit(1)).first() is not None
    more = {
        RemovalBlock.TARGETS: is_used,
        RemovalBlock.TEXTS: _is_named_by_an_ask(session, fund),
        RemovalBlock.REPORT: _has_taken_place(session, fund),
    }
    return (*blocks, *(block for block, applies in more.items() if applies))


def _is_named_by_an_ask(session: Session, fund: Fund) -> bool:
    rows = session.execute(select(Section.facts).where(Section.campaign_id == fund.campaign_id, Section.place == "ask"))
    return any(facts.get("fund") == fund.code for facts in rows.scalars())


def _has_taken_place(session: Session, fund: Fund) -> bool:
    row = session.get(Event, fund.id) or session.get(Grant, fund.id)
    return row is not None and row.status in REPORTABLE


def _campaign_blocks(session: Session, row: Campaign) -> tuple[RemovalBlock, ...]:
    if row.stage != CampaignStage.DRAFT:
        return (RemovalBlock.NOT_DRAFT,)
    return blocks_of(session, _campaign_condition(row), GO_WITH_CAMPAIGN)


def _campaign_condition(row: Campaign) -> Conditions:
    return {"campaign": Model.metadata.tables["campaign"].c.id == row.id}
