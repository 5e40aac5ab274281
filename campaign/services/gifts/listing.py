"""The register of donations: found by what staff know of a gift, counted per currency, paged without a drift."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from campaign.database import reading
from campaign.days import end_of_day, start_of_day
from campaign.domain.disputes import UNDECIDED
from campaign.domain.donation import DonationFrequency, DonationState, RefundState, name_on_receipt
from campaign.domain.fraud_hold import HELD
from campaign.domain.gift_source import GiftSource
from campaign.domain.money import Money
from campaign.models.donation import Dispute, Donation, Refund
from campaign.models.donor import Donor
from campaign.models.fund import Fund
from campaign.services import search_index
from campaign.services.gifts.gift_sources import source_of

PAGE_ROWS = 50
MAX_SUMMED = 1000
"""How many gifts are added up for a page that nobody asked for sums; more takes a press of a link."""
STATES = (
    *("created", "open", "processing", "paid", "refunded", "refund_trouble", "disputed", "charged_back", "suspected"),
    *("paid_again", "expired", "failed"),
)
"""The donation's own states; and of what came after: something went back, or should have and has not; the donor's bank
asks or claims, or has taken; the card's bank suspects fraud; the same gift was paid before."""
CHARGE = Donation.gift_minor + Donation.cover_minor


@dataclass(frozen=True, slots=True, kw_only=True)
class DonationFilter:
    """What is looked for; empty fields ask for all.

    A paid gift belongs to the day on which it counts, and any other to the day on which it was begun; both days of a
    period are included.
    """

    campaign_id: int
    text: str = ""  # see search_index.about
    state: str = ""
    since: date | None = None
    until: date | None = None
    currency: str = ""
    language: str = ""
    frequency: str = ""  # once or monthly
    fund: str = ""  # public id
    least_minor: int | None = None  # of the charge, in minor units of `currency`
    most_minor: int | None = None
    before: str = ""  # public id of the last row of the page before
    sees_donors: bool = False  # else only what the donors made public is shown, and found


@dataclass(frozen=True, slots=True, kw_only=True)
class DonationRow:
    """A gift as the list shows it."""

    public_id: str
    created_at: datetime
    paid_on: date | None
    state: str
    is_monthly: bool
    name: str | None
    is_anonymous: bool
    charge: Money
    refunded: Money
    charged_back: Money
    fund_code: str
    fund_title: dict[str, str]
    language: str
    email: str | None
    name_on_receipt: str | None
    public_name: str | None
    message: str | None
    source: GiftSource

    @property
    def has_message(self) -> bool:
        return bool(self.message)


@dataclass(frozen=True, slots=True, kw_only=True)
class DonationTotals:
    """How many gifts were found, how many of them are paid, and what these were charged, per currency, before refunds.

    Where `has_more`, so many were counted and there are more; a sum of some would mislead, so none is given.
    """

    count: int
    paid: int
    sums: tuple[Money, ...]
    has_more: bool = False


def donations(filters: DonationFilter, *, limit: int = PAGE_ROWS) -> tuple[Sequence[DonationRow], bool]:
    """A page of gifts, newest first, and whether there are older ones."""
    query = _narrowed(
        select(Donation, Donor.email, Fund.code, Fund.title)
        .outerjoin(Donor, Donor.id == Donation.donor_id)
        .join(Fund, Fund.id == Donation.fund_id),
        filters,
    )
    with reading() as session:
        if filters.before:
            last = select(Donation.id).where(Donation.public_id == filters.before).scalar_subquery()
            query = query.where(Donation.id < last)
        rows = session.execute(query.order_by(Donation.id.desc()).limit(limit + 1)).all()
        return [_row(row, sees_donors=filters.sees_donors) for row in rows[:limit]], len(rows) > limit


def totals(filters: DonationFilter, *, most: int | None = None) -> DonationTotals:
    """Counts and sums of all that is found, whatever the page; `most` bounds the work: beyond it nothing is added up."""
    columns = select(Donation.currency, Donation.state, CHARGE.label("charge"))
    matches = _narrowed(columns, replace(filters, before=""))
    if most is not None:
        matches = matches.order_by(Donation.id.desc()).limit(most + 1)
    gift = matches.subquery()
    paid = gift.c.state == DonationState.PAID.value
    query = select(
        gift.c.currency, func.count(), func.count().filter(paid), func.sum(gift.c.charge).filter(paid)
    ).group_by(gift.c.currency)
    with reading() as session:
        rows = session.execute(query.order_by(gift.c.currency)).all()
    count = sum(int(row[1]) for row in rows)
    if most is not None and count > most:
        return DonationTotals(count=most, paid=0, sums=(), has_more=True)
    sums = tuple(Money(int(row[3]), row[0]) for row in rows if row[2])
    return DonationTotals(count=count, paid=sum(int(row[2]) for row in rows), sums=sums)


