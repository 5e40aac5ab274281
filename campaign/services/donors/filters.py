"""Which donors of a campaign are meant: a filter, and the one query of everything that reads donors by it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, select, true

from campaign.domain.donation import DonationFrequency, DonationState
from campaign.domain.donor import DonorStatus
from campaign.models.donation import Donation
from campaign.models.donor import DonorTag
from campaign.models.fund import Fund
from campaign.services import search_index
from campaign.services.campaigns.supporters import REMAINING, WHOLLY_RETURNED

COUNTED = and_(Donation.state == DonationState.PAID.value, ~WHOLLY_RETURNED)
"""Paid, and not wholly returned: such gifts alone are counted, dated and added up."""

PERIODS = (30, 90, 180, 365)
"""Days, up to today, in which a donor is new, came back or has lapsed."""
DEFAULT_PERIOD = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class DonorFilter:
    """Donors of a campaign; empty fields select all.

    Purpose, language, currency and frequency are those of one and the same gift. Days are the organisation's, both ends
    included.
    """

    campaign_id: int
    text: str = ""  # see search_index.about
    fund: str = ""  # public id
    language: str = ""
    currency: str = ""
    frequency: str = ""  # a DonationFrequency
    first_since: date | None = None
    first_until: date | None = None
    last_since: date | None = None
    last_until: date | None = None
    least_minor: int | None = None  # of all gifts in `currency`, less what was returned
    status: str = ""  # a DonorStatus, in the `period_days` that end on `as_of`
    period_days: int = DEFAULT_PERIOD
    as_of: date
    tag: str = ""  # folded
    before: str = ""  # public id of the last row of the page before


def donors_of(filters: DonorFilter) -> Select[*tuple[Any, ...]]:
    """Return one row for each matching donor: donor_id, latest_id, gifts, first_on, last_on, is_monthly.

    Everything is read from the campaign's gifts in one pass; a donor without a gift to it is in no list of it.
    """
    first_on, last_on = _first_and_last()
    is_monthly = Donation.frequency == DonationFrequency.MONTHLY.value
    return (
        select(
            Donation.donor_id.label("donor_id"),
            func.max(Donation.id).label("latest_id"),
            func.count().filter(COUNTED).label("gifts"),
            first_on.label("first_on"),
            last_on.label("last_on"),
            func.max(case((and_(COUNTED, is_monthly), 1), else_=0)).label("is_monthly"),
        )
        .where(Donation.campaign_id == filters.campaign_id, Donation.donor_id.is_not(None))
        .group_by(Donation.donor_id)
        .having(_matches(filters))
    )


def counts_of(campaign_id: int, filters: Sequence[DonorFilter]) -> Select[*tuple[Any, ...]]:
    """Return one row with a column for each filter, in their order: how many donors of the campaign match it.

    All are counted in the same pass over the campaign's gifts, and by one statement.
    """
    matches = [case((_matches(one), 1), else_=0).label(f"matches_{number}") for number, one in enumerate(filters)]
    per_donor = (
        select(*matches)
        .where(Donation.campaign_id == campaign_id, Donation.donor_id.is_not(None))
        .group_by(Donation.donor_id)
        .subquery()
    )
    return select(*(func.coalesce(func.sum(column), 0) for column in per_donor.c))


def _matches(filters: DonorFilter) -> ColumnElement[bool]:
    """Return the condition on all gifts of a donor."""
    first_on, last_on = _first_and_last()
    return and_(true(), *_of_gifts(filters), *_of_days(filters, first_on, last_on), *_of_donor(filters))


def _first_and_last() -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    return func.min(Donation.paid_on).filter(COUNTED), func.max(Donation.paid_on).filter(COUNTED)


def _of_gifts(filters: DonorFilter) -> list[ColumnElement[bool]]:
    """Return conditions that one gift of the donor fulfils, and one on the sum."""
    exact = {
        Donation.language: filters.language,
        Donation.currency: filters.currency,
        Donation.frequency: filters.frequency,
    }
    of_gift: list[ColumnElement[bool]] = [column == value for column, value in exact.items() if value]
    if filters.fund:
        of_gift.append(Donation.fund_id.in_(select(Fund.id).where(Fund.public_id == filters.fund)))
    conditions = [_has_gift(COUNTED, *of_gift)] if of_gift else []
    if filters.text:
        conditions.append(_has_gift(search_index.about(filters.text, sees_donors=True)))
    if filters.least_minor is not None:
        in_currency = and_(COUNTED, Donation.currency == filters.currency)
        conditions.append(func.sum(case((in_currency, REMAINING), else_=0)) >= filters.least_minor)
    return conditions


def _of_days(
    filters: DonorFilter, first_on: ColumnElement[Any], last_on: ColumnElement[Any]
) -> list[ColumnElement[bool]]:
    """Return conditions on the first and the last gift."""
    conditions = [
        bound
        for bound in (
            first_on >= filters.first_since if filters.first_since else None,
            first_on <= filters.first_until if filters.first_until else None,
            last_on >= filters.last_since if filters.last_since else None,
            last_on <= filters.last_until if filters.last_until else None,
        )
        if bound is not None
    ]
    start = filters.as_of - timedelta(days=filters.period_days - 1)
    of_status = {
        DonorStatus.NEW: first_on >= start,
        DonorStatus.RETURNING: and_(last_on >= start, first_on < start),
        DonorStatus.LAPSED: last_on < start,
    }
    return [*conditions, of_status[DonorStatus(filters.status)]] if filters.status else conditions


def _of_donor(filters: DonorFilter) -> list[ColumnElement[bool]]:
    """Return conditions on what staff noted about the donor."""
    if not filters.tag:
        return []
    tagged = select(DonorTag.donor_id).where(
        DonorTag.campaign_id == filters.campaign_id, DonorTag.name_key == filters.tag
    )
    return [Donation.donor_id.in_(tagged)]


def _has_gift(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return func.max(case((and_(*conditions), 1), else_=0)) == 1
