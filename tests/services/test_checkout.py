"""Pressing «give»: once, twice, too late, with an address that Stripe refuses, while nobody answers."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select

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
from campaign.services.checkout import (
    AmountOutOfBounds,
    CampaignEnded,
    CurrencyNotTaken,
    FundUnknown,
    how_it_looks,
    start_checkout,
)
from tests.services.engine import PUBLIC_URL, Engine


def test_two_presses_are_one_gift_and_one_page(engine: Engine) -> None:
    request = engine.request(form="same")
    assert engine.open(request) == engine.open(request)
    assert engine.session.execute(select(func.count()).select_from(Donation)).scalar() == 1
    assert len(engine.payments.pages) == 1


def test_a_lost_answer_is_found_by_the_next_press(engine: Engine) -> None:
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


def test_a_page_that_ran_out_is_closed_even_if_nobody_told_us(engine: Engine) -> None:
    request = engine.request(form="old")
    engine.open(request)
    engine.clock.advance(minutes=61)
    with pytest.raises(DonationClosed):
        engine.open(request)


def test_a_gift_whose_page_would_run_out_at_once_is_begun_anew(engine: Engine) -> None:
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
            raise PaymentRefused("invalid e-mail", code="email_invalid", parameter="customer_email")
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
    engine.clock.advance(days=400)
    with pytest.raises(CampaignEnded):
        engine.open()


def test_an_installation_without_a_key_writes_nothing_down(engine: Engine) -> None:
    with pytest.raises(PaymentsNotConfigured):
        start_checkout(engine.request(), payments=NoPayments(), clock=engine.clock, public_url=PUBLIC_URL)
    assert engine.session.execute(select(Donation.id)).all() == []


def test_the_placeholder_of_the_return_address_stays_literal(engine: Engine) -> None:
    params = how_it_looks(engine.request(language="ky"), base=f"{PUBLIC_URL}/ky", public_id="abc")
    assert params["success_url"] == f"{PUBLIC_URL}/ky/thanks?s={{CHECKOUT_SESSION_ID}}"
    assert params["locale"] == "ru"
    assert "Төлөм" in str(params["custom_text"])


def test_nothing_of_the_donor_but_her_address_leaves_the_house(engine: Engine) -> None:
    request = replace(engine.request(), public_name="Aida", message="With love", gift=Money(25_00, "USD"))
    public_id = engine.open(request)
    sent = str(engine.donation(public_id).checkout_params)
    assert "Aida" not in sent
    assert "With love" not in sent
