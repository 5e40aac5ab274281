"""Counts and sums of a campaign's gifts in groups: by language and frequency, by period, by donor.

A gift is counted as on the public page: paid, and not wholly returned. Its amount is what is left of it, in its own currency.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from campaign.domain.donation import DonationFrequency
from campaign.domain.money import Money
from campaign.models.donation import Donation
from campaign.services.campaigns.supporters import REMAINING, WHOLLY_RETURNED, gifts_not_returned, paid_to


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupFigures:
    """The gifts of one language, or of one frequency; amounts of different currencies are never added."""

    name: str
    gifts: int
    given: tuple[Money, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRange:
    """Days that are compared with as many days before them; both ends included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """Return how many days it has."""
        return (self.last - self.first).days + 1

    @property
    def before(self) -> "DayRange":
        """Return the period of the same length that ends where this one begins."""
        return DayRange(first=self.first - timedelta(days=self.days), last=self.first - timedelta(days=1))


@dataclass(frozen=True, slots=True, kw_only=True)
class DonorMovement:
    """Email addresses that gave in a period and in the one before it."""

    donors: int
    new: int  # never gave to this campaign before the period
    lapsed: int  # gave in the period before, and not in this one
    donors_before: int
    new_before: int
    in_all: int  # that ever gave to this campaign

    @property
    def returning(self) -> int:
        """Return how many of the period's donors gave earlier too."""
        return self.donors - self.new

    @property
    def returning_before(self) -> int:
        """Return the same of the period before."""
        return self.donors_before - self.new_before


def grouped_figures(session: Session, campaign_id: int) -> tuple[list[GroupFigures], list[GroupFigures]]:
    """Return the gifts by language and by frequency, in one query, the most gifts first."""
    rows = session.execute(
        select(
            Donation.language,
            Donation.frequency,
            Donation.currency,
            func.sum(case((WHOLLY_RETURNED, 0), else_=1)),
            func.sum(REMAINING),
        )
        .where(*paid_to(campaign_id))
        .group_by(Donation.language, Donation.frequency, Donation.currency)
    ).all()
    by_language = ((language, code, int(gifts), int(minor)) for language, _often, code, gifts, minor in rows)
    by_frequency = ((often, code, int(gifts), int(minor)) for _language, often, code, gifts, minor in rows)
    return _added_up(by_language), _added_up(by_frequency)


def _added_up(rows: Iterable[tuple[str, str, int, int]]) -> list[GroupFigures]:
    gifts: dict[str, int] = {}
    sums: dict[str, dict[str, int]] = {}
    for name, code, count, minor in rows:
        gifts[name] = gifts.get(name, 0) + count
        of_name = sums.setdefault(name, {})
        of_name[code] = of_name.get(code, 0) + minor
    return [
        GroupFigures(
            name=name,
            gifts=gifts[name],
            given=tuple(Money(sums[name][code], code) for code in sorted(sums[name]) if sums[name][code]),
        )
        for name in sorted(gifts, key=lambda name: (-gifts[name], name))
    ]


def gifts_in(session: Session, campaign_id: int, periods: Sequence[DayRange]) -> list[tuple[int, int]]:
    """Return (gifts, those of monthly gifts) of each period, in one query."""
    is_monthly = Donation.frequency == DonationFrequency.MONTHLY.value
    columns = [
        func.count().filter(Donation.paid_on.between(period.first, period.last), *more)
        for period in periods
        for more in ((), (is_monthly,))
    ]
    counts = [int(count) for count in session.execute(select(*columns).where(*gifts_not_returned(campaign_id))).one()]
    return list(zip(counts[::2], counts[1::2], strict=True))


def donor_movement(session: Session, campaign_id: int, period: DayRange) -> DonorMovement:
    """Return who gave in the period and in the one before, by email address; gifts without one are in no number."""
    donors, new, lapsed, donors_before, new_before, in_all = map(
        int, session.execute(_movement(campaign_id, period)).one()
    )
    return DonorMovement(
        donors=donors, new=new, lapsed=lapsed, donors_before=donors_before, new_before=new_before, in_all=in_all
    )


def _movement(campaign_id: int, period: DayRange) -> Select[*tuple[Any, ...]]:
    before = period.before

    def gave_in(days: DayRange) -> Any:  # a maximum of zeros and ones
        return func.max(case((Donation.paid_on.between(days.first, days.last), 1), else_=0))

    each = (
        select(
            func.min(Donation.paid_on).label("first_on"),
            gave_in(period).label("present"),
            gave_in(before).label("previous"),
        )
        .where(*gifts_not_returned(campaign_id), Donation.donor_id.is_not(None))
        .group_by(Donation.donor_id)
        .subquery()
    )
    present, previous = each.c.present == 1, each.c.previous == 1
    return select(
        func.count().filter(present),
        func.count().filter(present, each.c.first_on >= period.first),
        func.count().filter(previous, ~present),
        func.count().filter(previous),
        func.count().filter(previous, each.c.first_on >= before.first),
        func.count(),
    ).select_from(each)


def raised_in(by_day: Mapping[date, int], period: DayRange) -> int:
    """Return what was raised in a period, from what was raised on each day."""
    return sum(minor for day, minor in by_day.items() if period.first <= day <= period.last)
