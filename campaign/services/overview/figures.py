"""Where a campaign stands: gifts in each currency, the days of the chart, and its targets."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import CompoundSelect, Select, and_, case, func, null, select, union_all
from sqlalchemy.orm import Session

from campaign.models.donation import Donation
from campaign.services.campaigns.fund_figures import FundSummary
from campaign.services.campaigns.supporters import WHOLLY_RETURNED, gifts_not_returned, paid_to
from campaign.services.campaigns.transparency import Transparency
from campaign.services.gifts.listing import CHARGE

CHART_DAYS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenFigures:
    """What was given in one currency, in its minor units; what was spent is in the campaign's."""

    currency: str
    gifts: int
    donors: int  # email addresses
    median_minor: int
    given_minor: int  # contributions and covered fees, less what went back


@dataclass(frozen=True, slots=True, kw_only=True)
class DayFigures:
    """Gifts paid on one day of the organisation, and all gifts up to its end, in the campaign's currency."""

    day: date
    minor: int
    total_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetFigures:
    """An event, grant or line with its restricted children, in the campaign's currency."""

    code: str
    title: dict[str, str]
    kind: str
    goal_minor: int
    allocated_minor: int
    spent_minor: int


def given_figures(session: Session, campaign_id: int, money: Transparency) -> list[GivenFigures]:
    """Return the amounts per currency of the gifts, the campaign's first, from the ledger."""
    counts = {code: (int(gifts), int(donors)) for code, gifts, donors in session.execute(_counts(campaign_id))}
    medians = _medians(session, campaign_id)
    return [
        GivenFigures(
            currency=row.currency,
            gifts=counts[row.currency][0],
            donors=counts[row.currency][1],
            median_minor=medians.get(row.currency, 0),
            given_minor=row.given_minor,
        )
        for row in money.totals
        if row.currency in counts
    ]


def _counts(campaign_id: int) -> Select[*tuple[Any, ...]]:
    """Return currency, gifts as the public page counts them, and their donors by email address.

    One address may stand for several people. The number is for staff who see donors: it tells whether an address has
    given before.
    """
    gifts = func.sum(case((WHOLLY_RETURNED, 0), else_=1))
    donors = func.count(func.distinct(Donation.donor_id)).filter(~WHOLLY_RETURNED)
    return select(Donation.currency, gifts, donors).where(*paid_to(campaign_id)).group_by(Donation.currency)


def _medians(session: Session, campaign_id: int) -> dict[str, int]:
    """Return the middle charge in each currency: of an even number, the lower one."""
    ranked = (
        select(
            Donation.currency,
            CHARGE.label("minor"),
            func.row_number().over(partition_by=Donation.currency, order_by=CHARGE).label("place"),
            func.count().over(partition_by=Donation.currency).label("gifts"),
        )
        .where(*gifts_not_returned(campaign_id))
        .subquery()
    )
    middle = select(ranked.c.currency, ranked.c.minor).where(ranked.c.place == (ranked.c.gifts + 1) // 2)
    return {code: int(minor) for code, minor in session.execute(middle)}


def day_figures(session: Session, campaign_id: int, currency: str, *, today: date) -> list[DayFigures]:
    """Return what was given on each of the last days, and the total by then, in minor units."""
    first = today - timedelta(days=CHART_DAYS - 1)
    paid = and_(*paid_to(campaign_id), Donation.currency == currency)
    day = Donation.paid_on
    per_day = select(day, func.sum(CHARGE)).where(paid, day >= first).group_by(day)
    before = select(null(), func.coalesce(func.sum(CHARGE), 0)).where(paid, day < first)
    both: CompoundSelect[*tuple[Any, ...]] = union_all(per_day, before)
    by_day = {on: int(minor) for on, minor in session.execute(both)}
    total, days = by_day[None], []
    for number in range(CHART_DAYS):
        on = first + timedelta(days=number)
        total += by_day.get(on, 0)
        days.append(DayFigures(day=on, minor=by_day.get(on, 0), total_minor=total))
    return days


def target_figures(fund: FundSummary, currency: str) -> TargetFigures:
    """Return how far a target of allocations has come, in minor units of `currency`."""
    figures = fund.in_currency(currency)
    return TargetFigures(
        code=fund.code,
        title=fund.title,
        kind=fund.kind,
        goal_minor=fund.goal.minor,
        allocated_minor=figures.allocated_minor,
        spent_minor=figures.spent_minor,
    )
