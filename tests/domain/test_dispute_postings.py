"""The entries of a dispute balance in every currency, hold nothing back, and undo each other."""

from collections import Counter
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from campaign.domain.journal import Account, Entry, reversal_of
from campaign.domain.money import Money
from campaign.domain.payment import BalanceTransaction
from campaign.domain.postings import dispute_lost, dispute_opened, dispute_won

DAY = date(2026, 12, 1)
FUND = 7
minors = st.integers(min_value=1, max_value=10**12)
fees = st.integers(min_value=-20_00, max_value=20_00)
codes = st.sampled_from(["USD", "EUR", "KGS", "JPY"])


def taken(gross: Money, fee: int) -> BalanceTransaction:
    return BalanceTransaction("txn_out", gross, Money(fee, gross.currency))


def opened(withdrawn: BalanceTransaction) -> Entry:
    return dispute_opened(subject="donation:d", withdrawn=withdrawn, fund_id=FUND, on=DAY)


def totals(*entries: Entry) -> Counter[tuple[Account, str]]:
    sums: Counter[tuple[Account, str]] = Counter()
    for entry in entries:
        for line in entry.lines:
            sums[line.account, line.amount.currency] += line.amount.minor
    return sums


@given(gross=minors, fee=fees, back=minors, back_fee=fees, into=codes, out=codes)
def test_a_won_dispute_releases_the_whole_disputed_amount(
    gross: int, fee: int, back: int, back_fee: int, into: str, out: str
) -> None:
    withdrawn = taken(Money(gross, into), fee)
    returned = BalanceTransaction("txn_in", Money(back, out), Money(back_fee, out))
    won = dispute_won(subject="donation:d", withdrawn=withdrawn, returned=returned, fund_id=FUND, on=DAY)

    sums = totals(opened(withdrawn), won)

    assert sums[Account.DISPUTED, into] == 0
    assert sums[Account.PROVIDER, out] == back - back_fee - (gross + fee if into == out else 0)


@given(disputed=minors, gross=minors, fee=fees, code=codes, into=codes)
def test_a_lost_dispute_is_written_off_in_the_donors_currency(
    disputed: int, gross: int, fee: int, code: str, into: str
) -> None:
    withdrawn = taken(Money(gross, into), fee)
    lost = dispute_lost(subject="donation:d", disputed=Money(disputed, code), withdrawn=withdrawn, fund_id=FUND, on=DAY)

    sums = totals(opened(withdrawn), lost)

    assert sums[Account.CHARGEBACKS, code] == disputed
    assert sums[Account.DISPUTED, into] == 0
    assert sums[Account.PROVIDER, into] == -(gross + fee)


@given(disputed=minors, gross=minors, code=codes, into=codes)
def test_a_lost_amount_that_was_returned_is_no_longer_charged_back(
    disputed: int, gross: int, code: str, into: str
) -> None:
    withdrawn = taken(Money(gross, into), 0)
    lost = dispute_lost(subject="donation:d", disputed=Money(disputed, code), withdrawn=withdrawn, fund_id=FUND, on=DAY)
    undone = reversal_of(lost, source=f"reversal:{lost.source}", on=DAY)
    won = dispute_won(subject="donation:d", withdrawn=withdrawn, returned=withdrawn, fund_id=FUND, on=DAY)

    assert not any(totals(opened(withdrawn), lost, undone, won).values())
