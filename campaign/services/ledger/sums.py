"""Sums of postings: balances of funds, flows of a campaign, totals of accounts."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Integer, Select, case, func, literal, select, union_all
from sqlalchemy.orm import Session

from campaign.domain.fraud_hold import HELD
from campaign.domain.journal import Account
from campaign.domain.money import Money
from campaign.models.donation import Donation
from campaign.models.fund import Fund
from campaign.models.journal import JournalEntry, Posting

RAISED = (Account.CONTRIBUTIONS, Account.FEES_COVERED, Account.REFUNDS, Account.CHARGEBACKS, Account.TRADING)
"""Whose postings, turned round, add up to what was raised in a currency: gifts less what went back, as converted."""


@dataclass(frozen=True, slots=True)
class FundFlow:
    """The receipts and payments of one fund in one currency, in minor units; all positive but the balance."""

    fund_id: int
    currency: str
    contributed_minor: int
    fees_covered_minor: int
    refunded_minor: int
    charged_back_minor: int
    converted_minor: int  # brought in by conversion; negative in the currency that was converted away
    fees_minor: int
    transferred_in_minor: int
    transferred_out_minor: int
    spent_minor: int
    balance_minor: int


def balance_of(session: Session, fund_id: int, currency: str) -> Money:
    """Return the balance of a fund: minus the sum of its postings."""
    total = session.execute(
        select(func.coalesce(func.sum(Posting.amount_minor), 0)).where(
            Posting.fund_id == fund_id, Posting.currency == currency
        )
    ).scalar_one()
    return Money(-int(total), currency)


def balances(session: Session, *, campaign_id: int) -> dict[int, dict[str, int]]:
    """Return fund id → currency → balance in minor units, without zeros."""
    by_fund: dict[int, dict[str, int]] = {}
    rows = session.execute(
        select(Posting.fund_id, Posting.currency, func.sum(Posting.amount_minor))
        .join(Fund, Fund.id == Posting.fund_id)
        .where(Fund.campaign_id == campaign_id)
        .group_by(Posting.fund_id, Posting.currency)
    )
    for fund_id, code, total in rows:
        if total and fund_id is not None:
            by_fund.setdefault(fund_id, {})[code] = -int(total)
    return by_fund


def subjects_on_hold(campaign_id: int) -> Select[str]:
    """Return the query of the gifts that a suspicion of fraud holds, by their names in the journal.

    The ledger has their money as it has any other; what the public reads leaves it out.
    """
    is_on_hold = Donation.fraud_hold.in_(HELD)
    return select(literal("donation:") + Donation.public_id).where(Donation.campaign_id == campaign_id, is_on_hold)


def fund_flows(session: Session, *, campaign_id: int) -> list[FundFlow]:
    """Return every fund's flows per currency, each a sum of postings; funds without a posting have no row."""
    rows = session.execute(_flows(Fund.campaign_id == campaign_id))
    return [FundFlow(row[0], row[1], *map(int, row[2:])) for row in rows]


def public_flows(session: Session, *, campaign_id: int) -> list[FundFlow]:
    """Return the same without what is of held gifts, by one statement: their part follows with the opposite sign."""
    entries = select(JournalEntry.id).where(JournalEntry.subject.in_(subjects_on_hold(campaign_id)))
    of_campaign = Fund.campaign_id == campaign_id
    of_all = _flows(of_campaign).order_by(None).add_columns(literal(1, Integer))
    of_these = _flows(of_campaign, Posting.entry_id.in_(entries)).order_by(None).add_columns(literal(-1, Integer))
    both: CompoundSelect[*tuple[Any, ...]] = union_all(of_all, of_these)
    return [FundFlow(row[0], row[1], *(row[-1] * int(minor) for minor in row[2:-1])) for row in session.execute(both)]


