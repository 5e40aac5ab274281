"""Several pages of one gift: the first payment is the gift's, every later one a gift of its own, and none is lost."""

from typing import Any

from sqlalchemy import select

from campaign.domain.journal import Account
from campaign.models.donation import Donation
from campaign.models.outbox import Message
from campaign.models.receipt import Receipt
from campaign.services.ledger import sums
from campaign.services.overview.page import overview
from tests.services.engine import Engine


def second_page(engine: Engine, public_id: str) -> str:
    """Another page of the same gift, as it is left by an answer that was lost on its way."""
    params: dict[str, Any] = dict(engine.donation(public_id).checkout_params)
    return engine.payments.open_checkout(params, key=f"another page of {public_id}").checkout_id


def pay(engine: Engine, checkout: str) -> None:
    engine.payments.pay(checkout)
    engine.payments.settle(checkout, fee_minor=1_03)


def deliver(engine: Engine, *events: tuple[str, str]) -> None:
    for type_, object_id in events:
        engine.tell(type_, object_id)
    engine.work()


def completed(checkout: str) -> tuple[str, str]:
    return "checkout.session.completed", checkout


def gifts(engine: Engine) -> list[Donation]:
    return list(engine.session.execute(select(Donation).order_by(Donation.id)).scalars())


def at_provider(engine: Engine) -> int:
    return sums.account_totals(engine.session)[Account.PROVIDER, "USD"]


def test_a_second_paid_page_is_a_gift_of_its_own_with_its_own_receipt(engine: Engine) -> None:
    public_id = engine.open()
    first, second = engine.checkout_of(public_id), second_page(engine, public_id)
    for checkout in (first, second):
        pay(engine, checkout)
        deliver(engine, completed(checkout))

    one, two = gifts(engine)
    assert (one.state, two.state) == ("paid", "paid")
    assert two.paid_again_for_id == one.id
    assert (two.checkout_id, two.gift_minor, two.fund_id) == (second, one.gift_minor, one.fund_id)
    assert at_provider(engine) == 2 * 23_97
    assert len(engine.session.execute(select(Receipt.number).distinct()).all()) == 2


def test_a_second_payment_is_mailed_to_the_donor_and_shown_to_staff(engine: Engine) -> None:
    public_id = engine.open()
    first, second = engine.checkout_of(public_id), second_page(engine, public_id)
    for checkout in (first, second):
        pay(engine, checkout)
        deliver(engine, completed(checkout))

    mails = engine.session.execute(select(Message.kind).order_by(Message.id)).scalars()
    assert list(mails) == ["receipt", "receipt", "paid_again"]
    concerns = overview(engine.donation(public_id).campaign_id, "USD", at=engine.clock.now()).concerns
    assert [item.count for item in concerns if item.kind == "paid_again"] == [1]


def test_two_pages_paid_before_any_event_are_both_booked_in_any_order(engine: Engine) -> None:
    public_id = engine.open()
    first, second = engine.checkout_of(public_id), second_page(engine, public_id)
    for checkout in (first, second):
        pay(engine, checkout)
    deliver(
        engine,
        ("charge.updated", f"ch_{second}"),
        completed(second),
        ("payment_intent.succeeded", f"pi_{first}"),
        completed(first),
        ("payment_intent.succeeded", f"pi_{second}"),
        ("charge.updated", f"ch_{first}"),
    )

    assert {gift.checkout_id for gift in gifts(engine)} == {first, second}
    assert [gift.state for gift in gifts(engine)] == ["paid", "paid"]
    assert at_provider(engine) == 2 * 23_97


def test_a_page_that_was_lost_and_is_paid_is_the_gifts_page(engine: Engine) -> None:
    public_id = engine.open()
    lost = second_page(engine, public_id)
    pay(engine, lost)
    deliver(engine, completed(lost))

    [gift] = gifts(engine)
    assert (gift.state, gift.checkout_id) == ("paid", lost)


def test_an_unused_second_page_that_expires_ends_nothing(engine: Engine) -> None:
    public_id = engine.open()
    unused = second_page(engine, public_id)
    engine.payments.expire(unused)
    deliver(engine, ("checkout.session.expired", unused))

    [gift] = gifts(engine)
    assert (gift.state, gift.checkout_id != unused) == ("open", True)


def test_a_page_that_expired_and_was_paid_after_all_is_paid(engine: Engine) -> None:
    public_id = engine.open()
    checkout = engine.checkout_of(public_id)
    engine.payments.expire(checkout)
    deliver(engine, ("checkout.session.expired", checkout))
    assert engine.donation(public_id).state == "expired"

    pay(engine, checkout)
    deliver(engine, completed(checkout))
    assert engine.donation(public_id).state == "paid"


def test_the_refund_of_a_second_payment_leaves_the_first_one_paid(engine: Engine) -> None:
    """pretix #343: the refund of a double payment invalidated the paid order."""
    public_id = engine.open()
    first, second = engine.checkout_of(public_id), second_page(engine, public_id)
    for checkout in (first, second):
        pay(engine, checkout)
        deliver(engine, completed(checkout))
    again = gifts(engine)[1]
    engine.payments.refund(
        again.payment_id or "", engine.payments.facts[second].amount, request_id="r1", donation_id=again.public_id
    )
    deliver(engine, ("refund.created", "re_r1"))

    one, two = gifts(engine)
    assert (one.state, one.refunded_minor) == ("paid", 0)
    assert two.refunded_minor == 25_00
    assert [receipt.state for receipt in engine.session.execute(select(Receipt).order_by(Receipt.id)).scalars()] == [
        "issued",
        "void",
    ]


def test_a_debit_under_way_on_one_page_and_a_card_on_another_are_two_payments(engine: Engine) -> None:
    """gameserverapp #1216: SEPA shown as failure, donors paid several times."""
    public_id = engine.open()
    slow, quick = engine.checkout_of(public_id), second_page(engine, public_id)
    engine.payments.wait(slow)
    deliver(engine, completed(slow))
    assert engine.donation(public_id).state == "processing"
    pay(engine, quick)
    deliver(engine, completed(quick))
    pay(engine, slow)
    deliver(engine, ("checkout.session.async_payment_succeeded", slow))

    assert sorted((gift.state, gift.checkout_id) for gift in gifts(engine)) == sorted([("paid", quick), ("paid", slow)])
    assert at_provider(engine) == 2 * 23_97
