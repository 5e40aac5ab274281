"""Funds that are added to a campaign can be allocated to at once, and only as their donors allow."""

import pytest
from flask import Flask

from campaign.database import transaction
from campaign.domain.errors import NotFound
from campaign.domain.fund import FundKind
from campaign.services.campaigns.fund_tree import NewFund, add_funds
from campaign.services.funds.balances import funds, targets_of
from tests.support.builders import a_campaign, translations


def new(code: str, kind: FundKind, theme: str | None = None) -> NewFund:
    return NewFund(code=code, kind=kind, title=translations(code), summary=translations(code), theme=theme)


def test_a_target_is_reached_from_the_general_fund_and_from_its_own_theme(app: Flask) -> None:
    campaign_id = a_campaign().id
    themes = [new("BOOKS", FundKind.THEME), new("WALLS", FundKind.THEME)]
    with transaction() as session:
        add_funds(session, campaign_id, [*themes, new("EVENT-1", FundKind.EVENT, "BOOKS")])
        add_funds(session, campaign_id, [new("LINE-1", FundKind.LINE), new("GRANT-1", FundKind.GRANT, "WALLS")])
    rows = funds(campaign_id)
    assert [row.code for row in rows if row.kind == "restricted"] == ["EVENT-1@BOOKS", "GRANT-1@WALLS"]
    sources = {row.code: row for row in rows if row.kind in ("general", "theme")}
    targets = {code: [row.code for row in targets_of(campaign_id, row)] for code, row in sources.items()}
    assert targets == {
        "GEN": ["EVENT-1", "GRANT-1", "LINE-1"],
        "BOOKS": ["EVENT-1"],
        "WALLS": ["GRANT-1"],
    }


def test_a_target_of_an_unknown_theme_is_not_added(app: Flask) -> None:
    campaign_id = a_campaign().id
    with pytest.raises(NotFound), transaction() as session:
        add_funds(session, campaign_id, [new("EVENT-1", FundKind.EVENT, "NONE")])
    assert [row.code for row in funds(campaign_id)] == ["GEN"]
