"""A monthly gift from the form to its end, by the real library against the sandbox: one gift per paid invoice."""

from urllib.parse import urlsplit

import pytest
from sqlalchemy import select, update

from campaign.database import reading, transaction
from campaign.days import local_day
from campaign.domain.money import Money
from campaign.domain.pledge import Act
from campaign.domain.pledge_dates import months_later
from campaign.gateways.payments import PaymentsUnavailable
from campaign.models.campaign import Campaign
from campaign.models.donation import Dispute
from campaign.models.inbox import ProviderEvent
from campaign.services.gifts.refunds import RefundOrder, request_refund
from campaign.services.pledges import requests as pledge_requests
from campaign.services.pledges.requests import PledgeOrder
from tests.gateways.joined import PUBLIC_URL
from tests.gateways.monthly_gifts import A_DAY, A_MONTH, Monthly
from tests.sandbox.test_billing_pages import send
from tests.support.drain import work_off_money


def test_the_first_month_and_three_more_are_gifts_with_receipts(monthly: Monthly) -> None:
    pledge = monthly.begin(covers_fee=True)
    assert (pledge.state, pledge.card_last4, pledge.gift_minor) == ("active", "4242", 25_00)
    assert pledge.cover_minor > 0
    for _ in range(3):
        monthly.pass_a_month()

    gifts = monthly.gifts()
    assert [(gift.state, gift.frequency, gift.pledge_id) for gift in gifts] == [("paid", "monthly", pledge.id)] * 4
    assert {(gift.gift_minor, gift.cover_minor) for gift in gifts} == {(25_00, pledge.cover_minor)}
    assert len({gift.invoice_id for gift in gifts}) == 4
    assert len({gift.donor_id for gift in gifts}) == 1
    assert monthly.receipts() == 4
    assert len(monthly.mails("Thank you")) == 4
    assert monthly.balance_in_books() == monthly.balance_in_truth() > 0


def test_every_event_may_come_twice_and_backwards(monthly: Monthly) -> None:
    monthly.sandbox.pay(monthly.gift(monthly.open()).checkout_id or "")
    received = monthly.collect()
    monthly.sandbox.advance(A_MONTH)
    received += monthly.collect()
    monthly.tell([*reversed(received), *received])
    for _ in range(3):  # what came before its parent waits for it
        work_off_money()

    assert len(monthly.pledges()) == 1
    assert [gift.state for gift in monthly.gifts()] == ["paid", "paid"]
    assert monthly.receipts() == 2
    with reading() as session:
        troubles = select(ProviderEvent.type, ProviderEvent.error).where(ProviderEvent.error.is_not(None))
        assert session.execute(troubles).all() == []
    assert monthly.balance_in_books() == monthly.balance_in_truth()


@pytest.mark.database("sqlite")
def test_the_donor_is_mailed_before_the_first_renewal_and_not_before_the_second(monthly: Monthly) -> None:
    pledge = monthly.begin()
    assert pledge.next_at
    monthly.pass_days((pledge.next_at - monthly.clock.now()).days - 6)
    assert monthly.mails("Your next monthly gift") == []
    monthly.pass_days(2)
    [mail] = monthly.mails("Your next monthly gift")
    assert "/en/p/" in mail.text
    monthly.pass_a_month()
    monthly.pass_days(28)
    assert len(monthly.mails("Your next monthly gift")) == 1


def test_a_refused_renewal_is_mailed_once_and_ends_after_the_last_attempt(monthly: Monthly) -> None:
    pledge = monthly.begin(method="pm_card_chargeCustomerFail")
    monthly.pass_a_month()
    after = monthly.again(pledge)
    assert (after.state, after.due_reason) == ("past_due", "declined")
    assert after.due_url
    assert after.due_next_at
    monthly.pass_days(8)
    assert len(monthly.mails("could not be charged")) == 1
    monthly.pass_days(15)

    ended = monthly.again(pledge)
    assert (ended.state, ended.end_reason) == ("stopped", "unpaid")
    assert len(monthly.mails("Your monthly gift has ended")) == 1
    assert "Several payments of your monthly gift" in monthly.mails("Your monthly gift has ended")[0].text
    assert [gift.state for gift in monthly.gifts()] == ["paid"]
    assert monthly.balance_in_books() == monthly.balance_in_truth()


