"""The return page of a gift that is not paid, not yet paid, or charged back, and of no gift at all."""

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign import create_app
from campaign.gateway_registry import current_context
from campaign.jobs import work_off_everything
from campaign.services.queues import inbox
from tests.blueprints.donations.thanks_page import CHECKOUT, STATE, THANKS
from tests.support.fakes import SIGNATURE, FakePayments
from tests.support.pages import Page, fetch, fetch_address

pytestmark = [pytest.mark.database("sqlite"), pytest.mark.usefixtures("payment_page")]  # services are tested on both


def test_an_unpaid_gift_is_being_confirmed_and_need_not_be_paid_again(client: FlaskClient) -> None:
    page = fetch_address(client, THANKS)
    assert page.h1 == "We are confirming your payment"
    assert page.text("[role=status]").startswith("You don’t need to pay again.")
    assert page.link("Check again") == THANKS
    assert page.one("[data-poll]")["data-poll"] == STATE
    assert client.get(STATE).get_json()["state"] == "confirming"


@pytest.mark.parametrize("fate", ["expire", "fail"])
def test_a_payment_that_failed_says_so_and_leads_back_with_everything_typed(
    client: FlaskClient, payments: FakePayments, fate: str
) -> None:
    getattr(payments, fate)(CHECKOUT)
    page = fetch_address(client, THANKS)
    assert page.h1 == "Your payment did not go through"
    assert page.text(".lede") == "You haven’t been charged."
    again = fetch_address(client, page.link("Try again"))
    assert again.filled("form[data-give]").items() >= {"amount": "25", "cover_fees": "yes"}.items()


@pytest.mark.parametrize("s", ["", "nothing", "cs_test_foreign", "cs_test_' OR 1=1 --", "x" * 5000])
def test_an_address_of_no_gift_is_thanked_and_calls_no_provider(
    client: FlaskClient, payments: FakePayments, s: str
) -> None:
    before = list(payments.calls)
    page = fetch(client, "donations.thanks", lang="en", s=s)
    assert page.h1 == "Thank you"
    assert page.text(".lede") == "No gift was found for this link."
    assert payments.calls == before


def test_the_page_works_while_the_provider_is_down(client: FlaskClient, payments: FakePayments) -> None:
    payments.pay(CHECKOUT)
    payments.is_down = True
    assert fetch_address(client, THANKS).h1 == "We are confirming your payment"
    payments.is_down = False
    assert client.get(STATE).get_json()["state"] == "paid"


@pytest.mark.database("sqlite")
def test_the_provider_is_called_once_in_two_seconds_however_often_the_page_opens(
    app: Flask, client: FlaskClient, payments: FakePayments
) -> None:
    limited = create_app(replace(app.config["KURAK"], testing=False), current_context())
    visitor = limited.test_client()
    for _ in range(5):
        assert Page(visitor.get(THANKS)).h1 == "We are confirming your payment"
    assert payments.calls.count("payment") <= 2


def test_a_payment_that_takes_days_says_so_and_needs_no_second_one(client: FlaskClient, payments: FakePayments) -> None:
    payments.wait(CHECKOUT)
    page = fetch_address(client, THANKS)
    assert page.h1 == "Your gift is under way"
    assert "a few working days" in page.text(".lede")
    assert "You don’t need to pay again" in page.text(".lede")


def test_a_charged_back_gift_is_reported_and_no_receipt_is_promised(
    client: FlaskClient, payments: FakePayments
) -> None:
    payments.pay(CHECKOUT)
    payments.settle(CHECKOUT, fee_minor=1_03)
    dispute_id = payments.dispute(CHECKOUT, status="lost")
    payments.withdraw(dispute_id)
    fetch_address(client, THANKS)
    work_off_everything()
    with_dispute(payments, dispute_id)

    page = fetch_address(client, THANKS)
    assert page.h1 == "Your bank has returned your gift"
    assert "Returned to you by your bank" in page.text(".facts")
    assert "Your receipt will come" not in page.text()


def with_dispute(payments: FakePayments, dispute_id: str) -> None:
    """The provider tells of a dispute, and it is worked off."""
    body = payments.event("charge.dispute.closed", dispute_id)
    inbox.receive(body, SIGNATURE, context=current_context())
    work_off_everything()
