"""The staff page of a receipt on hold: campaign staff read it, finance corrects it, refusals are in plain words."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign.jobs import work_off_everything
from tests.blueprints.admin.client import sign_in_as
from tests.support.builders import a_campaign, set_issuer_text
from tests.support.fakes import SIGNATURE, FakePayments, RecordingMailer, SettableClock
from tests.support.pages import Page, fetch_address

pytestmark = pytest.mark.database("sqlite")

NUMBER = "TEST-QUI-2026-000001"
HELD = f"/staff/receipts/{NUMBER}/held"
FORM = "main form[action$=held]"


@pytest.fixture(autouse=True)
def _gift_on_hold(app: Flask, client: FlaskClient, clock: SettableClock, payments: FakePayments) -> None:
    """A gift whose receipt lacks the issuer's registration, which is added afterwards."""
    a_campaign()
    set_issuer_text("registration", "")
    form = fetch_address(client, "/en/donate")
    clock.advance(seconds=10)
    form.submit(client, "form[data-give]", amount="25", email="a@example.org")
    payments.pay("cs_test_000001", name="Aida")
    body = payments.event("checkout.session.completed", "cs_test_000001")
    client.post("/webhooks/stripe", data=body, headers={"Stripe-Signature": SIGNATURE})
    work_off_everything()
    set_issuer_text("registration", "No. 1")


def test_finance_corrects_the_name_and_the_email_is_sent(finance: FlaskClient, mailer: RecordingMailer) -> None:
    page = fetch_address(finance, fetch_address(finance, "/staff/receipts").link(NUMBER))
    assert "The organisation’s registration is missing" in page.text("main ul")
    answer = page.submit(finance, FORM, donor_name="  Aida   K. ")
    assert fetch_address(finance, answer.location).text(".notice").startswith("Corrected. Receipt TEST-QUI-2026-000002")
    work_off_everything()
    assert [name for name, _ in mailer.sent[0].attachments] == ["TEST-QUI-2026-000002.pdf"]
    assert not fetch_address(finance, "/staff/receipts").soup.select(".notice.bad")


def test_facts_that_are_still_missing_are_named(finance: FlaskClient) -> None:
    set_issuer_text("registration", "")
    refused = Page(fetch_address(finance, HELD).submit(finance, FORM, donor_name="Aida B."))
    assert refused.answer.status_code == 422
    assert "The organisation’s registration is missing" in " ".join(refused.texts("main ul"))
    assert refused.one("#donor_name")["value"] == "Aida B."


def test_a_corrected_receipt_is_not_corrected_twice(finance: FlaskClient) -> None:
    page = fetch_address(finance, HELD)
    page.submit(finance, FORM, donor_name="Aida")
    second = page.submit(finance, FORM, donor_name="Bermet")
    assert "no longer held" in fetch_address(finance, second.location).text(".notice.bad")
    fetch_address(finance, HELD, status=404)


def test_campaign_staff_see_the_receipt_and_cannot_change_it(app: Flask, clock: SettableClock) -> None:
    campaigner = sign_in_as(app, clock, role="campaign").client
    assert NUMBER in fetch_address(campaigner, "/staff/receipts").text(".notice.bad")
    fetch_address(campaigner, HELD, status=403)
