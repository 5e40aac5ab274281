"""A donor gives and withdraws consents, takes a copy of their data, and reads what stays after an erasure."""

import json

import pytest
from sqlalchemy import select

from campaign.database import reading
from campaign.models.donor import DonorConsent
from tests.blueprints.my.conftest import Browser
from tests.support.pages import fetch_address

pytestmark = pytest.mark.database("sqlite")


def test_consents_are_given_and_withdrawn_with_their_dates(browser: Browser) -> None:
    client = browser.sign_in().client
    page = fetch_address(client, "/en/my/data")
    assert page.submit(client, "form[action$='thanks/give']").headers["Location"] == "/en/my/data?done=1"
    page = fetch_address(client, "/en/my/data")
    browser.engine.clock.advance(minutes=3)
    page.submit(client, "form[action$='thanks/withdraw']")
    with reading() as session:
        row = session.execute(select(DonorConsent)).scalar_one()
        assert (row.purpose, row.source, row.recorded_by, row.withdrawn_by) == ("thanks", "email_link", None, None)
        assert row.withdrawn_at is not None
        assert row.withdrawn_at > row.given_at
    assert client.post("/en/my/consents/thanks/give").status_code == 403
    assert client.post("/en/my/consents/updates/give").status_code == 404


def test_the_copy_is_the_donors_own_and_stored_nowhere(browser: Browser) -> None:
    client = browser.sign_in().client
    page = fetch_address(client, "/en/my/data")
    answer = page.submit(client, "form[action$='data.json']")
    assert (answer.mimetype, answer.headers["Cache-Control"]) == ("application/json", "no-store")
    content = json.loads(answer.data)
    assert [row["email"] for row in content["donor"]] == ["donor@example.org"]
    assert len(content["sessions"]) == 1
    assert page.submit(client, "form[action$='data.pdf']").data[:5] == b"%PDF-"
    assert client.post("/en/my/data.json").status_code == 403
    assert browser.engine.app.test_client().post("/en/my/data.json").headers["Location"] == "/en/my/"