def _flows(*conditions: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Return the query of the flows of each fund and currency, in the order of the fields of `FundFlow`."""

    def total(condition: ColumnElement[bool], sign: int = 1) -> ColumnElement[int]:
        amount = func.sum(case((condition, Posting.amount_minor), else_=0)) * literal(sign, Integer)
        return func.coalesce(amount, 0)

    account, amount = Posting.account, Posting.amount_minor
    return (
        select(
            Fund.id,
            Posting.currency,
            total(account == Account.CONTRIBUTIONS, -1),
            total(account == Account.FEES_COVERED, -1),
            total(account == Account.REFUNDS),
            total(account == Account.CHARGEBACKS),
            total(account == Account.TRADING, -1),
            total(account.in_((Account.PROVIDER_FEES, Account.DISPUTE_FEES))),
            total((account == Account.TRANSFERS) & (amount < 0), -1),
            total((account == Account.TRANSFERS) & (amount > 0)),
            total(account.in_((Account.GRANTS, Account.PROGRAMME))),
            -func.sum(amount),
        )
        .join(Fund, Fund.id == Posting.fund_id)
        .where(*conditions)
        .group_by(Fund.id, Posting.currency)
        .order_by(Fund.id, Posting.currency)
    )


def raised_by_day(session: Session, *, campaign_id: int, currency: str) -> dict[date, int]:
    """Return day → what was raised on it in a currency, in minor units: together it is what the public page shows.

    Held gifts are left out, as there.
    A gift in another currency counts on the day on which its money was converted.
    """
    rows = session.execute(
        select(JournalEntry.effective_on, -func.sum(Posting.amount_minor))
        .join(Posting, Posting.entry_id == JournalEntry.id)
        .join(Fund, Fund.id == Posting.fund_id)
        .where(Fund.campaign_id == campaign_id, Posting.currency == currency, Posting.account.in_(RAISED))
        .where(JournalEntry.subject.not_in(subjects_on_hold(campaign_id)))
        .group_by(JournalEntry.effective_on)
    )
    return {day: int(minor) for day, minor in rows}


def raised_with(session: Session, subject: str, *, campaign_id: int, currency: str) -> tuple[int, int] | None:
    """Return the campaign's total in a currency before and after a gift's money arrived, in minor units.

    Later gifts and refunds change neither, and held gifts are left out. None when the gift brought nothing in this currency.
    """
    amount = func.coalesce(-func.sum(Posting.amount_minor), 0)
    of_raised = (Fund.campaign_id == campaign_id, Posting.currency == currency, Posting.account.in_(RAISED))
    all_raised = select(amount).join(Fund, Fund.id == Posting.fund_id).where(*of_raised)
    of_story = select(func.max(Posting.entry_id), amount).join(Fund, Fund.id == Posting.fund_id)
    of_story = of_story.join(JournalEntry, JournalEntry.id == Posting.entry_id).where(JournalEntry.subject == subject)
    entry_id, own = session.execute(of_story.where(*of_raised)).one()
    if entry_id is None:
        return None
    later = all_raised.where(Posting.entry_id > entry_id)  # usually few: the whole sum is read from an index alone
    of_these = JournalEntry.subject.in_(subjects_on_hold(campaign_id))
    on_hold = all_raised.join(JournalEntry, JournalEntry.id == Posting.entry_id).where(
        of_these, Posting.entry_id <= entry_id
    )
    parts = (all_raised.scalar_subquery(), later.scalar_subquery(), on_hold.scalar_subquery())
    after = int(session.execute(select(parts[0] - parts[1] - parts[2])).scalar_one())
    return after - int(own), after


def account_totals(session: Session, *, campaign_id: int | None = None) -> dict[tuple[int, str], int]:
    """Return (account, currency) → sum of its postings, debit positive: the trial balance."""
    query = select(Posting.account, Posting.currency, func.sum(Posting.amount_minor)).group_by(
        Posting.account, Posting.currency
    )
    if campaign_id is not None:
        query = query.join(JournalEntry, JournalEntry.id == Posting.entry_id).where(
            JournalEntry.campaign_id == campaign_id
        )
    return {(account, code): int(total) for account, code, total in session.execute(query)}
