"""A monthly gift from the form to its end, by the real library against the sandbox: one gift per paid invoice."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gateways.monthly_gifts import Monthly, monthly_gifts


@pytest.fixture
def monthly(database_url: str, tmp_path: Path) -> Iterator[Monthly]:
    with monthly_gifts(database_url, tmp_path) as joined:
        yield joined


def test_the_first_month_and_three_more_are_gifts_with_receipts(monthly: Monthly) -> None:
    pledge = monthly.begin(covers_fee=True)
    assert (pledge.state, pledge.card_last4, pledge.gift_minor) == ("active", "4242", 25_00)
    assert pledge.cover_minor > 0
    for _ in range(3):
        monthly.pass_a_month()

    gifts = monthly.gifts()
    assert [(gift.state, gift.frequency, gift.pledge_id) for gift in gifts] == [("paid", "monthly", pledge.id)] * 4
    assert {(gift.gift_minor, gift.cover_minor) for gift in gifts} == {(25_00, pledge.cover_minor)}
    assert len({gift.invoice_id for gift in gifts}) == 4
    assert len({gift.donor_id for gift in gifts}) == 1
    assert monthly.receipts() == 4
    assert len(monthly.letters("Thank you")) == 4
    assert monthly.balance_in_books() == monthly.balance_in_truth() > 0
