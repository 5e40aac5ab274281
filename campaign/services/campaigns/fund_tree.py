"""Adds the funds of a campaign: the general one, the themes, and targets with the children that keep restrictions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from campaign.domain.errors import NotFound
from campaign.domain.fund import COLLECTING_KINDS, FundKind
from campaign.domain.identity import new_public_id
from campaign.models.fund import Fund, FundTransferRule

GENERAL_CODE = "GEN"
"""The code of the general fund of every campaign."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFund:
    """A fund that is to be added; `theme` is the code of the theme that may pay for a target, None where only GEN may."""

    code: str
    kind: FundKind
    title: Mapping[str, str]
    summary: Mapping[str, str]
    goal_minor: int = 0
    theme: str | None = None


def add_funds(session: Session, campaign_id: int, funds: Sequence[NewFund]) -> dict[str, Fund]:
    """Add the general fund, themes and targets of a campaign in the order given, inside the caller's transaction.

    Every target gets the rules by which money may reach it: from the general fund, and from its theme into a child
    fund that keeps the theme's restriction.

    Returns:
        The added funds by code, without the children.

    Raises:
        NotFound: A target names a theme that the campaign does not have, or the campaign has no general fund.
    """
    first = _next_position(session, campaign_id)
    added = {new.code: _fund(campaign_id, new, position) for position, new in enumerate(funds, start=first)}
    session.add_all(added.values())
    session.flush()
    targets = [new for new in funds if new.kind not in COLLECTING_KINDS]
    if targets:
        _add_rules(session, campaign_id, [(added[new.code], new.theme) for new in targets])
    return added


def replace_theme(session: Session, target: Fund, children: Sequence[Fund], theme: str | None) -> None:
    """Let another theme pay for a target instead of the one whose `children` go; None for the general fund alone.

    Raises:
        NotFound: The campaign does not have this theme.
    """
    gone = [child.id for child in children]
    session.execute(delete(FundTransferRule).where(FundTransferRule.target_id.in_(gone)))
    session.execute(delete(Fund).where(Fund.id.in_(gone)))
    if theme is None:
        return
    source = _source(_sources(session, target.campaign_id), theme)
    child = _child(source, target, target.position)
    session.add(child)
    session.flush()
    session.add(FundTransferRule(source_id=source.id, target_id=child.id))


def _add_rules(session: Session, campaign_id: int, targets: Sequence[tuple[Fund, str | None]]) -> None:
    sources = _sources(session, campaign_id)
    children = [(_source(sources, theme), target) for target, theme in targets if theme not in (None, GENERAL_CODE)]
    rows = [(theme, _child(theme, target, position)) for position, (theme, target) in enumerate(children)]
    session.add_all(child for _, child in rows)
    session.flush()
    general = _source(sources, GENERAL_CODE)
    session.add_all(FundTransferRule(source_id=general.id, target_id=target.id) for target, _ in targets)
    session.add_all(FundTransferRule(source_id=theme.id, target_id=child.id) for theme, child in rows)
    session.flush()


def _sources(session: Session, campaign_id: int) -> dict[str, Fund]:
    query = select(Fund).where(Fund.campaign_id == campaign_id, Fund.kind.in_(COLLECTING_KINDS))
    return {fund.code: fund for fund in session.execute(query).scalars()}


def _source(sources: Mapping[str, Fund], code: str | None) -> Fund:
    if code is None or code not in sources:
        raise NotFound(f"fund:{code}")
    return sources[code]


def _next_position(session: Session, campaign_id: int) -> int:
    last = func.coalesce(func.max(Fund.position), -1)
    query = select(last).where(Fund.campaign_id == campaign_id, Fund.kind != FundKind.RESTRICTED)
    return session.execute(query).scalar_one() + 1


def _fund(campaign_id: int, new: NewFund, position: int) -> Fund:
    return Fund(
        public_id=new_public_id(),
        campaign_id=campaign_id,
        code=new.code,
        kind=new.kind,
        title=dict(new.title),
        summary=dict(new.summary),
        goal_minor=new.goal_minor,
        position=position,
    )


def _child(theme: Fund, target: Fund, position: int) -> Fund:
    """Return the fund that holds the theme's money inside the target, so that the restriction travels with it."""
    return Fund(
        public_id=new_public_id(),
        campaign_id=target.campaign_id,
        code=f"{target.code}@{theme.code}",
        kind=FundKind.RESTRICTED,
        title=target.title,
        summary=target.summary,
        goal_minor=0,
        position=position,
        theme_id=theme.id,
        target_id=target.id,
    )
