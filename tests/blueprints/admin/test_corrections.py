"""A name or an address corrected by finance, with a reason, once; the gift's page shows it."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign.jobs import work_off_everything
from tests.blueprints.admin.client import sign_in_as
from tests.services.engine import Engine
from tests.support.fakes import FakePayments, RecordingMailer, SettableClock
from tests.support.pages import Page, fetch, fetch_address

FORM = "main form[action$=correct]"
FIRST, SECOND = "TEST-WCL-2026-000001", "TEST-WCL-2026-000002"


@pytest.fixture
def gift(app: Flask, payments: FakePayments, mailer: RecordingMailer, clock: SettableClock) -> str:
    """The public id of a paid gift whose receipt has been sent."""
    engine = Engine.started(app, payments, mailer, clock)
    public_id = engine.give()
    engine.work()
    return public_id


def test_finance_corrects_name_and_address_and_the_new_receipt_is_sent(
    gift: str, finance: FlaskClient, mailer: RecordingMailer
) -> None:
    page = fetch_address(finance, fetch(finance, "admin.donation", public_id=gift).link("Correct name or address"))
    assert FIRST in page.text("main")
    assert page.one("#email")["value"] == "donor@example.org"
    for _ in range(2):  # pressed twice, it is done once
        answer = page.submit(finance, FORM, receipt_name="  Aida   LLC ", email="right@example.org", reason="By phone")
        assert answer.status_code == 303
    work_off_everything()
    assert [message.recipient for message in mailer.sent] == ["donor@example.org", "right@example.org"]
    page = fetch(finance, "admin.donation", public_id=gift)
    assert f"{SECOND} Valid $25.00 replaces {FIRST} {FIRST} Replaced $25.00" in page.text("main")
    assert "Name or address corrected" in page.text("main")
    assert {"Aida LLC", "right@example.org"} <= set(page.texts("dd"))
    detail = "Reason: By phone; Name corrected: yes; Address corrected: yes; "
    assert f"{detail}Receipt replaced: {FIRST}; Replaced by: {SECOND}" in fetch_address(finance, "/staff/audit").texts(
        "td"
    )


@pytest.mark.database("sqlite")
def test_two_people_who_correct_the_same_gift_see_what_the_other_saved(gift: str, finance: FlaskClient) -> None:
    early, late = (fetch(finance, "admin.correction", public_id=gift) for _ in range(2))
    assert early.submit(finance, FORM, receipt_name="Aida LLC", reason="By phone").status_code == 303
    refused = Page(late.submit(finance, FORM, receipt_name="Aida Ltd", reason="By email"))
    assert refused.answer.status_code == 409
    assert refused.texts("[aria-label='What differs'] tbody tr") == ["Name on the receipt Aida LLC Aida Ltd"]
    assert refused.submit(finance, FORM).status_code == 303
    assert "Aida Ltd" in fetch(finance, "admin.donation", public_id=gift).texts("dd")


def test_a_missing_or_unchanged_value_is_refused_at_its_field(gift: str, finance: FlaskClient) -> None:
    page = fetch(finance, "admin.correction", public_id=gift)
    refused = Page(page.submit(finance, FORM, email="nowhere", reason=""))
    assert refused.answer.status_code == 422
    assert {"Say why."} < set(refused.texts(".error-summary li"))
    same = Page(page.submit(finance, FORM, reason="By phone"))
    assert "This is what we have already." in same.text(".error-summary")
    assert FIRST in same.text("main")


def test_only_finance_corrects(app: Flask, gift: str, clock: SettableClock) -> None:
    campaigner = sign_in_as(app, clock, role="campaign").client
    assert "Correct name" not in fetch(campaigner, "admin.donation", public_id=gift).text("main")
    fetch(campaigner, "admin.correction", public_id=gift, status=403)
