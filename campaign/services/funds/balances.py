"""The funds of a campaign with their balances: those to allocate from, and the targets of allocations."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.database import reading
from campaign.domain.allocation import TARGET_KINDS, UNRESTRICTED_KINDS
from campaign.domain.errors import NotFound
from campaign.domain.fund import FundKind
from campaign.domain.money import Money
from campaign.models.fund import Fund, FundTransferRule
from campaign.services.ledger import sums
from campaign.services.ledger.availability import disputed_money


@dataclass(frozen=True, slots=True, kw_only=True)
class FundRow:
    """A fund and its balance in each currency that it has, or owes; `disputed` is what open disputes withhold of it."""

    id: int
    public_id: str
    code: str
    kind: str
    title: dict[str, str]
    goal_minor: int  # in the campaign's currency; 0 where there is none
    theme_id: int | None
    target_id: int | None
    balances: tuple[Money, ...]
    disputed: tuple[Money, ...] = ()

    @property
    def deficits(self) -> tuple[Money, ...]:
        """Return what the fund lacks in each currency in which it is below zero."""
        return tuple(-balance for balance in self.balances if balance.minor < 0)

    def holds(self, currency: str) -> Money:
        return next((balance for balance in self.balances if balance.currency == currency), Money(0, currency))


def funds(campaign_id: int) -> Sequence[FundRow]:
    """Return every fund of the campaign: collecting ones first, then targets, then restricted children; three queries."""
    with reading() as session:
        return _funds(session, campaign_id)


def fund(campaign_id: int, public_id: str) -> FundRow:
    """Return one fund.

    Raises:
        NotFound: there is none.
    """
    match = next((row for row in funds(campaign_id) if row.public_id == public_id), None)
    if match is None:
        raise NotFound(f"fund:{public_id}")
    return match


def targets_of(campaign_id: int, source: FundRow) -> Sequence[FundRow]:
    """Return the events, grants and lines that this fund can be allocated to, without the children inside them."""
    with reading() as session:
        reached = set(
            session.execute(select(FundTransferRule.target_id).where(FundTransferRule.source_id == source.id))
            .scalars()
            .all()
        )
        rows = _funds(session, campaign_id)
    inside = {row.target_id for row in rows if row.id in reached and row.target_id is not None}
    return [row for row in rows if row.kind in TARGET_KINDS and row.id in reached | inside]


def givers_of(campaign_id: int, holder: FundRow) -> Sequence[FundRow]:
    """Return the funds to which this event, grant, line or child can return money."""
    with reading() as session:
        reach = select(FundTransferRule.source_id).where(FundTransferRule.target_id == holder.id)
        sources = set(session.execute(reach).scalars().all())
        return [row for row in _funds(session, campaign_id) if row.id in sources]


def covering(campaign_id: int, lacking: FundRow) -> Sequence[FundRow]:
    """Return the funds that can cover this one's deficit: unrestricted ones with a currency that it lacks."""
    currencies = {amount.currency for amount in lacking.deficits}
    return [
        row
        for row in funds(campaign_id)
        if row.kind in UNRESTRICTED_KINDS
        and row.id != lacking.id
        and any(balance.minor > 0 and balance.currency in currencies for balance in row.balances)
    ]


def _funds(session: Session, campaign_id: int) -> list[FundRow]:
    by_fund = sums.balances(session, campaign_id=campaign_id)
    disputed = disputed_money(session, campaign_id=campaign_id)
    rows = session.execute(select(Fund).where(Fund.campaign_id == campaign_id)).scalars().all()
    order = {kind.value: position for position, kind in enumerate(FundKind)}
    return [
        FundRow(
            id=row.id,
            public_id=row.public_id,
            code=row.code,
            kind=row.kind,
            title=row.title,
            goal_minor=row.goal_minor,
            theme_id=row.theme_id,
            target_id=row.target_id,
            balances=tuple(Money(minor, code) for code, minor in sorted(by_fund.get(row.id, {}).items())),
            disputed=disputed.get(row.id, ()),
        )
        for row in sorted(rows, key=lambda row: (order[row.kind], row.position, row.id))
    ]
