"""Reports of the ledger: a page of the journal, the trial balance, and the broken rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from campaign.database import reading
from campaign.domain.money import Money
from campaign.services.ledger import entries, sums
from campaign.services.ledger.check import Problem, check_books
from campaign.services.ledger.entries import LedgerFilter, LedgerRow


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountBalance:
    """An account's balance in one currency: debit positive."""

    account: int
    balance: Money


def journal_page(filters: LedgerFilter, *, after: tuple[datetime, str, int] | None, limit: int) -> Sequence[LedgerRow]:
    """Return lines of the journal, oldest first; `after` is the place of the last line shown."""
    with reading() as session:
        return list(entries.ledger_rows(session, filters, after=after, limit=limit))


def trial_balance(campaign_id: int) -> dict[str, list[AccountBalance]]:
    """Return currency → its accounts; the balances of each currency add up to zero."""
    with reading() as session:
        totals = sums.account_totals(session, campaign_id=campaign_id)
    by_currency: dict[str, list[AccountBalance]] = {}
    for (account, code), minor in sorted(totals.items()):
        by_currency.setdefault(code, []).append(AccountBalance(account=int(account), balance=Money(minor, code)))
    return by_currency


def problems() -> Sequence[Problem]:
    """Return the broken rules of the ledger; it reads the whole ledger."""
    with reading() as session:
        return check_books(session)
