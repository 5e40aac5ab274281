"""Monthly gifts with a fake provider: whichever event comes first, requests in their order, no month twice."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from threading import Barrier

import pytest
from sqlalchemy.exc import NoResultFound

from campaign.domain.gift_source import GiftSource
from campaign.domain.pledge import (
    Act,
    PauseTooLong,
    PauseTooShort,
    PledgeIsPaused,
    PledgeIsStopping,
    PledgeStopped,
    PledgeUnpaid,
)
from campaign.gateways.pledges import CardOnFile
from campaign.services.gifts import missed_payments
from campaign.services.gifts.checkout import GiftRequest
from campaign.services.gifts.gift_sources import source_of
from campaign.services.pledges import requests as pledge_requests
from campaign.services.pledges.requests import PledgeOrder
from tests.services.engine import Engine
from tests.services.pledges.steps import ask, begin_pledge, history_of, months_of, pledge_of, subjects
from tests.support.drain import work_off_money


@pytest.mark.parametrize("first", ["customer.subscription.created", "invoice.paid", "checkout.session.completed"])
def test_whichever_event_comes_first_there_is_one_pledge_and_one_gift(engine: Engine, first: str) -> None:
    checkout = engine.checkout_of(engine.open(_monthly(engine)))
    engine.payments.pay(checkout)
    name = engine.payments.pledges.begin(checkout)
    about = {
        "customer.subscription.created": name,
        "invoice.paid": f"in_{checkout}",
        "checkout.session.completed": checkout,
    }
    for kind in sorted(about, key=lambda kind: kind != first):
        engine.tell(kind, about[kind])
        engine.work()
    assert [gift.invoice_id for gift in months_of(name)] == [f"in_{checkout}"]
    assert pledge_of(name).donor_id == months_of(name)[0].donor_id is not None


def test_every_month_comes_from_where_the_first_one_came(engine: Engine) -> None:
    source = GiftSource(utm_source="newsletter", utm_medium="email", referrer_host="t.me")
    checkout = engine.checkout_of(engine.open(replace(_monthly(engine), source=source)))
    engine.payments.pay(checkout)
    name = engine.payments.pledges.begin(checkout)
    engine.tell("checkout.session.completed", checkout)
    engine.clock.advance(days=31)
    engine.tell("invoice.paid", engine.payments.pledges.renew(name))
    work_off_money()
    assert source_of(pledge_of(name)) == source
    assert [source_of(month) for month in months_of(name)] == [source] * 2


def test_a_subscription_that_is_not_ours_is_foreign(engine: Engine) -> None:
    name = begin_pledge(engine)
    stranger = engine.payments.pledges.subscriptions.pop(name)
    engine.payments.pledges.subscriptions["sub_x"] = replace(stranger, subscription_id="sub_x", donation_public_id=None)
    engine.tell("customer.subscription.created", "sub_x")
    engine.work()
    with pytest.raises(NoResultFound):
        pledge_of("sub_x")


def test_a_month_is_one_gift_however_often_it_is_reported(engine: Engine) -> None:
    name = begin_pledge(engine)
    engine.clock.advance(days=31)
    invoice = engine.payments.pledges.renew(name)
    for _ in range(3):
        engine.tell("invoice.paid", invoice)
        engine.work()
    first, second = months_of(name)
    assert (second.state, second.invoice_id, second.donor_id) == ("paid", invoice, first.donor_id)
    assert (second.public_name, second.checkout_id) == (None, None)
    assert len([subject for subject in subjects(engine) if "receipt" in subject]) == 2


def test_an_invoice_without_money_is_no_gift(engine: Engine) -> None:
    name = begin_pledge(engine)
    invoice = engine.payments.pledges.refuse(name)
    engine.tell("invoice.paid", invoice)
    engine.work()
    assert len(months_of(name)) == 1


def test_what_is_stopped_stays_stopped_whatever_is_reported(engine: Engine) -> None:
    name = begin_pledge(engine)
    before = engine.payments.pledges.subscriptions[name]
    engine.payments.pledges.stop_there(name)
    engine.tell("customer.subscription.deleted", name)
    engine.work()
    engine.payments.pledges.subscriptions[name] = before
    engine.tell("customer.subscription.updated", name)
    engine.work()
    assert pledge_of(name).state == "stopped"
    assert pledge_of(name).next_at is None


def test_requests_reach_the_provider_in_the_order_in_which_they_were_made(engine: Engine) -> None:
    name = begin_pledge(engine)
    engine.payments.is_down = True
    first = ask(engine, name, Act.PAUSE)
    second = ask(engine, name, Act.RESUME)
    assert pledge_requests.execute(first, context=engine.context) == "requested"
    engine.payments.is_down = False
    assert pledge_requests.execute(second, context=engine.context) == "requested"
    for _ in range(3):
        engine.clock.advance(hours=2)
        engine.work()
    assert [act for act, _ in engine.payments.pledges.requests] == ["pause", "resume"]
    assert pledge_of(name).state == "active"


def test_after_a_lost_answer_the_request_is_repeated_and_nothing_is_done_twice(engine: Engine) -> None:
    name = begin_pledge(engine)
    request = ask(engine, name, Act.STOP)
    engine.payments.loses_answers = True
    assert pledge_requests.execute(request, context=engine.context) == "requested"
    engine.payments.loses_answers = False
    engine.clock.advance(hours=1)
    engine.work()
    assert (pledge_of(name).state, pledge_of(name).end_reason) == ("stopped", "asked")
    assert subjects(engine).count("Test: Your monthly gift has ended") == 1


def test_what_may_not_be_requested_is_refused_by_name(engine: Engine) -> None:
    name = begin_pledge(engine)
    pledge = pledge_of(name)
    assert pledge.next_at
    with pytest.raises(PauseTooShort):
        ask(engine, name, Act.PAUSE, until=pledge.next_at.isoformat())
    with pytest.raises(PauseTooLong):
        ask(engine, name, Act.PAUSE, until=pledge.next_at.replace(year=2029).isoformat())
    ask(engine, name, Act.PAUSE)
    with pytest.raises(PledgeIsPaused):  # already while it is under way
        ask(engine, name, Act.SKIP)
    ask(engine, name, Act.STOP_LATER)
    with pytest.raises(PledgeIsStopping):
        ask(engine, name, Act.CHANGE, gift_minor=1, cover_minor=0)
    ask(engine, name, Act.STOP)
    engine.work()
    with pytest.raises(PledgeStopped):
        ask(engine, name, Act.KEEP)


def test_two_presses_at_the_same_instant_are_one_request(engine: Engine) -> None:
    pledge = pledge_of(begin_pledge(engine))
    order = PledgeOrder(pledge_public_id=pledge.public_id, act=Act.STOP)
    together = Barrier(2)

    def press() -> str:
        with engine.app.app_context():
            together.wait()
            return pledge_requests.ask(order, clock=engine.clock)

    with ThreadPoolExecutor(2) as fingers:
        pressed = [fingers.submit(press) for _ in range(2)]
    assert [attempt.result() for attempt in pressed] == [order.public_id] * 2
    assert history_of(pledge.subscription_id).count("asked_stop") == 1


def test_an_unpaid_gift_gets_a_new_card_or_is_stopped_and_not_paused(engine: Engine) -> None:
    name = begin_pledge(engine)
    engine.payments.pledges.refuse(name)
    engine.tell("customer.subscription.updated", name)
    engine.work()
    with pytest.raises(PledgeUnpaid):
        ask(engine, name, Act.PAUSE)
    engine.payments.pledges.new_card = CardOnFile(brand="Mastercard", last4="4444", expires_on=date(2031, 1, 31))
    request = ask(engine, name, Act.UPDATE_CARD)
    assert pledge_requests.execute(request, context=engine.context) == "done"
    assert (pledge_of(name).state, pledge_of(name).card_last4) == ("active", "4444")


def test_months_that_no_event_reported_are_counted_and_stored(engine: Engine) -> None:
    name = begin_pledge(engine)
    engine.clock.advance(days=62)
    engine.payments.pledges.renew(name)
    engine.payments.pledges.renew(name)
    counts = [missed_payments.catch_up(name, context=engine.context) for _ in range(2)]
    assert counts == [2, 0]
    assert [gift.state for gift in months_of(name)] == ["paid"] * 3


def test_a_second_subscription_of_one_form_is_stopped_by_us_and_stays_visible(engine: Engine) -> None:
    name = begin_pledge(engine)
    twin = engine.payments.pledges.subscriptions[name]
    engine.payments.pledges.subscriptions["sub_twin"] = replace(
        twin, subscription_id="sub_twin", customer_id="cus_twin"
    )
    engine.tell("customer.subscription.created", "sub_twin")
    for _ in range(2):
        engine.work()
    assert (pledge_of("sub_twin").state, pledge_of("sub_twin").end_reason) == ("stopped", "double")
    assert pledge_of("sub_twin").doubles_id == pledge_of(name).id
    assert pledge_of(name).state == "active"
    assert "begun" in history_of("sub_twin")


def _monthly(engine: Engine) -> GiftRequest:
    return replace(engine.request(), frequency="monthly")
