"""A donor goes back and changes the form: the first payment page is closed, and nothing that is paid is lost."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select

from campaign import jobs
from campaign.database import transaction
from campaign.domain.donation import DonationAlreadyPaid, Fact
from campaign.domain.money import Money
from campaign.gateways.payments import PaymentsUnavailable
from campaign.models.abuse import GiftStart
from campaign.models.donation import Donation
from campaign.services.gifts import checkout, superseded_pages
from campaign.services.gifts.checkout import GiftRequest
from campaign.services.gifts.page_closing import PaidOnEarlierPage
from campaign.services.shield import judging as shield
from tests.services.engine import Engine


def filled_in(engine: Engine, usd: int, *, form: str = "shown") -> GiftRequest:
    """One shown form with an amount chosen in it; its name says which, as the form's digest does."""
    gift = Money(usd * 100, "USD")
    return replace(engine.request(form=f"{form}-{usd}"), gift=gift, shown_form_id=form)


def test_the_page_of_a_form_that_was_changed_is_closed(engine: Engine) -> None:
    """At the provider before the second page opens; a worker notes what became of the gift."""
    first, second = engine.open(filled_in(engine, 25)), engine.open(filled_in(engine, 50))
    assert engine.payments.calls == ["open_checkout", "expire_checkout", "open_checkout"]
    assert engine.payments.facts[engine.checkout_of(first)].fact is Fact.EXPIRED
    engine.work()
    assert engine.donation(first).state == "expired"
    assert engine.donation(second).state == "open"
    before = len(engine.payments.calls)
    engine.work()
    assert len(engine.payments.calls) == before


def test_filled_in_as_at_first_the_form_leads_to_a_page_that_is_open(engine: Engine) -> None:
    first = engine.open(filled_in(engine, 25))
    second = engine.open(filled_in(engine, 50))
    third = engine.open(filled_in(engine, 25))
    assert engine.open(filled_in(engine, 25)) == third
    engine.work()
    states = {public_id: engine.donation(public_id).state for public_id in (first, second, third)}
    assert states == {first: "expired", second: "expired", third: "open"}


def test_of_two_that_come_at_the_same_moment_one_stays(
    app: Flask, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have their page before either lays the other aside: none waits for ever, and a page is left to pay on."""
    both = Barrier(2)

    def met(*given: Any, **named: Any) -> bool:  # as mark_superseded takes them
        with suppress(BrokenBarrierError):
            both.wait(0.5)  # on both databases the second one waits for the first before it
        return superseded_pages.mark_superseded(*given, **named)

    def pressed(request: GiftRequest) -> str:
        with app.app_context():
            return engine.open(request)

    monkeypatch.setattr(checkout, "mark_superseded", met)
    with ThreadPoolExecutor(2) as donors:
        pages = list(donors.map(pressed, [filled_in(engine, 25), filled_in(engine, 50)]))
    engine.work()
    assert sorted(engine.donation(public_id).state for public_id in pages) == ["expired", "open"]


def test_a_donor_who_just_paid_on_the_first_page_gets_no_second_one(engine: Engine) -> None:
    """No event has reported the payment yet."""
    first = engine.open(filled_in(engine, 25))
    page = engine.checkout_of(first)
    engine.payments.pay(page)
    with pytest.raises(PaidOnEarlierPage) as refused:
        engine.open(filled_in(engine, 50))
    assert refused.value.checkout_id == page
    assert engine.donation(first).state == "paid"
    assert engine.payments.calls.count("open_checkout") == 1


@pytest.mark.parametrize("fault", ["is_down", "loses_answers"])
def test_a_page_that_may_be_open_keeps_the_second_one_shut(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    """The page says to try again; what the donor paid meanwhile is matched then."""
    first = engine.open(filled_in(engine, 25))
    real = engine.payments.expire_checkout

    def failing(page: str) -> bool:
        with monkeypatch.context() as broken:
            broken.setattr(engine.payments, fault, True)
            return real(page)

    monkeypatch.setattr(engine.payments, "expire_checkout", failing)
    with pytest.raises(PaymentsUnavailable):
        engine.open(filled_in(engine, 50))
    assert engine.payments.calls.count("open_checkout") == 1
    monkeypatch.setattr(engine.payments, "expire_checkout", real)
    second = engine.open(filled_in(engine, 50))
    engine.work()
    assert (engine.donation(first).state, engine.donation(second).state) == ("expired", "open")


def test_a_gift_that_is_paid_keeps_its_form(engine: Engine) -> None:
    first = engine.open(filled_in(engine, 25))
    engine.payments.pay(engine.checkout_of(first))
    engine.tell("checkout.session.completed", engine.checkout_of(first))
    engine.work()
    engine.open(filled_in(engine, 50))
    engine.work()
    with pytest.raises(DonationAlreadyPaid):
        engine.open(filled_in(engine, 25))
    assert "expire_checkout" not in engine.payments.calls


def test_the_pages_of_other_forms_stay_open(engine: Engine) -> None:
    one, another = engine.open(filled_in(engine, 25)), engine.open(filled_in(engine, 50, form="shown2"))
    engine.work()
    assert {engine.donation(gift).state for gift in (one, another)} == {"open"}


def test_a_page_that_could_not_be_closed_is_closed_later(engine: Engine) -> None:
    first = engine.open(filled_in(engine, 25))
    engine.payments.is_down = True
    with pytest.raises(PaymentsUnavailable):
        engine.open(filled_in(engine, 50))
    engine.work()
    assert engine.donation(first).state == "open"
    engine.payments.is_down = False
    engine.work()
    assert engine.donation(first).state == "expired"


def test_a_page_that_the_provider_leaves_open_blocks_nobody(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    real, left_open = engine.payments.expire_checkout, ""
    monkeypatch.setattr(engine.payments, "expire_checkout", lambda page: True if page == left_open else real(page))
    stubborn = engine.open(filled_in(engine, 25))
    left_open = engine.checkout_of(stubborn)
    engine.open(filled_in(engine, 50))
    engine.open(filled_in(engine, 100))
    jobs.work_off(jobs.close_pages, linger_seconds=0)
    states = engine.session.execute(select(Donation.state).order_by(Donation.id)).scalars().all()
    assert states == ["open", "expired", "open"]


def test_a_card_refused_on_a_superseded_page_is_counted_where_its_form_was_sent(engine: Engine) -> None:
    first = engine.open(filled_in(engine, 25))
    engine.open(filled_in(engine, 50))
    with transaction() as session:
        start = {"form_id": "shown-25", "campaign": "quilt", "started_at": engine.clock.now(), "failures": 0}
        session.execute(insert(GiftStart), start)
        shield.count_failure(session, engine.donation(first).id, at=engine.clock.now())
    assert engine.session.execute(select(GiftStart.failures)).scalar_one() == 1
