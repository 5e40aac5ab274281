"""The lines of the plan of an event, a grant or another cost: added, changed, put in order and removed."""

from collections.abc import Mapping, Sequence

from sqlalchemy import delete, func, select

from campaign.database import transaction
from campaign.domain.errors import DomainError, NotFound
from campaign.domain.form_version import check_version
from campaign.gateways.clock import Clock
from campaign.models.campaign import Campaign
from campaign.models.fund import BudgetLine
from campaign.services.campaigns.plan import Cost
from campaign.services.campaigns.plan_changes import costs_of, fund_named, record_change

MAX_COSTS = 100


class TooManyCosts(DomainError):
    """A plan has as many lines as a page can show."""


def add_cost(
    campaign_id: int, public_id: str, *, title: Mapping[str, str], amount_minor: int, actor_id: int, clock: Clock
) -> None:
    """Add a line to a plan; what is planned is then the sum of its lines.

    Raises:
        NotFound: The campaign has none of this name.
        TooManyCosts: The plan is full.
    """
    with transaction() as session:
        fund = fund_named(session, campaign_id, public_id)
        costs = costs_of(session, fund.id)
        if len(costs) >= MAX_COSTS:
            raise TooManyCosts(public_id)
        last = select(func.coalesce(func.max(BudgetLine.position), -1)).where(BudgetLine.fund_id == fund.id)
        session.add(
            BudgetLine(
                fund_id=fund.id,
                position=session.execute(last).scalar_one() + 1,
                title=dict(title),
                amount_minor=amount_minor,
                currency=session.get_one(Campaign, campaign_id).currency,
            )
        )
        fund.goal_minor = sum(cost.amount_minor for cost in costs) + amount_minor
        record_change(session, fund, "change", actor_id, clock)


def remove_cost(campaign_id: int, public_id: str, cost_id: int, *, actor_id: int, clock: Clock) -> None:
    """Take a line out of a plan.

    Raises:
        NotFound: The plan has no such line.
    """
    with transaction() as session:
        fund = fund_named(session, campaign_id, public_id)
        costs = costs_of(session, fund.id)
        if cost_id not in {cost.id for cost in costs}:
            raise NotFound(f"cost:{cost_id}")
        session.execute(delete(BudgetLine).where(BudgetLine.id == cost_id))
        rest = [cost.amount_minor for cost in costs if cost.id != cost_id]
        fund.goal_minor = sum(rest) if rest else fund.goal_minor
        record_change(session, fund, "change", actor_id, clock)


def change_cost(campaign_id: int, public_id: str, cost: Cost, *, version: str, actor_id: int, clock: Clock) -> None:
    """Change the name and the amount of a line; what is planned is then the sum of the lines.

    Raises:
        NotFound: The plan has no such line.
        ChangedMeanwhile: Somebody else changed it since the version that the person has read.
    """
    with transaction() as session:
        fund = fund_named(session, campaign_id, public_id)
        costs = costs_of(session, fund.id)
        row = _named(costs, cost.id)
        check_version(version, Cost(id=row.id, title=row.title, amount_minor=row.amount_minor))
        row.title, row.amount_minor = dict(cost.title), cost.amount_minor
        fund.goal_minor = sum(each.amount_minor for each in costs)
        record_change(session, fund, "change", actor_id, clock)


def move_cost(campaign_id: int, public_id: str, cost_id: int, *, actor_id: int, clock: Clock) -> None:
    """Move a line one place up; the first one stays.

    Raises:
        NotFound: The plan has no such line.
    """
    with transaction() as session:
        fund = fund_named(session, campaign_id, public_id)
        costs = costs_of(session, fund.id)
        row = _named(costs, cost_id)
        if row is costs[0]:
            return
        above = costs[costs.index(row) - 1]
        first, second = above.position, row.position
        above.position = -1  # two lines never have one position
        session.flush()
        row.position = first
        session.flush()
        above.position = second
        record_change(session, fund, "change", actor_id, clock)


def _named(costs: Sequence[BudgetLine], cost_id: int) -> BudgetLine:
    row = next((cost for cost in costs if cost.id == cost_id), None)
    if row is None:
        raise NotFound(f"cost:{cost_id}")
    return row
