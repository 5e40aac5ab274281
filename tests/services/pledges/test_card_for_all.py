"""One new card for all monthly gifts of a mailbox: entered once, charged for each, and no month twice or not at all."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from campaign.database import reading
from campaign.domain.pledge import Act, PledgeWord
from campaign.gateways.pledges import CardOnFile
from campaign.models.donation import Donation
from campaign.models.pledge import Pledge, PledgeRequest
from campaign.services.pledges import requests as pledge_requests
from campaign.services.pledges.card_for_all import OTHERS
from campaign.services.pledges.requests import PledgeOrder
from tests.services.engine import Engine
from tests.services.pledges.steps import begin_pledge, history_of, pledge_of
from tests.support.fake_moves import Killed

NEW_CARD = CardOnFile(brand="Visa", last4="1881", expires_on=date(2031, 1, 31), id="pm_new")


@pytest.fixture
def names(engine: Engine) -> Iterator[list[str]]:
    """Three monthly gifts of one mailbox, each with a customer of its own; a new card is about to be entered."""
    names = [begin_pledge(engine) for _ in range(3)]
    engine.payments.pledges.new_card = NEW_CARD
    yield names
    engine.payments.pledges.calls_left = None


def use_for_all(engine: Engine, names: list[str]) -> None:
    """The donor has entered the card for the first one, for all."""
    first, *others = map(pledge_of, names)
    detail: dict[str, object] = {OTHERS: [other.public_id for other in others]}
    order = PledgeOrder(pledge_public_id=first.public_id, act=Act.UPDATE_CARD, detail=detail)
    pledge_requests.execute(pledge_requests.ask(order, clock=engine.clock), context=engine.context)


def pledges() -> list[Pledge]:
    with reading() as session:
        rows = list(session.execute(select(Pledge).order_by(Pledge.id)).scalars())
        session.expunge_all()
    return rows


def requests() -> list[tuple[str, str]]:
    with reading() as session:
        rows = session.execute(select(PledgeRequest.act, PledgeRequest.state).order_by(PledgeRequest.id)).all()
    return [(act, state) for act, state in rows]


def charged_at_provider(engine: Engine) -> dict[str, PledgeWord]:
    """The subscriptions that would be charged once more."""
    running = {PledgeWord.RUNS, PledgeWord.PAUSED}
    return {name: one.word for name, one in engine.payments.pledges.subscriptions.items() if one.word in running}


def test_each_gift_is_charged_to_the_new_card_on_its_own_day(engine: Engine, names: list[str]) -> None:
    before = [(one.gift_minor, one.next_at, one.anchor_at) for one in pledges()]
    use_for_all(engine, names)
    engine.work()
    after = pledges()
    assert [one.card_last4 for one in after] == ["1881"] * 3
    assert [(one.gift_minor, one.next_at, one.anchor_at) for one in after] == before
    assert [one.state for one in after] == ["active"] * 3
    assert {one.customer_id for one in after} == {after[0].customer_id}
    assert set(charged_at_provider(engine)) == {one.subscription_id for one in after}
    assert requests() == [(Act.UPDATE_CARD, "done"), ("use_card", "done"), ("use_card", "done")]
    assert "moved" in history_of(after[1].subscription_id)
    assert "stopped" not in history_of(after[1].subscription_id)


def test_the_next_month_belongs_to_the_same_monthly_gift(engine: Engine, names: list[str]) -> None:
    use_for_all(engine, names)
    engine.work()
    moved = pledges()[1]
    engine.clock.advance(days=32)
    engine.tell("invoice.paid", engine.payments.pledges.renew(moved.subscription_id))
    engine.work()
    with reading() as session:
        owners = session.execute(select(Donation.pledge_id).order_by(Donation.id)).scalars().all()
    assert owners == [1, 2, 3, 2]
    assert len(pledges()) == 3


def test_late_events_of_the_former_subscription_change_nothing(engine: Engine, names: list[str]) -> None:
    paid = engine.payments.pledges.renew(names[1])  # the event of this month comes after the move
    use_for_all(engine, names)
    engine.work()
    before = [(one.state, one.subscription_id, one.version) for one in pledges()]
    sent = len(engine.mailer.sent)
    for kind in ("customer.subscription.updated", "customer.subscription.deleted"):
        engine.tell(kind, names[1])
        engine.work()
    assert [(one.state, one.subscription_id, one.version) for one in pledges()] == before
    assert len(engine.mailer.sent) == sent
    engine.tell("invoice.paid", paid)
    engine.work()
    with reading() as session:
        assert session.execute(select(Donation.pledge_id).where(Donation.invoice_id == paid)).scalar_one() == 2


@pytest.mark.faults
@pytest.mark.parametrize("calls", range(7))
def test_a_program_that_ends_between_two_calls_goes_on_where_it_was(
    engine: Engine, names: list[str], calls: int
) -> None:
    use_for_all(engine, names[:2])
    engine.payments.pledges.calls_left = calls
    with suppress(Killed):
        engine.work()
    engine.payments.pledges.calls_left = None
    running = charged_at_provider(engine)
    ends = engine.payments.pledges.subscriptions[names[1]]
    assert len(running) <= 3  # never two for one gift
    engine.tell("customer.subscription.updated", ends.subscription_id)
    engine.tell("customer.subscription.created", list(engine.payments.pledges.subscriptions)[-1])
    engine.clock.advance(minutes=10)
    engine.work()
    assert [one.state for one in pledges()] == ["active"] * 3
    assert [one.card_last4 for one in pledges()[:2]] == ["1881"] * 2
    assert set(charged_at_provider(engine)) == {one.subscription_id for one in pledges()}
    assert len(engine.mailer.sent) == len({(mail.recipient, mail.text) for mail in engine.mailer.sent})


def test_a_move_that_waited_past_its_day_charges_from_the_next_month_on(engine: Engine, names: list[str]) -> None:
    use_for_all(engine, names[:2])
    engine.payments.pledges.calls_left = 2  # held, and no more
    with pytest.raises(Killed):
        engine.work()
    engine.payments.pledges.calls_left = None
    subscription = engine.payments.pledges.subscriptions[names[1]]
    assert subscription.word is PledgeWord.ENDS
    engine.clock.advance(days=40)
    engine.payments.pledges.stop_there(names[1])  # the provider ended it in place of the charge
    engine.work()
    moved = pledges()[1]
    assert (moved.state, moved.card_last4) == ("active", "1881")
    assert moved.next_at is not None
    assert moved.next_at > engine.clock.now()


def test_a_card_that_the_provider_refuses_leaves_the_gift_as_it_was(engine: Engine, names: list[str]) -> None:
    engine.payments.pledges.new_card = CardOnFile(brand="Visa", last4="1881", expires_on=date(2031, 1, 31), id="")
    use_for_all(engine, names[:2])
    engine.work()
    assert requests()[-1] == ("use_card", "refused")
    assert (pledge_of(names[1]).state, pledge_of(names[1]).card_last4) == ("active", "4242")
    assert engine.payments.pledges.subscriptions[names[1]].moving_for is None


def test_a_gift_that_was_stopped_meanwhile_is_not_begun_again(engine: Engine, names: list[str]) -> None:
    use_for_all(engine, names[:2])
    engine.payments.pledges.calls_left = 3
    with pytest.raises(Killed):
        engine.work()
    engine.payments.pledges.calls_left = None
    engine.payments.pledges.stop_there(names[1])
    engine.clock.advance(minutes=10)
    engine.work()
    assert requests()[-1] == ("use_card", "refused")
    assert names[1] not in charged_at_provider(engine)
    assert len(charged_at_provider(engine)) == 2
    engine.tell("customer.subscription.deleted", names[1])
    engine.work()
    assert [one.state for one in pledges()] == ["active", "stopped", "active"]


def test_a_gift_that_is_being_charged_is_moved_afterwards(engine: Engine, names: list[str]) -> None:
    next_at = pledge_of(names[1]).next_at
    assert next_at is not None
    engine.clock.at = next_at - timedelta(minutes=5)
    use_for_all(engine, names[:2])
    engine.work()
    assert requests()[-1] == ("use_card", "requested")
    assert engine.payments.pledges.subscriptions[names[1]].moving_for is None
    engine.tell("invoice.paid", engine.payments.pledges.renew(names[1]))
    engine.clock.advance(minutes=30)
    engine.work()
    assert requests()[-1] == ("use_card", "done")


def test_a_gift_with_a_payment_due_keeps_its_own_card(engine: Engine, names: list[str]) -> None:
    engine.payments.pledges.refuse(names[1])
    engine.tell("customer.subscription.updated", names[1])
    engine.work()
    use_for_all(engine, names)
    engine.work()
    assert [one.card_last4 for one in pledges()] == ["1881", "4242", "1881"]
    assert [one.state for one in pledges()] == ["active", "past_due", "active"]
