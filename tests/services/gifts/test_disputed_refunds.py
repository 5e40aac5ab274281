"""Refunds of gifts that are disputed or were sent back at the provider."""

import pytest
from sqlalchemy import select

from campaign.domain.disputes import DisputeLost, DisputeOpen
from campaign.domain.donation import NotRefundable
from campaign.domain.money import Money
from campaign.models.donation import Refund
from campaign.services.gifts.refunds import RefundOrder, refundable, request_refund
from tests.services.engine import Engine
from tests.services.gifts.dispute_steps import USD, gift, lose, open_one, order, states


def test_a_refund_while_a_dispute_is_open_is_refused_by_name(engine: Engine) -> None:
    public_id, checkout = gift(engine)
    dispute_id = open_one(engine, checkout)
    with pytest.raises(DisputeOpen):
        request_refund(order(public_id, 25_00), clock=engine.clock)

    lose(engine, dispute_id)
    with pytest.raises(DisputeLost):
        request_refund(order(public_id, 25_00), clock=engine.clock)


def test_a_refund_that_a_dispute_overtakes_is_not_retried_for_ever(engine: Engine) -> None:
    public_id, checkout = gift(engine)
    request_refund(order(public_id, 25_00), clock=engine.clock)
    dispute_id = engine.payments.dispute(checkout)
    engine.payments.withdraw(dispute_id)
    engine.work()

    refund = engine.session.execute(select(Refund)).scalar_one()
    assert (refund.state, refund.next_try_at) == ("failed", None)
    assert "charged back" in str(refund.error)
    assert states(engine) == ["open"]  # it was looked at, though no event came


def test_a_refund_of_a_gift_that_was_sent_back_at_the_provider_finds_that(engine: Engine) -> None:
    public_id, _ = gift(engine)
    request_refund(order(public_id, 25_00), clock=engine.clock)
    other = RefundOrder(donation_public_id=public_id, amount=Money(25_00, USD), reason="", actor_id=None)
    engine.payments.refund(
        engine.donation(public_id).payment_id or "", other.amount, request_id=other.public_id, donation_id=public_id
    )
    engine.work()

    assert sorted(engine.session.execute(select(Refund.state)).scalars()) == ["failed", "pending"]
    with pytest.raises(NotRefundable):
        refundable(engine.session, public_id)
