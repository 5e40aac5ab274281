"""The money of a fund that may be moved or paid out, read from the ledger: without what open disputes withdrew."""

from sqlalchemy import Select, func, literal, select
from sqlalchemy.orm import Session

from campaign.domain.allocation import Holding
from campaign.domain.journal import Account
from campaign.domain.money import Money
from campaign.models.donation import Donation
from campaign.models.fund import Fund
from campaign.models.journal import JournalEntry, Posting
from campaign.services.ledger import sums


def holding_of(session: Session, fund_id: int, currency: str) -> Holding:
    """Return one fund in one currency. Lock the fund first when a decision depends on it."""
    disputed = session.execute(_disputed().where(Donation.fund_id == fund_id, Posting.currency == currency))
    disputed_minor = sum((int(minor) for _fund_id, _currency, minor in disputed), 0)
    return Holding(sums.balance_of(session, fund_id, currency), Money(disputed_minor, currency))


def disputed_money(session: Session, *, campaign_id: int) -> dict[int, tuple[Money, ...]]:
    """Return fund id → the amounts of its gifts under open disputes, by currency; other funds are left out."""
    by_fund: dict[int, tuple[Money, ...]] = {}
    of_campaign = _disputed().where(Donation.campaign_id == campaign_id).order_by(Posting.currency)
    for fund_id, currency, minor in session.execute(of_campaign):
        by_fund[fund_id] = (*by_fund.get(fund_id, ()), Money(int(minor), currency))
    return by_fund


def funds_below_zero() -> Select[str, str, int]:
    """Return the query of funds, of any campaign, with a negative balance in a currency: code, currency and balance."""
    owed = func.sum(Posting.amount_minor)
    return (
        select(Fund.code, Posting.currency, (-owed).label("balance_minor"))
        .join(Fund, Fund.id == Posting.fund_id)
        .group_by(Fund.id, Fund.code, Posting.currency)
        .having(owed > 0)
        .order_by(Fund.id, Posting.currency)
    )


def _disputed() -> Select[int, str, int]:
    """Return the query of the account of disputed money, by the fund of its gift and by currency."""
    disputed = func.sum(Posting.amount_minor)
    return (
        select(Donation.fund_id, Posting.currency, disputed)
        .join(JournalEntry, JournalEntry.id == Posting.entry_id)
        .join(Donation, literal("donation:") + Donation.public_id == JournalEntry.subject)
        .where(Posting.account == Account.DISPUTED)
        .group_by(Donation.fund_id, Posting.currency)
        .having(disputed != 0)
    )
