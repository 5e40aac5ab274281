"""Pressing «give»: once, twice, too late, with an address that Stripe refuses, while nobody answers."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaign.domain.abuse import HOUR, Challenge
from campaign.domain.donation import DonationAlreadyPaid, DonationClosed
from campaign.domain.money import Money
from campaign.gateways.payments import (
    CheckoutPage,
    CheckoutParams,
    NoPayments,
    PaymentRefused,
    PaymentsNotConfigured,
    PaymentsUnavailable,
)
from campaign.models.donation import Donation
from campaign.services.gifts.checkout import NotAdmitted, start_checkout
from campaign.services.gifts.checkout_terms import AmountOutOfBounds, CampaignEnded, CurrencyNotTaken, FundUnknown
from campaign.services.shield.attempts import Counter, count_of, count_one
from tests.services.engine import PUBLIC_URL, Engine


class CountingCheck:
    """Counts as the shield does, in rows that the next one waits for; gives these answers, the last one ever after."""

    COUNTER = Counter("test", "check")

    def __init__(self, *answers: Challenge) -> None:
        self.answers = answers or (Challenge.NOTHING,)

    def __call__(self, session: Session, at: datetime) -> Challenge:
        count_one(session, self.COUNTER, at=at, column="started")
        number = count_of(session, self.COUNTER, at=at, window=HOUR).started
        time.sleep(0.2 if len(self.answers) > number else 0)  # long enough for a twin to look for the gift in vain
        return self.answers[min(number, len(self.answers)) - 1]

    def counted(self, engine: Engine) -> int:
        return count_of(engine.session, self.COUNTER, at=engine.clock.now(), window=HOUR).started


def test_two_presses_are_one_gift_and_one_page(engine: Engine) -> None:
    request = engine.request(form="same")
    assert engine.open(request) == engine.open(request)
    assert engine.session.execute(select(func.count()).select_from(Donation)).scalar() == 1
    assert len(engine.payments.pages) == 1


def test_an_attempt_is_judged_once_and_counted_with_its_gift(engine: Engine) -> None:
    request, check = engine.request(form="judged"), CountingCheck()
    assert len({engine.open(request, admit=check) for _ in range(20)}) == 1
    assert check.counted(engine) == 1


def test_an_attempt_that_is_turned_away_is_counted_and_leaves_no_gift(engine: Engine) -> None:
    check = CountingCheck(Challenge.PAUSE)
    with pytest.raises(NotAdmitted) as refusal:
        engine.open(admit=check)
    assert refusal.value.demand is Challenge.PAUSE
    assert check.counted(engine) == 1
    assert engine.session.execute(select(Donation.id)).all() == []


def test_an_attempt_whose_gift_cannot_be_written_is_not_counted(engine: Engine) -> None:
    check = CountingCheck()
    with pytest.raises(FundUnknown):
        engine.open(replace(engine.request(), fund_code="NOWHERE"), admit=check)
    assert check.counted(engine) == 0


def test_a_press_that_is_turned_away_beside_its_twin_gets_to_the_twins_page(app: Flask, engine: Engine) -> None:
    """Neither found a gift; the second is judged after the first one's is written."""
    request, check, both = engine.request(form="twice"), CountingCheck(Challenge.NOTHING, Challenge.PAUSE), Barrier(2)

    def press(_number: int) -> str:
        with app.app_context():
            both.wait(timeout=30)
            return engine.open(request, admit=check)

    with ThreadPoolExecutor(2) as threads:
        assert len(set(threads.map(press, range(2)))) == 1


def test_a_lost_answer_is_recovered_by_the_next_press(engine: Engine) -> None:
    request = engine.request(form="lost")
    engine.payments.loses_answers = True
    with pytest.raises(PaymentsUnavailable):
        engine.open(request)
    engine.payments.loses_answers = False

    engine.open(request)

    assert len(engine.payments.pages) == 1


def test_a_paid_form_pays_nothing_twice(engine: Engine) -> None:
    request = engine.request(form="paid")
    public_id = engine.open(request)
    checkout = engine.checkout_of(public_id)
    engine.payments.pay(checkout)
    engine.tell("checkout.session.completed", checkout)
    engine.work()
    with pytest.raises(DonationAlreadyPaid):
        engine.open(request)


def test_a_page_that_expired_is_closed_even_without_an_event(engine: Engine) -> None:
    request = engine.request(form="old")
    engine.open(request)
    engine.clock.advance(minutes=61)
    with pytest.raises(DonationClosed):
        engine.open(request)


def test_a_gift_whose_page_is_about_to_expire_gets_a_new_one(engine: Engine) -> None:
    request = engine.request(form="slow")
    engine.payments.is_down = True
    with pytest.raises(PaymentsUnavailable):
        engine.open(request)
    engine.payments.is_down = False
    engine.clock.advance(minutes=40)
    with pytest.raises(DonationClosed):
        engine.open(request)


def test_an_address_that_stripe_refuses_is_left_to_its_own_page(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = engine.payments.open_checkout

    def strict(params: CheckoutParams, *, key: str) -> CheckoutPage:
        if "customer_email" in params:
            raise PaymentRefused("invalid email", code="email_invalid", parameter="customer_email")
        return real(params, key=key)

    monkeypatch.setattr(engine.payments, "open_checkout", strict)
    public_id = engine.open()
    assert "customer_email" not in engine.donation(public_id).checkout_params


@pytest.mark.parametrize(("minor", "currency"), [(1, "USD"), (10_000_000_00, "USD"), (1, "KGS")])
def test_too_little_and_too_much_is_refused(engine: Engine, minor: int, currency: str) -> None:
    with pytest.raises(AmountOutOfBounds):
        engine.open(engine.request(minor=minor, currency=currency))


def test_what_the_campaign_does_not_have_is_refused_by_name(engine: Engine) -> None:
    with pytest.raises(CurrencyNotTaken):
        engine.open(engine.request(minor=1000, currency="JPY"))
    with pytest.raises(FundUnknown):
        engine.open(replace(engine.request(), fund_code="NOWHERE"))
    engine.clock.advance(days=500)
    with pytest.raises(CampaignEnded):
        engine.open()


def test_an_installation_without_a_key_writes_nothing_down(engine: Engine) -> None:
    with pytest.raises(PaymentsNotConfigured):
        start_checkout(engine.request(), context=replace(engine.context, payments=NoPayments()))
    assert engine.session.execute(select(Donation.id)).all() == []


def test_the_placeholder_of_the_return_address_stays_literal(engine: Engine) -> None:
    params = engine.donation(engine.open(engine.request(language="ky"))).checkout_params
    assert params["success_url"] == f"{PUBLIC_URL}/ky/thanks?s={{CHECKOUT_SESSION_ID}}"
    assert params["locale"] == "ru"
    assert "Төлөм" in str(params["custom_text"])


def test_the_provider_gets_nothing_of_the_donor_but_their_address(engine: Engine) -> None:
    request = replace(engine.request(), public_name="Aida", message="With love", gift=Money(25_00, "USD"))
    public_id = engine.open(request)
    sent = str(engine.donation(public_id).checkout_params)
    assert "Aida" not in sent
    assert "With love" not in sent
