"""A donor's statement: their gifts of any period with totals for each currency, and which years there are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from campaign.database import reading
from campaign.days import local_day
from campaign.domain.calendar import fiscal_year
from campaign.domain.donation import DonationState, name_on_receipt
from campaign.domain.errors import DomainError
from campaign.domain.money import Money
from campaign.gateways.clock import Clock
from campaign.models.campaign import Campaign
from campaign.models.donation import Donation
from campaign.models.fund import Fund
from campaign.models.receipt import Receipt
from campaign.services.donor_account.sessions import SignedInDonor
from campaign.services.organisation.profile import organisation

MAX_LINES = 500
"""Of one statement: more take long to print, and belong into two."""
MAX_YEARS = 30


class StatementEmpty(DomainError):
    """There is no gift in the period."""


class StatementTooLong(DomainError):
    """The period has more gifts than one statement lists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementLine:
    """One gift."""

    paid_on: date
    campaign_name: dict[str, str]
    purpose: dict[str, str]
    given: Money
    returned: Money
    """Until the day of the statement, whether within its period or after it."""
    receipt_number: str | None
    is_test: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementTotal:
    """What was given in one currency."""

    gifts: int
    given: Money
    returned: Money

    @property
    def remaining(self) -> Money:
        """What stayed with the organisation."""
        return self.given - self.returned


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """The gifts of a donor from one day to another, both included."""

    since: date
    until: date
    made_on: date
    email: str
    names: Sequence[str]
    """The names on their receipts."""
    lines: Sequence[StatementLine]

    @property
    def totals(self) -> Sequence[StatementTotal]:
        """Return the totals, one for each currency."""
        codes = dict.fromkeys(line.given.currency for line in self.lines)
        return [self._total([line for line in self.lines if line.given.currency == code], code) for code in codes]

    @staticmethod
    def _total(lines: Sequence[StatementLine], code: str) -> StatementTotal:
        given = Money(sum(line.given.minor for line in lines), code)
        returned = Money(sum(line.returned.minor for line in lines), code)
        return StatementTotal(gifts=len(lines), given=given, returned=returned)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementYear:
    """Days of a year, both included."""

    since: date
    until: date

    @property
    def is_calendar_year(self) -> bool:
        """Whether it begins with January."""
        return self.since.month == 1


def statement_of(donor: SignedInDonor, since: date, until: date, *, clock: Clock) -> Statement:
    """Return a donor's statement.

    Raises:
        StatementEmpty, StatementTooLong: see there.
    """
    with reading() as session:
        rows = session.execute(
            select(Donation, Campaign.name, Fund.title)
            .join(Campaign, Campaign.id == Donation.campaign_id)
            .join(Fund, Fund.id == Donation.fund_id)
            .where(_paid_gifts(donor), Donation.paid_on.between(since, until))
            .order_by(Donation.paid_on, Donation.id)
            .limit(MAX_LINES + 1)
        ).all()
        numbers = _receipt_numbers(session, [gift.id for gift, *_ in rows])
        lines = [_line(*row, number=numbers.get(row[0].id)) for row in rows]
        names = _names(gift for gift, *_ in rows)
    if not lines:
        raise StatementEmpty
    if len(lines) > MAX_LINES:
        raise StatementTooLong
    return Statement(
        since=since, until=until, made_on=local_day(clock.now()), email=donor.email, names=names, lines=lines
    )


def years_of(donor: SignedInDonor) -> Sequence[StatementYear]:
    """Return the years in which a donor gave, latest first: calendar years, and the organisation's fiscal ones."""
    with reading() as session:
        query = select(func.min(Donation.paid_on), func.max(Donation.paid_on))
        first, last = session.execute(query.where(_paid_gifts(donor))).one()
    if first is None or last is None:
        return []
    month = organisation().fiscal_month
    years = {fiscal_year(date(year, 12, 31), 1) for year in range(first.year, last.year + 1)}
    if month != 1:
        years |= {fiscal_year(date(year, month, 1), month) for year in range(first.year - 1, last.year + 1)}
    within = sorted((year for year in years if year[1] >= first and year[0] <= last), reverse=True)
    return [StatementYear(since=since, until=until) for since, until in within[:MAX_YEARS]]


def _paid_gifts(donor: SignedInDonor) -> ColumnElement[bool]:
    return (
        (Donation.donor_id == donor.donor_id)
        & (Donation.state == DonationState.PAID)
        & Donation.superseded_at.is_(None)
    )


def _receipt_numbers(session: Session, gift_ids: list[int]) -> dict[int, str]:
    """Return the newest receipt of each gift: one that was replaced has ended."""
    query = select(Receipt.donation_id, Receipt.number).where(Receipt.donation_id.in_(gift_ids)).order_by(Receipt.id)
    return {row[0]: row[1] for row in session.execute(query)}


def _names(gifts: Iterable[Donation]) -> list[str]:
    names = (name_on_receipt(gift.receipt_name, gift.payer_name) for gift in gifts)
    return list(dict.fromkeys(name for name in names if name))


def _line(
    gift: Donation, campaign_name: dict[str, str], purpose: dict[str, str], *, number: str | None
) -> StatementLine:
    return StatementLine(
        paid_on=gift.paid_on or local_day(gift.created_at),  # each paid gift has its day
        campaign_name=campaign_name,
        purpose=purpose,
        given=Money(gift.gift_minor + gift.cover_minor, gift.currency),
        returned=Money(gift.refunded_minor + gift.charged_back_minor, gift.currency),
        receipt_number=number,
        is_test=not gift.livemode,
    )
