"""Payments that take days and gifts that are paid twice, through the real library: every row has its money, and no other."""

from typing import Any

import pytest
from sqlalchemy import select

from campaign.database import reading
from campaign.domain.journal import Account
from campaign.domain.money import Money
from campaign.models.donation import Donation
from campaign.models.journal import JournalEntry
from campaign.models.outbox import Message
from tests.gateways.joined import Joined

USD = Money(25_00, "USD")


def mails() -> list[str]:
    with reading() as session:
        return list(session.execute(select(Message.kind).order_by(Message.id)).scalars())


def gifts() -> list[Donation]:
    with reading() as session:
        rows = list(session.execute(select(Donation).order_by(Donation.id)).scalars())
        session.expunge_all()
    return rows


def another_page(joined: Joined, gift: Donation) -> str:
    """A page of the same gift whose answer we never got."""
    params: dict[str, Any] = dict(gift.checkout_params)
    return joined.payments.open_checkout(params, key="lost on its way").checkout_id


@pytest.mark.parametrize(
    ("method", "days"),
    [("pm_sepaDebit_success_at", 0), ("pm_sepaDebit_successDelayed_at", 0), ("pm_bankTransfer_success", 1)],
)
def test_a_payment_by_bank_is_under_way_and_then_paid(joined: Joined, method: str, days: int) -> None:
    first = "transfer_due" if "Transfer" in method else "processing"
    started = joined.give(Money(25_00, "EUR"), pays=False)
    joined.sandbox.pay(joined.row(started).checkout_id or "", method=method)
    joined.sandbox.deliver()
    joined.take_in()
    assert joined.row(started).state == "processing"
    assert mails() == [first]

    joined.sandbox.advance(180 + days * 24 * 3600)
    joined.hear()

    assert joined.row(started).state == "paid"
    assert joined.balance_in_books() == joined.balance_in_truth() > 0
    assert mails() == [first, "receipt"]


@pytest.mark.database("sqlite")
def test_a_debit_that_fails_leaves_no_line_in_the_books(joined: Joined) -> None:
    started = joined.give(Money(25_00, "EUR"), method="pm_sepaDebit_failed_at")
    joined.hear()

    assert joined.row(started).state == "failed"
    assert joined.balance_in_truth() == 0
    with reading() as session:
        assert not session.execute(select(JournalEntry.id)).first()
    assert mails()[-1] == "payment_failed"


@pytest.mark.database("sqlite")
def test_a_second_paid_page_is_a_second_gift_and_the_books_have_both(joined: Joined) -> None:
    first = joined.row(joined.give(USD))
    page = another_page(joined, first)
    joined.sandbox.pay(page)
    joined.hear()

    one, two = gifts()
    assert (one.state, two.state, two.paid_again_for_id, two.checkout_id) == ("paid", "paid", one.id, page)
    assert joined.balance_in_books() == joined.balance_in_truth()
    assert joined.booked(Account.CONTRIBUTIONS) == -50_00


@pytest.mark.database("sqlite")
def test_two_pages_paid_while_nobody_listened_are_two_gifts(joined: Joined) -> None:
    first = joined.row(joined.give(USD, pays=False))
    page = another_page(joined, first)
    for checkout in (page, first.checkout_id or ""):
        joined.sandbox.pay(checkout)
    joined.hear()

    assert {gift.checkout_id for gift in gifts()} == {page, first.checkout_id}
    assert [gift.state for gift in gifts()] == ["paid", "paid"]
    assert joined.balance_in_books() == joined.balance_in_truth()


@pytest.mark.database("sqlite")
def test_the_refund_of_a_second_payment_at_stripe_is_its_own(joined: Joined) -> None:
    first = joined.row(joined.give(USD))
    joined.sandbox.pay(another_page(joined, first))
    joined.hear()
    again = gifts()[1]

    joined.payments.refund(again.payment_id or "", USD, request_id="r1", donation_id=again.public_id)
    joined.hear()

    assert [gift.refunded_minor for gift in gifts()] == [0, 25_00]
    assert joined.balance_in_books() == joined.balance_in_truth()
