"""Use of the money: raised, fees, allocated, spent, per purpose and target; every figure is a sum of postings.

What gifts under suspicion of fraud brought is in none of them (docs/decisions/0093).

Currencies are never added. What a gift brought in another currency than the campaign's appears there once the provider
has converted it; until then it is in transit, in its own.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.database import reading
from campaign.domain.fund import FundKind
from campaign.domain.money import Money
from campaign.models.fund import BudgetLine, Event, Fund, Grant
from campaign.services.campaigns.fund_figures import BudgetCost, CurrencyTotals, Figures, FundSummary
from campaign.services.ledger.availability import disputed_money
from campaign.services.ledger.conversions import converted_into
from campaign.services.ledger.sums import FundFlow, public_flows


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """The plans and figures of several targets together.

    `requested` is the goal of the purposes that they belong to; zero where targets of another kind share a purpose,
    because its goal is then theirs too.
    """

    goal: Money
    requested: Money
    figures: Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Transparency:
    """A campaign's money as a whole. `totals` has the campaign's own currency first."""

    currency: str
    totals: tuple[Figures, ...]
    given_in: tuple[CurrencyTotals, ...]
    purposes: tuple[FundSummary, ...]
    targets: tuple[FundSummary, ...]

    @property
    def main(self) -> Figures:
        """Return the totals in the campaign's own currency."""
        return self.totals[0]

    @property
    def on_the_way(self) -> tuple[Money, ...]:
        """Return what was given in other currencies and is not converted yet."""
        return tuple(Money(row.raised_minor, row.currency) for row in self.totals[1:] if row.raised_minor)

    def sum_of(self, kind: str) -> "Sums":
        """Return the targets of one kind together, in the campaign's own currency."""
        nothing = Money(0, self.currency)
        targets, together = self.of_kind(kind), Figures(currency=self.currency)
        for target in targets:
            together = together.plus(target.in_currency(self.currency))
        themes = {target.theme for target in targets}
        is_shared = any(target.theme in themes for target in self.targets if target.kind != kind and target.theme)
        purposes = () if is_shared else self.purposes
        requested = sum((purpose.goal for purpose in purposes if purpose.code in themes), nothing)
        return Sums(goal=sum((target.goal for target in targets), nothing), requested=requested, figures=together)

    def of_kind(self, kind: str) -> tuple[FundSummary, ...]:
        """Return the targets of one kind: event, grant or line."""
        return tuple(target for target in self.targets if target.kind == kind)


def transparency_of(campaign_id: int, currency: str) -> Transparency:
    """Return the campaign's money now, in a fixed number of queries, however many gifts there are."""
    with reading() as session:
        of_campaign = select(Fund).where(Fund.campaign_id == campaign_id).order_by(Fund.position, Fund.id)
        funds = session.execute(of_campaign).scalars().all()
        themes = _themes(funds)
        listed = [fund for fund in funds if fund.kind != FundKind.RESTRICTED]
        owners = _owners(funds)
        figures = _figures(public_flows(session, campaign_id=campaign_id), owners)
        _add_disputed(figures, disputed_money(session, campaign_id=campaign_id), owners)
        facts = _TargetFacts(session, campaign_id)
        purses = [
            replace(
                facts.add_to(_purse(fund, currency, figures.get(fund.id, {})), fund.id), theme=themes.get(fund.id, "")
            )
            for fund in listed
        ]
        is_mixed = any(row.currency != currency for purse in purses for row in purse.figures)
        converted = converted_into(session, campaign_id=campaign_id, currency=currency) if is_mixed else {}
    targets = tuple(purse for purse in purses if purse.kind not in {FundKind.GENERAL, FundKind.THEME})
    totals = _totals(purses, targets, currency)
    return Transparency(
        currency=currency,
        totals=totals,
        given_in=tuple(_given_in(row, currency, converted) for row in totals),
        purposes=tuple(purse for purse in purses if purse.kind in {FundKind.GENERAL, FundKind.THEME}),
        targets=targets,
    )


def _themes(funds: Sequence[Fund]) -> dict[int, str]:
    """Return target → the code of the purpose whose money can be separate in it."""
    codes = {fund.id: fund.code for fund in funds}
    return {fund.target_id: codes[fund.theme_id] for fund in funds if fund.target_id and fund.theme_id}


def _owners(funds: Sequence[Fund]) -> dict[int, int]:
    """Return restricted child → the target that owns its money, for the public."""
    return {fund.id: fund.target_id for fund in funds if fund.target_id is not None}


