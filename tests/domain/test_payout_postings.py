"""A payout's entries bring the books up to date with it, and post nothing that is posted already."""

from datetime import date

import pytest

from campaign.domain.journal import Account, Entry
from campaign.domain.money import Money
from campaign.domain.payout_postings import (
    PartBooked,
    PayoutDetails,
    fee_taken,
    identified,
    not_identified,
    payout_entries,
)

DAY = date(2026, 12, 1)


def payout(state: str) -> PayoutDetails:
    return PayoutDetails(
        provider_id="po_1",
        state=state,
        transaction_id="txn_out",
        failure_transaction_id="txn_back",
        made_on=DAY,
        arrives_on=DAY,
        failed_on=DAY,
    )


def entries(state: str, *, part: int, **booked: int) -> list[Entry]:
    return payout_entries(payout(state), campaign_id=7, part=Money(part, "USD"), booked=PartBooked(**booked))


def moved(some: list[Entry]) -> dict[Account, int]:
    """What the entries move on each account, in all."""
    sums = dict.fromkeys(Account, 0)
    for entry in some:
        for line in entry.lines:
            sums[line.account] += line.amount.minor
    return {account: minor for account, minor in sums.items() if minor}


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("under_way", {Account.PROVIDER: -100, Account.PAYOUTS: 100}),
        ("arrived", {Account.PROVIDER: -100, Account.BANK: 100}),
        ("failed", {}),
        ("canceled", {}),
    ],
)
def test_a_payout_first_read_late_is_booked_in_its_current_state(state: str, expected: dict[Account, int]) -> None:
    assert moved(entries(state, part=100)) == expected


def test_a_booked_payout_is_not_posted_again() -> None:
    assert entries("arrived", part=100, made_minor=100, in_bank_minor=100, entries=2) == []
    assert entries("failed", part=100, made_minor=100, entries=3) == []


def test_a_part_that_is_itemized_later_is_added() -> None:
    posted = entries("arrived", part=130, made_minor=100, in_bank_minor=100, entries=2)
    assert moved(posted) == {Account.PROVIDER: -30, Account.BANK: 30}
    assert [entry.source for entry in posted] == ["payout:po_1:7:3", "payout:po_1:7:4"]


def test_a_failed_payout_is_reversed_from_the_account_it_was_in() -> None:
    posted = entries("failed", part=100, made_minor=100, in_bank_minor=100, entries=2)
    assert moved(posted) == {Account.PROVIDER: 100, Account.BANK: -100}
    assert {line.reference for line in posted[0].lines if line.account is Account.PROVIDER} == {"txn_back"}


def test_a_debt_is_taken_from_the_bank() -> None:
    assert moved(entries("arrived", part=-40)) == {Account.PROVIDER: 40, Account.BANK: -40}


def test_a_stand_alone_fee_is_charged_to_a_fund() -> None:
    entry = fee_taken(transaction_id="txn_1", net=Money(-1200, "USD"), fund_id=1, on=DAY)
    assert moved([entry]) == {Account.PROVIDER: -1200, Account.PROVIDER_FEES: 1200}


def test_a_movement_identified_later_leaves_the_suspense_account_empty() -> None:
    net = Money(4825, "USD")
    suspended = not_identified(transaction_id="txn_1", net=net, on=DAY)
    assert moved([suspended]) == {Account.PROVIDER: 4825, Account.UNIDENTIFIED: -4825}
    assert moved([suspended, identified(transaction_id="txn_1", net=net, on=DAY)]) == {}