def all_donations(session: Session, filters: DonationFilter) -> Iterator[DonationRow]:
    """Everything that is found, oldest first, for a file; the caller keeps the session open while it reads."""
    query = _narrowed(
        select(Donation, Donor.email, Fund.code, Fund.title)
        .outerjoin(Donor, Donor.id == Donation.donor_id)
        .join(Fund, Fund.id == Donation.fund_id),
        replace(filters, before=""),
    )
    rows = session.execute(query.order_by(Donation.id).execution_options(yield_per=1000))
    return (_row(row, sees_donors=filters.sees_donors) for row in rows)


def _narrowed(query: Select[*tuple[Any, ...]], filters: DonationFilter) -> Select[*tuple[Any, ...]]:
    conditions: list[ColumnElement[bool]] = [Donation.campaign_id == filters.campaign_id]
    exact = {
        Donation.currency: filters.currency,
        Donation.language: filters.language,
        Donation.frequency: filters.frequency,
    }
    conditions += [column == value for column, value in exact.items() if value]
    if filters.fund:
        conditions.append(Donation.fund_id.in_(select(Fund.id).where(Fund.public_id == filters.fund)))
    if filters.state:
        conditions.append(_in_state(filters.state))
    if filters.since:
        begun = and_(Donation.paid_on.is_(None), Donation.created_at >= start_of_day(filters.since))
        conditions.append(or_(Donation.paid_on >= filters.since, begun))
    if filters.until:
        begun = and_(Donation.paid_on.is_(None), Donation.created_at < end_of_day(filters.until))
        conditions.append(or_(Donation.paid_on <= filters.until, begun))
    if filters.least_minor is not None:
        conditions.append(filters.least_minor <= CHARGE)
    if filters.most_minor is not None:
        conditions.append(filters.most_minor >= CHARGE)
    if filters.text:
        conditions.append(search_index.about(filters.text, sees_donors=filters.sees_donors))
    return query.where(*conditions)


def _in_state(state: str) -> ColumnElement[bool]:
    of = Donation.id.in_
    after: dict[str, ColumnElement[bool]] = {
        "refunded": Donation.refunded_minor > 0,
        "refund_trouble": of(
            select(Refund.donation_id).where(Refund.state.in_((RefundState.FAILED, RefundState.REQUESTED)))
        ),
        "disputed": of(select(Dispute.donation_id).where(Dispute.state.in_(UNDECIDED))),
        "charged_back": Donation.charged_back_minor > 0,
        "suspected": Donation.fraud_hold.in_(HELD),
        "paid_again": Donation.paid_again_for_id.is_not(None),
    }
    return after.get(state, Donation.state == state)


def _row(columns: Row[*tuple[Any, ...]], *, sees_donors: bool) -> DonationRow:
    gift = columns[0]
    public_name = None if gift.is_anonymous else gift.public_name
    return DonationRow(
        public_id=gift.public_id,
        created_at=gift.created_at,
        paid_on=gift.paid_on,
        state=gift.state,
        is_monthly=gift.frequency == DonationFrequency.MONTHLY,
        name=(gift.payer_name or gift.receipt_name or gift.public_name) if sees_donors else public_name,
        is_anonymous=gift.is_anonymous,
        charge=Money(gift.gift_minor + gift.cover_minor, gift.currency),
        refunded=Money(gift.refunded_minor, gift.currency),
        charged_back=Money(gift.charged_back_minor, gift.currency),
        fund_code=columns[2],
        fund_title=columns[3],
        language=gift.language,
        email=(columns[1] or search_index.address_in(gift.checkout_params)) if sees_donors else None,
        name_on_receipt=name_on_receipt(gift.receipt_name, gift.payer_name) if sees_donors else None,
        public_name=public_name,
        message=gift.message if sees_donors or not gift.is_anonymous else None,
        source=source_of(gift),
    )
