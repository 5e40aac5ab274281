"""What a gift moved: from what was raised before it to what was raised with it, whatever comes later."""

from datetime import timedelta

from campaign.domain.money import Money
from campaign.services.campaigns.transparency import transparency_of
from campaign.services.gifts.progress import GiftProgress, step_of
from campaign.services.gifts.refunds import RefundOrder, request_refund
from tests.services.engine import Engine
from tests.support.builders import NOW, a_campaign, a_fund, a_paid_gift, usd

GOAL = usd(100_000_00)


def test_a_gift_moves_the_campaign_by_all_that_was_paid(engine: Engine) -> None:
    engine.give(minor=40_00)
    engine.clock.advance(seconds=1)
    second = engine.open(engine.request(minor=25_00, covers_fee=True))
    engine.payments.pay(engine.checkout_of(second))
    engine.tell("checkout.session.completed", engine.checkout_of(second))
    engine.work()
    assert step_of(second) == GiftProgress(before=usd(40_00), after=usd(66_06), goal=GOAL)


def test_what_comes_later_changes_nothing_of_it(engine: Engine) -> None:
    first = engine.give(minor=40_00)
    engine.clock.advance(seconds=1)
    engine.give(minor=25_00)
    assert step_of(first) == GiftProgress(before=usd(0), after=usd(40_00), goal=GOAL)


def test_the_newest_step_ends_at_the_total_of_the_public_page(engine: Engine) -> None:
    campaign = a_campaign(slug="other", is_featured=False)
    a_paid_gift(campaign=campaign, gift=usd(30_00))
    fund = a_fund(campaign=campaign)
    newest = a_paid_gift(campaign=campaign, fund=fund, gift=usd(12_00), cover_minor=60, at=NOW + timedelta(hours=1))
    step = step_of(newest.public_id)
    assert step is not None
    assert step.after.minor == transparency_of(campaign.id, campaign.currency).main.raised_minor
    assert step.after - step.before == usd(12_60)


def test_another_currency_moves_nothing_until_it_is_converted(engine: Engine) -> None:
    public_id = engine.open(engine.request(minor=20_00, currency="EUR"))
    checkout = engine.checkout_of(public_id)
    engine.payments.pay(checkout)
    engine.tell("checkout.session.completed", checkout)
    engine.work()
    assert step_of(public_id) is None
    engine.payments.settle(checkout, fee_minor=90, gross=Money(21_50, "USD"), rate="1.075")
    engine.tell("charge.updated", f"ch_{checkout}")
    engine.work()
    assert step_of(public_id) == GiftProgress(before=usd(0), after=usd(21_50), goal=GOAL)


def test_a_gift_of_which_something_went_back_boasts_of_nothing(engine: Engine) -> None:
    public_id = engine.give()
    order = RefundOrder(donation_public_id=public_id, amount=usd(5_00), reason="asked", actor_id=None)
    request_refund(order, clock=engine.clock)
    engine.work()
    assert step_of(public_id) is None


def test_a_gift_that_the_bank_took_back_boasts_of_nothing(engine: Engine) -> None:
    public_id = engine.give()
    dispute_id = engine.payments.dispute(engine.checkout_of(public_id))
    engine.payments.withdraw(dispute_id)
    engine.payments.call_dispute(dispute_id, "lost")
    engine.tell("charge.dispute.closed", dispute_id)
    engine.work()
    assert engine.donation(public_id).charged_back_minor
    assert step_of(public_id) is None


def test_a_gift_that_is_not_paid_or_not_there_has_moved_nothing(engine: Engine) -> None:
    assert step_of(engine.open()) is None
    assert step_of("nobody") is None
