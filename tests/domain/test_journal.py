"""Every builder's entry balances in every currency, whatever the amounts; an entry that does not cannot be made."""

from collections import defaultdict
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.domain.journal import Account, Entry, EntryKind, FundMisplaced, Line, UnbalancedEntry, reversal_of
from campaign.domain.money import Money
from campaign.domain.payment import BalanceTransaction
from campaign.domain.postings import disbursed, gift_paid, gift_settled, refund_failed, refund_made, transferred

DAY = date(2026, 12, 1)
GENERAL, THEME = 1, 2
minors = st.integers(min_value=1, max_value=10**12)
maybe_nothing = st.one_of(st.just(0), minors)
codes = st.sampled_from(["USD", "EUR", "KGS", "JPY"])


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def lines_of(entry: Entry) -> list[tuple[Account, int | None, str, int]]:
    return [(line.account, line.fund_id, line.amount.currency, line.amount.minor) for line in entry.lines]


def is_balanced(entry: Entry) -> bool:
    sums: dict[str, int] = defaultdict(int)
    for line in entry.lines:
        sums[line.amount.currency] += line.amount.minor
    return not any(sums.values()) and all(line.amount.minor for line in entry.lines)


def an_entry(*lines: Line) -> Entry:
    return Entry(source="s", kind=EntryKind.GIFT_PAID, effective_on=DAY, lines=lines, subject="donation:d")


@given(gift=minors, cover=maybe_nothing, code=codes)
def test_a_paid_gift_balances(gift: int, cover: int, code: str) -> None:
    entry = gift_paid(
        charge_id="ch_1", subject="donation:d", gift=Money(gift, code), cover=Money(cover, code), fund_id=THEME, on=DAY
    )
    assert is_balanced(entry)
    assert entry.lines[0].amount == Money(gift + cover, code)
    assert len(entry.lines) == (3 if cover else 2)


@given(charged=minors, gross=minors, fee=maybe_nothing, code=codes, into=codes)
def test_a_settled_gift_balances_in_both_currencies(charged: int, gross: int, fee: int, code: str, into: str) -> None:
    gross = charged if into == code else gross
    entry = gift_settled(
        subject="donation:d",
        charged=Money(charged, code),
        settled=BalanceTransaction("txn_1", Money(gross, into), Money(fee, into)),
        fund_id=THEME,
        fee_fund_id=GENERAL,
        on=DAY,
    )
    assert is_balanced(entry)
    assert {line.fund_id for line in entry.lines if line.account is Account.PROVIDER_FEES} <= {GENERAL}
    assert any(line.account is Account.TRADING for line in entry.lines) == (code != into)


@given(refunded=minors, gross=minors, fee=maybe_nothing, code=codes, into=codes)
def test_a_refund_and_its_failure_balance(refunded: int, gross: int, fee: int, code: str, into: str) -> None:
    gross = refunded if into == code else gross
    moved = BalanceTransaction("txn_1", Money(gross, into), Money(fee, into))
    made = refund_made(subject="donation:d", refunded=Money(refunded, code), settled=moved, fund_id=THEME, on=DAY)
    failed = refund_failed(subject="donation:d", refunded=Money(refunded, code), returned=moved, fund_id=THEME, on=DAY)
    assert is_balanced(made)
    assert is_balanced(failed)


@given(refunded=minors, gross=minors, code=codes, into=codes)
def test_a_failed_refund_undoes_the_refund(refunded: int, gross: int, code: str, into: str) -> None:
    gross = refunded if into == code else gross
    moved = BalanceTransaction("txn_1", Money(gross, into), Money(0, into))
    made = refund_made(subject="donation:d", refunded=Money(refunded, code), settled=moved, fund_id=THEME, on=DAY)
    failed = refund_failed(subject="donation:d", refunded=Money(refunded, code), returned=moved, fund_id=THEME, on=DAY)
    undone = sorted((account, fund, cur, -minor) for account, fund, cur, minor in lines_of(made) if fund)
    assert sorted(line for line in lines_of(failed) if line[1]) == undone


@given(amount=minors, code=codes, kind=st.sampled_from([EntryKind.ALLOCATION, EntryKind.TAKE_BACK]))
def test_a_transfer_takes_from_one_fund_what_it_gives_to_another(amount: int, code: str, kind: EntryKind) -> None:
    entry = transferred(
        kind=kind, public_id="a", amount=Money(amount, code), source_fund=GENERAL, target_fund=THEME, on=DAY
    )
    assert lines_of(entry) == [
        (Account.TRANSFERS, GENERAL, code, amount),
        (Account.TRANSFERS, THEME, code, -amount),
    ]


