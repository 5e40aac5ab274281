"""What went wrong elsewhere with one gift's payment and its refunds, and may not happen here."""

from collections.abc import Sequence

from sqlalchemy import select

from campaign.domain.journal import Account
from campaign.domain.money import Money
from campaign.models.donation import Donation, Refund
from campaign.models.outbox import Message
from campaign.models.receipt import Receipt
from campaign.services.gifts.refunds import refundable
from campaign.services.gifts.settlement import refresh_checkout
from campaign.services.ledger import sums
from campaign.services.overview.page import overview
from tests.services.engine import Engine


def sent_back_at_stripe(engine: Engine, public_id: str, minor: int, name: str) -> None:
    """Somebody presses «refund» in the provider's dashboard."""
    payment_id = engine.donation(public_id).payment_id or ""
    engine.payments.refund(payment_id, Money(minor, "USD"), request_id=name, donation_id=public_id)


def deliver(engine: Engine, *events: tuple[str, str]) -> None:
    for type_, object_id in events:
        engine.tell(type_, object_id)
    engine.work()


def refunds(engine: Engine) -> list[tuple[str, int]]:
    engine.session.expire_all()
    rows = engine.session.execute(select(Refund.state, Refund.amount_minor).order_by(Refund.id))
    return [(row[0], row[1]) for row in rows]


def kinds_of_mail(engine: Engine) -> Sequence[str]:
    return engine.session.execute(select(Message.kind).order_by(Message.id)).scalars().all()


def test_a_refund_known_by_its_charge_alone_is_not_lost_and_not_doubled(engine: Engine) -> None:
    """givewp #8135: lookup by charge id found nothing; two listeners processed the same event."""
    public_id = engine.give()
    charge_id = engine.donation(public_id).charge_id or ""
    sent_back_at_stripe(engine, public_id, 10_00, "r1")
    deliver(engine, ("charge.refunded", charge_id), ("refund.created", "re_r1"), ("charge.refunded", charge_id))

    assert refunds(engine) == [("pending", 10_00)]
    assert engine.donation(public_id).refunded_minor == 10_00


def test_a_second_part_refund_is_not_refused_because_there_was_a_first(engine: Engine) -> None:
    """the-events-calendar #3095: refunded → refunded was refused, and a race guard dropped all refunds."""
    public_id = engine.give()
    for name, minor in (("r1", 10_00), ("r2", 5_00)):
        sent_back_at_stripe(engine, public_id, minor, name)
        deliver(engine, ("charge.refunded", engine.donation(public_id).charge_id or ""))

    assert refunds(engine) == [("pending", 10_00), ("pending", 5_00)]
    assert engine.donation(public_id).refunded_minor == 15_00


def test_a_canceled_payment_does_not_stay_pending_for_ever(engine: Engine) -> None:
    """pretix #1230: 5 % of 13,000 orders stuck after the payment was canceled under load."""
    public_id = engine.open()
    checkout = engine.checkout_of(public_id)
    engine.payments.wait(checkout)
    deliver(engine, ("checkout.session.completed", checkout))
    engine.payments.fail(checkout)
    deliver(engine, ("payment_intent.canceled", f"pi_{checkout}"))

    assert engine.donation(public_id).state == "failed"


def test_a_pending_refund_is_neither_an_error_nor_done(engine: Engine) -> None:
    """emfcamp #1017, commerce-stripe #134: `pending` was treated as failed. chobbledotcom #1824: any refund was done."""
    public_id = engine.give()
    sent_back_at_stripe(engine, public_id, 10_00, "r1")
    deliver(engine, ("refund.created", "re_r1"))

    campaign_id = engine.donation(public_id).campaign_id
    concerns = overview(campaign_id, "USD", at=engine.clock.now()).concerns
    assert not [item for item in concerns if item.kind.startswith("refund")]
    assert sums.account_totals(engine.session)[Account.PROVIDER, "USD"] == 23_97  # nothing has left yet

    engine.payments.settle_refund("r1")
    deliver(engine, ("refund.updated", "re_r1"))
    assert refunds(engine) == [("succeeded", 10_00)]
    assert sums.account_totals(engine.session)[Account.PROVIDER, "USD"] == 13_97


def test_a_disputed_or_refunded_charge_does_not_kill_the_worker(engine: Engine) -> None:
    """lago #6257, #6444: a refund on a disputed or refunded charge killed the job; several disputes on one payment."""
    public_id = engine.give()
    checkout = engine.checkout_of(public_id)
    for minor in (10_00, 5_00):
        deliver(engine, ("charge.dispute.created", engine.payments.dispute(checkout, minor=minor, status="won")))
    sent_back_at_stripe(engine, public_id, 25_00, "r1")
    deliver(engine, ("charge.refunded", engine.donation(public_id).charge_id or ""))

    assert refunds(engine) == [("pending", 25_00)]
    assert engine.work() == 0


def test_the_return_page_and_the_webhook_do_not_settle_a_gift_twice(engine: Engine) -> None:
    """saleor #19220: webhook and redirect both completed the checkout, and a second payment was made."""
    public_id = engine.open()
    checkout = engine.checkout_of(public_id)
    engine.payments.pay(checkout)
    engine.payments.settle(checkout, fee_minor=1_03)
    refresh_checkout(checkout, context=engine.context)
    deliver(engine, ("checkout.session.completed", checkout), ("payment_intent.succeeded", f"pi_{checkout}"))
    refresh_checkout(checkout, context=engine.context)

    assert engine.session.execute(select(Donation.id)).all() == [(1,)]
    assert len(engine.session.execute(select(Receipt.id)).all()) == 1
    assert kinds_of_mail(engine) == ["receipt"]


def test_an_old_event_delivered_again_overwrites_nothing_and_mails_nothing(engine: Engine) -> None:
    """liberapay 1d600c133, f826f7c63, 719a6988d: a replayed old callback overwrote the state; mails went out twice."""
    public_id = engine.give()
    checkout = engine.checkout_of(public_id)
    sent_back_at_stripe(engine, public_id, 25_00, "r1")
    engine.payments.settle_refund("r1")
    deliver(engine, ("refund.updated", "re_r1"))
    mails_before = list(kinds_of_mail(engine))
    before = engine.donation(public_id)
    deliver(
        engine,
        ("checkout.session.completed", checkout),
        ("checkout.session.expired", checkout),
        ("payment_intent.payment_failed", f"pi_{checkout}"),
        ("refund.created", "re_r1"),
    )

    after = engine.donation(public_id)
    assert (after.state, after.version, after.refunded_minor) == (before.state, before.version, 25_00)
    assert list(kinds_of_mail(engine)) == mails_before


def test_a_donor_who_closes_the_tab_has_still_given(engine: Engine) -> None:
    """indico-plugin-payment-stripe 3.3.1: no webhook at all, and `payment_status` was never looked at."""
    public_id = engine.open()
    checkout = engine.checkout_of(public_id)
    engine.payments.pay(checkout)
    engine.payments.settle(checkout, fee_minor=1_03)
    deliver(engine, ("checkout.session.completed", checkout))  # nobody came to the return page

    assert engine.donation(public_id).state == "paid"
    assert refundable(engine.session, public_id) == Money(25_00, "USD")
