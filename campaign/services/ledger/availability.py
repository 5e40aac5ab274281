"""What of a fund's money may be moved or paid out, read from the books: not what the donors' banks hold for disputes."""

from dataclasses import dataclass

from sqlalchemy import Select, func, literal, select
from sqlalchemy.orm import Session

from campaign.domain.journal import Account
from campaign.domain.money import Money
from campaign.models.donation import Donation
from campaign.models.fund import Fund
from campaign.models.journal import JournalEntry, Posting
from campaign.services.ledger import posting


@dataclass(frozen=True, slots=True)
class Holding:
    """What a fund holds in one currency, and what of it open disputes of its gifts have withdrawn."""

    balance: Money
    disputed: Money

    @property
    def available(self) -> Money:
        """What may be moved or paid out; below zero where the fund owes."""
        return self.balance - self.disputed


def holding_of(session: Session, fund_id: int, currency: str) -> Holding:
    """One fund in one currency; lock the fund first where something is decided by it."""
    disputed = session.execute(_disputed().where(Donation.fund_id == fund_id, Posting.currency == currency))
    found = sum((int(minor) for _fund_id, _currency, minor in disputed), 0)
    return Holding(posting.balance_of(session, fund_id, currency), Money(found, currency))


def disputed_money(session: Session, *, campaign_id: int) -> dict[int, tuple[Money, ...]]:
    """Fund id → what open disputes hold of its gifts, by currency; funds without have none."""
    found: dict[int, tuple[Money, ...]] = {}
    of_campaign = _disputed().where(Donation.campaign_id == campaign_id).order_by(Posting.currency)
    for fund_id, currency, minor in session.execute(of_campaign):
        found[fund_id] = (*found.get(fund_id, ()), Money(int(minor), currency))
    return found


def funds_below_zero() -> Select[str, str, int]:
    """The query of funds, of any campaign, that hold less than nothing in a currency: code, currency and balance."""
    owed = func.sum(Posting.amount_minor)
    return (
        select(Fund.code, Posting.currency, (-owed).label("balance_minor"))
        .join(Fund, Fund.id == Posting.fund_id)
        .group_by(Fund.id, Fund.code, Posting.currency)
        .having(owed > 0)
        .order_by(Fund.id, Posting.currency)
    )


def _disputed() -> Select[int, str, int]:
    """What stands on the account of disputed money, by the fund of its gift and by currency."""
    held = func.sum(Posting.amount_minor)
    return (
        select(Donation.fund_id, Posting.currency, held)
        .join(JournalEntry, JournalEntry.id == Posting.entry_id)
        .join(Donation, literal("donation:") + Donation.public_id == JournalEntry.subject)
        .where(Posting.account == Account.DISPUTED)
        .group_by(Donation.fund_id, Posting.currency)
        .having(held != 0)
    )