@pytest.mark.database("sqlite")
def test_another_card_from_the_portal_pays_what_is_due_at_once(monthly: Monthly) -> None:
    pledge = monthly.begin(method="pm_card_chargeCustomerFail")
    monthly.pass_a_month()
    order = PledgeOrder(pledge_public_id=pledge.public_id, act=Act.UPDATE_CARD)
    pledge_requests.ask(order, clock=monthly.clock)
    path = urlsplit(
        monthly.payments.pledges.card_page(pledge.customer_id, return_url=f"{PUBLIC_URL}/en/p/x", language="ky")
    ).path
    answer = send(monthly.sandbox, path, subscription=pledge.subscription_id, act="card", card="5555555555554444")
    assert answer.headers["Location"] == f"{PUBLIC_URL}/en/p/x"

    pledge_requests.execute(order.public_id, context=monthly.context)
    monthly.hear()

    updated = monthly.again(pledge)
    assert (updated.state, updated.card_last4, updated.due_invoice_id) == ("active", "4444", None)
    assert [gift.state for gift in monthly.gifts()] == ["paid", "paid"]


@pytest.mark.database("sqlite")
def test_a_card_that_the_customer_alone_has_is_taken_for_the_monthly_gift(monthly: Monthly) -> None:
    pledge = monthly.begin(method="pm_card_chargeCustomerFail")
    monthly.pass_a_month()
    client = monthly.sandbox.client()
    attached = client.v1.payment_methods.attach("pm_card_mastercard", {"customer": pledge.customer_id})
    client.v1.customers.update(pledge.customer_id, {"invoice_settings": {"default_payment_method": attached.id}})

    assert monthly.ask(pledge, Act.UPDATE_CARD) == "done"
    monthly.hear()

    assert (monthly.again(pledge).state, monthly.again(pledge).card_last4) == ("active", "4444")
    assert len(monthly.gifts()) == 2


@pytest.mark.database("sqlite")
def test_an_updated_card_that_is_refused_too_is_shown_with_its_reason(monthly: Monthly) -> None:
    pledge = monthly.begin(method="pm_card_chargeCustomerFail")
    monthly.pass_a_month()
    assert monthly.ask(pledge, Act.UPDATE_CARD) == "requested"  # no other card yet
    client = monthly.sandbox.client()
    attached = client.v1.payment_methods.attach("pm_card_chargeCustomerFail", {"customer": pledge.customer_id})
    client.v1.subscriptions.update(pledge.subscription_id, {"default_payment_method": attached.id})
    assert monthly.ask(pledge, Act.UPDATE_CARD) == "refused"
    assert monthly.again(pledge).state == "past_due"


def test_a_bank_that_wants_a_confirmation_is_mailed_and_answered_on_the_payment_page(monthly: Monthly) -> None:
    pledge = monthly.begin()
    monthly.another_card(pledge, "pm_card_authenticationRequired")
    monthly.pass_a_month()
    waiting = monthly.again(pledge)
    assert (waiting.state, waiting.due_reason) == ("past_due", "confirm")
    [mail] = monthly.mails("Your bank asks you to confirm")
    assert str(waiting.due_url) in mail.text

    send(monthly.sandbox, urlsplit(str(waiting.due_url)).path, outcome="complete")
    monthly.hear()

    assert (monthly.again(pledge).state, monthly.again(pledge).due_reason) == ("active", None)
    assert len(monthly.gifts()) == 2
    assert monthly.mails("could not be charged") == []


def test_a_renewal_is_sent_back_and_disputed_as_any_gift(monthly: Monthly) -> None:
    monthly.begin()
    monthly.pass_a_month()
    monthly.pass_a_month()
    _first, second, third = monthly.gifts()
    order = RefundOrder(donation_public_id=second.public_id, amount=Money(10_00, "USD"), reason="asked", actor_id=None)
    request_refund(order, clock=monthly.clock)
    work_off_money()
    monthly.sandbox.dispute(str(third.payment_id))
    monthly.hear()
    monthly.pass_days(1)

    assert monthly.gift(second.public_id).refunded_minor == 10_00
    with reading() as session:
        disputed = session.execute(select(Dispute.donation_id)).scalars().all()
    assert disputed == [third.id]
    assert monthly.balance_in_books() == monthly.balance_in_truth()


