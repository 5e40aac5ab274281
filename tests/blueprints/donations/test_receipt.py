"""The receipt and refunds on the return page, and the link to the receipt in an email."""

from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from flask import Flask, current_app
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign import create_app
from campaign.days import local_day
from campaign.gateway_registry import current_context
from campaign.i18n import day
from campaign.jobs import work_off_everything
from campaign.models.donation import Donation
from campaign.services.gifts.refunds import RefundOrder, request_refund
from campaign.services.queues import inbox
from tests.blueprints.donations.thanks_page import CHECKOUT, THANKS
from tests.receipts.samples import text_of
from tests.support.builders import a_member_of_staff, set_issuer_text, usd
from tests.support.fakes import SIGNATURE, FakePayments, SettableClock
from tests.support.pages import fetch_address

pytestmark = pytest.mark.usefixtures("payment_page")


def test_a_partial_refund_is_shown(client: FlaskClient, payments: FakePayments, session: Session) -> None:
    payments.pay(CHECKOUT)
    payments.settle(CHECKOUT, fee_minor=1_06)
    fetch_address(client, THANKS)
    public_id = session.execute(select(Donation.public_id)).scalar_one()
    member = a_member_of_staff()
    order = RefundOrder(donation_public_id=public_id, amount=usd(5_00), reason="asked", actor_id=member.id)
    request_refund(order, clock=current_context().clock)
    work_off_everything()
    assert "On its way back to you $5" in fetch_address(client, THANKS).text(".facts")
    payments.settle_refund(order.public_id)
    tell(payments, "refund.updated", f"re_{order.public_id}")
    assert "Sent back to you $5" in fetch_address(client, THANKS).text(".facts")


def test_a_refunded_gift_is_not_thanked_for(client: FlaskClient, payments: FakePayments, session: Session) -> None:
    payments.pay(CHECKOUT)
    payments.settle(CHECKOUT, fee_minor=1_06)
    fetch_address(client, THANKS)
    work_off_everything()
    public_id = session.execute(select(Donation.public_id)).scalar_one()
    order = RefundOrder(
        donation_public_id=public_id, amount=usd(26_06), reason="asked", actor_id=a_member_of_staff().id
    )
    request_refund(order, clock=current_context().clock)
    work_off_everything()
    assert fetch_address(client, THANKS).h1 == "Your gift is being sent back"
    payments.settle_refund(order.public_id)
    tell(payments, "refund.updated", f"re_{order.public_id}")
    page = fetch_address(client, THANKS)
    assert page.h1 == "Your gift was sent back"
    assert "QUI-2026-000001 (void)" in page.text(".facts")
    assert "Thank you" not in page.text()
    assert "Tell somebody" not in page.text()
    assert "VOID Since" in text_of(client.get(page.link("Download the receipt (PDF)")).data)


def test_the_link_of_an_email_opens_the_receipt_for_thirty_days(
    app: Flask, client: FlaskClient, payments: FakePayments, clock: SettableClock
) -> None:
    payments.pay(CHECKOUT)
    fetch_address(client, THANKS)
    work_off_everything()
    (email,) = current_context().mailer.sent  # type: ignore[attr-defined]  # the recording one
    ((name, pdf),) = email.attachments
    link = urlsplit(next(word for word in email.text.split() if "/en/receipt/" in word)).path
    assert link in email.html
    answer = app.test_client().get(link)  # another browser: the mailbox is the proof
    assert (answer.data, answer.mimetype) == (pdf, "application/pdf")
    assert name in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert fetch_address(client, f"{link}x", status=404).h1 == "This link is not complete"
    clock.advance(days=31)
    assert fetch_address(client, link, status=410).h1 == "This link has expired"


def test_a_receipt_on_hold_is_promised_for_a_day(
    client: FlaskClient, payments: FakePayments, clock: SettableClock
) -> None:
    set_issuer_text("registration", "")
    payments.pay(CHECKOUT, email="aida@mail.example")
    fetch_address(client, THANKS)
    work_off_everything()
    page = fetch_address(client, THANKS)
    with current_app.test_request_context("/en/"):
        due = day(local_day(clock.now() + timedelta(days=7)))
    assert f"We email it to you by {due}." in page.answer.text
    assert "Download the receipt" not in page.answer.text


def tell(payments: FakePayments, type_: str, object_id: str) -> None:
    """Deliver a signed event, and work it off."""
    body = payments.event(type_, object_id, event_id=f"evt_{object_id}")
    inbox.receive(body, SIGNATURE, context=current_context())
    work_off_everything()


@pytest.mark.database("sqlite")  # nothing is written
@pytest.mark.parametrize(
    "address",
    [
        "/en/thanks/receipt/TEST-QUI-2026-000001",
        "/en/p/forged/receipt/TEST-QUI-2026-000001",
        "/en/receipt/forged",
        "/en/verify/TEST-QUI-2026-000001?code=AAAA",
    ],
)
def test_receipts_are_guessed_and_downloaded_at_a_bounded_rate(app: Flask, address: str) -> None:
    client = create_app(replace(app.config["KURAK"], testing=False), app.extensions["context"]).test_client()
    answers = [client.get(address).status_code for _ in range(31)]
    assert (set(answers[:30]), answers[30]) == ({404}, 429)