@given(amount=minors, code=codes, cost=st.sampled_from([Account.GRANTS, Account.PROGRAMME]))
def test_a_disbursement_leaves_the_bank_and_owes_nothing(amount: int, code: str, cost: Account) -> None:
    entry = disbursed(public_id="d", cost=cost, amount=Money(amount, code), fund_id=THEME, on=DAY)
    assert is_balanced(entry)
    assert lines_of(entry)[0] == (cost, THEME, code, amount)
    assert lines_of(entry)[-1] == (Account.BANK, None, code, -amount)
    assert sum(line.amount.minor for line in entry.lines if line.account is Account.GRANTS_PAYABLE) == 0


@given(gift=minors, cover=maybe_nothing)
def test_a_reversal_mirrors_its_original_and_names_it(gift: int, cover: int) -> None:
    original = gift_paid(
        charge_id="ch_1", subject="donation:d", gift=usd(gift), cover=usd(cover), fund_id=THEME, on=DAY
    )
    reversal = reversal_of(original, source="reversal:1", on=DAY)
    assert is_balanced(reversal)
    assert reversal.reverses == original.source
    assert [(a, f, c, -m) for a, f, c, m in lines_of(reversal)] == lines_of(original)


def test_the_fee_is_a_cost_and_what_is_left_arrives() -> None:
    entry = gift_settled(
        subject="donation:d",
        charged=usd(25_00),
        settled=BalanceTransaction("txn_1", usd(25_00), usd(1_03)),
        fund_id=THEME,
        fee_fund_id=THEME,
        on=DAY,
    )
    assert lines_of(entry) == [
        (Account.PROVIDER, None, "USD", 23_97),
        (Account.CARD_PAYMENTS, None, "USD", -25_00),
        (Account.PROVIDER_FEES, THEME, "USD", 1_03),
    ]


def test_a_conversion_goes_through_trading_in_the_gifts_fund() -> None:
    entry = gift_settled(
        subject="donation:d",
        charged=Money(1000_00, "KGS"),
        settled=BalanceTransaction("txn_1", usd(11_40), usd(63)),
        fund_id=THEME,
        fee_fund_id=GENERAL,
        on=DAY,
    )
    assert lines_of(entry) == [
        (Account.PROVIDER, None, "USD", 10_77),
        (Account.CARD_PAYMENTS, None, "KGS", -1000_00),
        (Account.TRADING, THEME, "KGS", 1000_00),
        (Account.TRADING, THEME, "USD", -11_40),
        (Account.PROVIDER_FEES, GENERAL, "USD", 63),
    ]


@pytest.mark.parametrize(
    "lines",
    [
        (Line(Account.PROVIDER, usd(1)),),
        (Line(Account.PROVIDER, usd(1)), Line(Account.BANK, usd(1))),
        (Line(Account.PROVIDER, usd(1)), Line(Account.BANK, Money(-1, "EUR"))),
        (Line(Account.PROVIDER, usd(1)), Line(Account.BANK, usd(-1)), Line(Account.PAYOUTS, usd(0))),
        (),
    ],
    ids=["one line", "one-sided", "across currencies", "a line of nothing", "no line"],
)
def test_an_entry_that_does_not_balance_cannot_be_made(lines: tuple[Line, ...]) -> None:
    with pytest.raises(UnbalancedEntry):
        an_entry(*lines)


@pytest.mark.parametrize("account", Account)
def test_a_fund_is_named_where_it_is_needed_and_nowhere_else(account: Account) -> None:
    other = Line(Account.BANK, usd(-1))
    with_fund, without = Line(account, usd(1), THEME), Line(account, usd(1))
    right, wrong = (with_fund, without) if account >= 3000 else (without, with_fund)
    assert an_entry(right, other).lines == (right, other)
    with pytest.raises(FundMisplaced):
        an_entry(wrong, other)


def test_the_same_request_has_the_same_hash_and_another_has_another() -> None:
    def paid(minor: int, day: date = DAY) -> Entry:
        return gift_paid(charge_id="ch_1", subject="donation:d", gift=usd(minor), cover=usd(0), fund_id=THEME, on=day)

    assert paid(1).request_hash == paid(1).request_hash
    assert len({paid(1).request_hash, paid(2).request_hash, paid(1, date(2026, 12, 2)).request_hash}) == 3
