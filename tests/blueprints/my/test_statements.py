"""A donor's statement: their gifts alone, with refunds and receipt numbers, and totals for each currency."""

import subprocess
from dataclasses import replace

import pytest
from sqlalchemy import update

from campaign.database import transaction
from campaign.models.donation import Donation
from tests.blueprints.my.conftest import Browser
from tests.support.pages import fetch_address

pytestmark = pytest.mark.database("sqlite")
DECEMBER = "since=2026-12-01&until=2026-12-31"


def text_of(pdf: bytes) -> str:
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return " ".join(done.stdout.decode().split())


def test_a_statement_has_own_gifts_refunds_totals_and_years(browser: Browser) -> None:
    engine = browser.engine
    returned = engine.give(minor=40_00)
    som = engine.open(replace(engine.request(), gift=replace(engine.request().gift, minor=900_00, currency="KGS")))
    engine.payments.pay(engine.checkout_of(som))
    engine.tell("checkout.session.completed", engine.checkout_of(som))
    foreign = engine.open(replace(engine.request(minor=77_00), email="other@example.org"))
    engine.payments.pay(engine.checkout_of(foreign), email="other@example.org")
    engine.tell("checkout.session.completed", engine.checkout_of(foreign))
    engine.work()
    with transaction() as session:
        session.execute(update(Donation).where(Donation.public_id == returned).values(refunded_minor=15_00))
    client = browser.sign_in().client
    page = fetch_address(client, "/en/my/statements")
    assert page.link("2026 (PDF)").startswith("/en/my/statement.pdf?since=2026-01-01&until=2026-12-31")
    answer = client.get(f"/en/my/statement.pdf?{DECEMBER}")
    assert (answer.mimetype, answer.headers["Cache-Control"]) == ("application/pdf", "no-store")
    text = text_of(answer.data)
    assert "USD 2 $65.00 $15.00 $50.00" in text
    assert "KGS 1" in text
    assert "WCL-2026-000001" in text
    assert "donor@example.org" in text
    assert "77.00" not in text
    assert "It is no receipt" in text
    with transaction() as session:
        session.execute(update(Donation).where(Donation.public_id == returned).values(refunded_minor=0))
    for wrong in ("since=2026-12-02&until=2026-12-01", "since=x&until=", "since=2020-01-01&until=2020-12-31"):
        assert client.get(f"/en/my/statement.pdf?{wrong}").status_code == 422
    assert engine.app.test_client().get(f"/en/my/statement.pdf?{DECEMBER}").status_code == 303