def _figures(flows: Iterable[FundFlow], owners: Mapping[int, int]) -> dict[int, dict[str, Figures]]:
    by_fund: dict[int, dict[str, Figures]] = defaultdict(dict)
    for flow in flows:
        given = flow.contributed_minor + flow.fees_covered_minor - flow.refunded_minor - flow.charged_back_minor
        row = Figures(
            currency=flow.currency,
            given_minor=given,
            raised_minor=given + flow.converted_minor,
            fees_minor=flow.fees_minor,
            received_minor=flow.transferred_in_minor,
            passed_on_minor=flow.transferred_out_minor,
            spent_minor=flow.spent_minor,
            left_minor=flow.balance_minor,
        )
        own = by_fund[owners.get(flow.fund_id, flow.fund_id)]
        own[flow.currency] = own[flow.currency].plus(row) if flow.currency in own else row
    return by_fund


def _add_disputed(
    figures: dict[int, dict[str, Figures]], disputed: Mapping[int, tuple[Money, ...]], owners: Mapping[int, int]
) -> None:
    for fund_id, amounts in disputed.items():
        rows = figures[owners.get(fund_id, fund_id)]
        for amount in amounts:
            withheld = Figures(currency=amount.currency, disputed_minor=amount.minor)
            rows[amount.currency] = rows.get(amount.currency, Figures(currency=amount.currency)).plus(withheld)


def _purse(fund: Fund, currency: str, figures: Mapping[str, Figures]) -> FundSummary:
    return FundSummary(
        public_id=fund.public_id,
        code=fund.code,
        kind=fund.kind,
        title=fund.title,
        summary=fund.summary,
        goal=Money(fund.goal_minor, currency),
        figures=tuple(figures[code] for code in sorted(figures, key=lambda code: (code != currency, code))),
    )


def _totals(purses: Iterable[FundSummary], targets: tuple[FundSummary, ...], currency: str) -> tuple[Figures, ...]:
    """Return each currency's sum over all funds; what was received and passed on is counted at the targets only."""
    sums: dict[str, Figures] = {currency: Figures(currency=currency)}
    for purse in purses:
        for row in purse.figures:
            counted = row if purse in targets else replace(row, received_minor=0, passed_on_minor=0)
            sums[row.currency] = sums.get(row.currency, Figures(currency=row.currency)).plus(counted)
    return tuple(sums[code] for code in sorted(sums, key=lambda code: (code != currency, code)))


def _given_in(row: Figures, currency: str, converted: Mapping[str, int]) -> CurrencyTotals:
    is_own = row.currency == currency
    return CurrencyTotals(
        given=Money(row.given_minor, row.currency),
        on_the_way=Money(0 if is_own else row.raised_minor, row.currency),
        credited=Money(row.given_minor if is_own else converted.get(row.currency, 0), currency),
    )


class _TargetFacts:
    """The facts of events and grants besides their money, read once for a whole campaign."""

    def __init__(self, session: Session, campaign_id: int) -> None:
        of_campaign = Fund.campaign_id == campaign_id
        events = session.execute(select(Event).join(Fund, Fund.id == Event.fund_id).where(of_campaign))
        grants = session.execute(select(Grant).join(Fund, Fund.id == Grant.fund_id).where(of_campaign))
        self._events = {event.fund_id: event for event in events.scalars()}
        self._grants = {grant.fund_id: grant for grant in grants.scalars()}
        self._costs: dict[int, list[BudgetCost]] = defaultdict(list)
        lines = select(BudgetLine).join(Fund, Fund.id == BudgetLine.fund_id).where(of_campaign)
        for line in session.execute(lines.order_by(BudgetLine.fund_id, BudgetLine.position)).scalars():
            self._costs[line.fund_id].append(
                BudgetCost(title=line.title, amount=Money(line.amount_minor, line.currency))
            )

    def add_to(self, purse: FundSummary, fund_id: int) -> FundSummary:
        costs = tuple(self._costs.get(fund_id, ()))
        if event := self._events.get(fund_id):
            return replace(
                purse,
                status=event.status,
                starts_on=event.starts_on,
                place=event.place,
                begins_at=event.begins_at,
                ends_at=event.ends_at,
                capacity=event.capacity,
                takes_sign_ups=event.takes_sign_ups,
                note=event.state_note,
                report=event.report,
                costs=costs,
            )
        if grant := self._grants.get(fund_id):
            return replace(
                purse,
                status=grant.status,
                starts_on=grant.opens_on,
                ends_on=grant.closes_on,
                note=grant.state_note,
                report=grant.report,
                costs=costs,
            )
        return replace(purse, costs=costs)