@pytest.mark.database("sqlite")
def test_a_renewal_that_is_refunded_before_its_event_is_matched_by_its_payment(monthly: Monthly) -> None:
    monthly.begin()
    monthly.sandbox.advance(A_MONTH)
    client = monthly.sandbox.client()
    [charge, *_] = client.v1.charges.list({"limit": 1}).data
    client.v1.refunds.create({"charge": charge.id, "amount": 5_00})
    received = [
        one for one in monthly.collect() if b'"type": "refund.created"' in one[0] or b'"refund.created"' in one[0]
    ]
    assert received
    monthly.tell(received)
    work_off_money()
    assert [gift.refunded_minor for gift in monthly.gifts()] == [0, 5_00]


@pytest.mark.database("sqlite")
def test_a_second_monthly_gift_of_the_same_donor_stands_beside_the_first(monthly: Monthly) -> None:
    first = monthly.begin(minor=10_00)
    second = monthly.begin(minor=20_00)
    assert first.donor_id == second.donor_id is not None
    monthly.pass_a_month()
    assert [pledge.state for pledge in monthly.pledges()] == ["active", "active"]
    assert sorted(gift.gift_minor for gift in monthly.gifts()) == [10_00, 10_00, 20_00, 20_00]


@pytest.mark.database("sqlite")
def test_one_form_pressed_twice_is_one_monthly_gift(monthly: Monthly) -> None:
    first, second = monthly.open(form="same"), monthly.open(form="same")
    assert first == second
    monthly.sandbox.pay(monthly.gift(first).checkout_id or "")
    monthly.hear()
    assert len(monthly.pledges()) == 1


@pytest.mark.database("sqlite")
def test_months_that_no_event_reported_are_booked(monthly: Monthly) -> None:
    pledge = monthly.begin()
    monthly.sandbox.advance(A_MONTH)
    monthly.collect()  # and lost
    monthly.sandbox.advance(2 * A_DAY)
    monthly.collect()
    work_off_money()
    assert [gift.state for gift in monthly.gifts()] == ["paid", "paid"]
    assert monthly.again(pledge).next_at != pledge.next_at


@pytest.mark.database("sqlite")
def test_two_paid_pages_of_one_form_leave_one_monthly_gift_and_both_payments_in_the_books(monthly: Monthly) -> None:
    monthly.sandbox.fault("error_after", method="POST", path="/v1/checkout/sessions")
    with pytest.raises(PaymentsUnavailable):
        monthly.open(form="same")
    monthly.open(form="same")
    pages = monthly.sandbox.client().v1.checkout.sessions.list().data
    assert len(pages) == 2
    for page in pages:
        monthly.sandbox.pay(page.id)
    for _ in range(3):
        monthly.hear()

    first, double = monthly.pledges()
    assert (first.state, double.state) == ("active", "stopped")
    assert (double.end_reason, double.doubles_id) == ("double", first.id)
    monthly.pass_a_month()
    assert [gift.state for gift in monthly.gifts()] == ["paid"] * 3
    assert [gift.paid_again_for_id is not None for gift in monthly.gifts()].count(True) == 1
    assert monthly.balance_in_books() == monthly.balance_in_truth()


@pytest.mark.database("sqlite")
def test_nothing_is_charged_after_the_campaign_s_end_even_while_no_worker_runs(monthly: Monthly) -> None:
    pledge = monthly.begin()
    with transaction() as session:
        session.execute(update(Campaign).values(ends_on=local_day(months_later(pledge.started_at, 1))))
    monthly.hear()
    planned = monthly.again(pledge)
    assert planned.ends_at == months_later(pledge.started_at, 2)
    assert (planned.state, planned.next_at) == ("active", months_later(pledge.started_at, 1))

    for _ in range(4):
        monthly.sandbox.advance(A_MONTH)
    monthly.hear()

    ended = monthly.again(pledge)
    assert (ended.state, ended.end_reason, ended.ended_at) == ("stopped", "campaign", planned.ends_at)
    assert [gift.state for gift in monthly.gifts()] == ["paid", "paid"]
    [mail] = monthly.mails("Your monthly gift has ended")
    assert "The campaign has ended" in mail.text
    assert monthly.balance_in_books() == monthly.balance_in_truth()
