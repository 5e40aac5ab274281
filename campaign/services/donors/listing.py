"""The list of donors: a page at a time, with counts and sums, and all of them for a file.

A donor is a mailbox (docs/decisions/0063); the name in a row is that of the latest gift. Amounts are what is left of the
gifts to this campaign, in each currency by itself.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session, aliased

from campaign.database import reading
from campaign.domain.money import Money
from campaign.models.donation import Donation
from campaign.models.donor import Donor
from campaign.services.campaigns.supporters import REMAINING
from campaign.services.donors.filters import COUNTED, DonorFilter, donors_of

PAGE_ROWS = 50
LATEST = aliased(Donation)


@dataclass(frozen=True, slots=True, kw_only=True)
class DonorRow:
    """A donor as the list shows them; no email after an erasure."""

    public_id: str
    name: str | None
    email: str | None
    language: str
    gifts: int
    first_on: date | None
    last_on: date | None
    is_monthly: bool
    given: tuple[Money, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DonorTotals:
    """How many donors match, and what they have given to the campaign, per currency."""

    count: int
    given: tuple[Money, ...]


def donors(filters: DonorFilter) -> tuple[Sequence[DonorRow], bool]:
    """Return a page of donors, the latest giver first, and whether there are more."""
    per_donor = donors_of(filters).subquery()
    query = _rows(per_donor).order_by(per_donor.c.latest_id.desc()).limit(PAGE_ROWS + 1)
    if filters.before:
        query = query.where(per_donor.c.latest_id < _latest_gift(filters))
    with reading() as session:
        rows = session.execute(query).all()
        sums = _sums(session, filters.campaign_id, [row.donor_id for row in rows[:PAGE_ROWS]])
        return [_row(row, sums.get(row.donor_id, ())) for row in rows[:PAGE_ROWS]], len(rows) > PAGE_ROWS


def donor_totals(filters: DonorFilter) -> DonorTotals:
    """Count all donors that match, whatever the page, and add up their gifts."""
    per_donor = donors_of(replace(filters, before="")).subquery()
    given = (
        select(Donation.currency, func.sum(REMAINING))
        .where(
            Donation.campaign_id == filters.campaign_id,
            COUNTED,
            Donation.donor_id.in_(select(per_donor.c.donor_id)),
        )
        .group_by(Donation.currency)
        .order_by(Donation.currency)
    )
    with reading() as session:
        count = session.execute(select(func.count()).select_from(per_donor)).scalar_one()
        return DonorTotals(count=count, given=tuple(Money(int(minor), code) for code, minor in session.execute(given)))


def all_donors(session: Session, filters: DonorFilter) -> Iterator[tuple[DonorRow, Money | None, int]]:
    """Yield (donor, amount, gifts) for each donor and currency, the latest giver first; None where nothing is left.

    The caller keeps the session open while it reads.
    """
    per_donor = donors_of(replace(filters, before="")).subquery()
    of_currency = (
        select(
            Donation.donor_id.label("donor_id"),
            Donation.currency.label("currency"),
            func.sum(REMAINING).label("minor"),
            func.count().label("gifts_in"),
        )
        .where(Donation.campaign_id == filters.campaign_id, COUNTED)
        .group_by(Donation.donor_id, Donation.currency)
        .subquery()
    )
    query = (
        _rows(per_donor)
        .add_columns(of_currency.c.currency, of_currency.c.minor, of_currency.c.gifts_in)
        .outerjoin(of_currency, of_currency.c.donor_id == per_donor.c.donor_id)
        .order_by(per_donor.c.latest_id.desc(), of_currency.c.currency)
    )
    for row in session.execute(query.execution_options(yield_per=1000)):
        amount = Money(int(row.minor), row.currency) if row.currency else None
        yield _row(row, ()), amount, row.gifts_in or 0


def _rows(per_donor: Any) -> Select[*tuple[Any, ...]]:  # a subquery, whose columns have no types
    return (
        select(
            per_donor,
            Donor.public_id,
            Donor.email,
            LATEST.payer_name,
            LATEST.receipt_name,
            LATEST.public_name,
            LATEST.language,
        )
        .join(Donor, Donor.id == per_donor.c.donor_id)
        .join(LATEST, LATEST.id == per_donor.c.latest_id)
    )


def _latest_gift(filters: DonorFilter) -> Any:  # a scalar subquery
    """Return the latest gift of the donor who is the last row of the page before."""
    return (
        select(func.max(Donation.id))
        .join(Donor, Donor.id == Donation.donor_id)
        .where(Donation.campaign_id == filters.campaign_id, Donor.public_id == filters.before)
        .scalar_subquery()
    )


def _sums(session: Session, campaign_id: int, donor_ids: Sequence[int]) -> dict[int, tuple[Money, ...]]:
    """Return what each of these donors has given, per currency."""
    query = (
        select(Donation.donor_id, Donation.currency, func.sum(REMAINING))
        .where(Donation.campaign_id == campaign_id, COUNTED, Donation.donor_id.in_(donor_ids))
        .group_by(Donation.donor_id, Donation.currency)
        .order_by(Donation.currency)
    )
    sums: dict[int, tuple[Money, ...]] = {}
    for row in session.execute(query):
        donor_id = int(row[0] or 0)
        sums[donor_id] = (*sums.get(donor_id, ()), Money(int(row[2]), row[1]))
    return sums


def _row(row: Row[*tuple[Any, ...]], given: tuple[Money, ...]) -> DonorRow:
    return DonorRow(
        public_id=row.public_id,
        name=row.payer_name or row.receipt_name or row.public_name,
        email=row.email,
        language=row.language,
        gifts=row.gifts,
        first_on=row.first_on,
        last_on=row.last_on,
        is_monthly=bool(row.is_monthly),
        given=given,
    )
