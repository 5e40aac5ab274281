"""Everything on the dashboard, read in one snapshot with a fixed number of queries, however many gifts there are.

The total is the public page's (`services/campaigns/transparency.py`); its days are the same postings by day, so that pace,
forecast and chart add up to it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction

from campaign.database import reading
from campaign.days import local_day
from campaign.domain.money import Money
from campaign.domain.pace import Pace, pace_of
from campaign.services.campaigns.cards import CampaignCard
from campaign.services.campaigns.fund_figures import FundSummary
from campaign.services.campaigns.moderation import count_waiting_names
from campaign.services.campaigns.page import MilestoneView, milestones_of
from campaign.services.campaigns.supporters import GiftCounts, gift_counts
from campaign.services.campaigns.transparency import Transparency, transparency_of
from campaign.services.dashboard.figures import (
    DayRange,
    DonorMovement,
    GroupFigures,
    donor_movement,
    gifts_in,
    grouped_figures,
    raised_in,
)
from campaign.services.dashboard.funnel import Funnel, funnel_of
from campaign.services.dashboard.goals import Goals, goals_in
from campaign.services.dashboard.sources import Sources, source_figures
from campaign.services.gifts.listing import DonationFilter, DonationRow, donations
from campaign.services.ledger.sums import raised_by_day
from campaign.services.overview.attention import EMPTY_QUEUE, AttentionItem, attention_items
from campaign.services.overview.figures import GivenFigures, given_figures
from campaign.services.pledges.listing import MonthlyValue, monthly_values

TODAYS_GIFTS = 20
"""How many of today's gifts are listed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A period beside the one of the same length before it."""

    period: DayRange
    raised: tuple[Money, Money]  # now, before
    gifts: tuple[int, int]
    monthly_gifts: tuple[int, int]
    donors: DonorMovement


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """The gifts that count today, newest first."""

    gifts: Sequence[DonationRow]
    has_more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    """The figures of one moment, in minor units of the campaign's currency where no other is named."""

    as_of: datetime
    today: date
    last_day: date
    pace: Pace
    days: tuple[tuple[date, int], ...]
    milestones: tuple[MilestoneView, ...]
    counts: GiftCounts
    money: Transparency
    given: Sequence[GivenFigures]
    languages: Sequence[GroupFigures]
    frequencies: Sequence[GroupFigures]
    sources: Sources
    monthly: Sequence[MonthlyValue]
    goals: Goals
    funnel: Funnel
    comparison: Comparison
    todays: Today
    concerns: Sequence[AttentionItem]

    @property
    def share(self) -> Fraction:
        """Return the raised part of the goal; 0 where more was returned than received."""
        return Fraction(max(0, self.pace.reached), self.pace.goal)

    @property
    def next_milestone(self) -> MilestoneView | None:
        """Return the first milestone that is not reached."""
        return next((stage for stage in self.milestones if stage.amount.minor > self.pace.reached), None)

    @property
    def late_reports(self) -> list[FundSummary]:
        """Return the events and grants whose report is late."""
        return [target for target in self.money.targets if target.is_report_late(self.today)]

    @property
    def monthly_minor(self) -> int:
        """Return what running monthly gifts in the campaign's currency bring each month."""
        values = (value.charge for value in self.monthly)
        return sum(amount.minor for amount in values if amount.currency == self.money.currency)

    @property
    def purposes(self) -> list[FundSummary]:
        """Return the purposes that donors choose, and whatever else was given to."""
        others = [target for target in self.money.targets if target.in_currency(self.money.currency).raised_minor]
        return [*self.money.purposes, *others]


def dashboard(
    card: CampaignCard, *, at: datetime, period_days: int, sees_donors: bool, period: DayRange | None = None
) -> Dashboard:
    """Return the dashboard of a campaign as of `at`, with the last `period_days` days, or a period, beside those before."""
    money, today = transparency_of(card.id, card.currency), local_day(at)
    with reading() as session:
        by_day = raised_by_day(session, campaign_id=card.id, currency=card.currency)
        days = _days(by_day, card, today=today)
        languages, frequencies = grouped_figures(session, card.id)
        period = period or DayRange(first=today - timedelta(days=period_days - 1), last=today)
        (gifts, monthly), (gifts_before, monthly_before) = gifts_in(session, card.id, [period, period.before])
        return Dashboard(
            as_of=at,
            today=today,
            last_day=_last_day(card),
            pace=pace_of(
                goal=card.goal_minor,
                per_day=[minor for _day, minor in days],
                starts_on=card.starts_on,
                ends_on=_last_day(card),
                today=today,
            ),
            days=days,
            milestones=milestones_of(session, card, Money(money.main.raised_minor, card.currency)),
            counts=gift_counts(session, card.id),
            money=money,
            given=given_figures(session, card.id, money),
            languages=languages,
            frequencies=frequencies,
            sources=source_figures(session, card.id, languages),
            monthly=monthly_values(card.id),
            goals=goals_in(session, card.id),
            funnel=funnel_of(session, card.id, period),
            comparison=Comparison(
                period=period,
                raised=(
                    Money(raised_in(by_day, period), card.currency),
                    Money(raised_in(by_day, period.before), card.currency),
                ),
                gifts=(gifts, gifts_before),
                monthly_gifts=(monthly, monthly_before),
                donors=donor_movement(session, card.id, period),
            ),
            todays=todays_gifts(card.id, at=at, sees_donors=sees_donors),
            concerns=[
                *attention_items(session, card.id, queue=EMPTY_QUEUE, shared={}, targets=money.targets, at=at),
                *_names_waiting(count_waiting_names(session, card.id)),
            ],
        )


def todays_gifts(campaign_id: int, *, at: datetime, sees_donors: bool) -> Today:
    """Return the gifts that count today, as of `at`."""
    today = local_day(at)
    listed, has_more = donations(
        DonationFilter(campaign_id=campaign_id, state="paid", since=today, until=today, sees_donors=sees_donors),
        limit=TODAYS_GIFTS,
    )
    return Today(gifts=listed, has_more=has_more)


def _names_waiting(count: int) -> list[AttentionItem]:
    return [AttentionItem(kind="names_waiting", count=count)] if count else []


def _last_day(card: CampaignCard) -> date:
    """Return the day on which gifts end: the planned one, or an earlier one on which the campaign was closed."""
    return max(card.starts_on, min(card.ends_on, card.closed_on or card.ends_on))


def _days(by_day: Mapping[date, int], card: CampaignCard, *, today: date) -> tuple[tuple[date, int], ...]:
    """Return each day of the campaign until today with what was raised on it.

    What came before the first day counts on the first, and what changed after the last day counts on the last.
    """
    last = max(card.starts_on, min(today, _last_day(card)))
    if today < card.starts_on and not by_day:
        return ()
    count = (last - card.starts_on).days + 1
    sums = [0] * count
    for day, minor in by_day.items():
        sums[min(max((day - card.starts_on).days, 0), count - 1)] += minor
    return tuple((card.starts_on + timedelta(days=number), minor) for number, minor in enumerate(sums))
