"""Pages for what goes wrong: in the reader's language, whole, and with a way on."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from tests.builders import a_campaign
from tests.pages import fetch_address


@pytest.mark.parametrize(
    ("address", "lang"),
    [("/en/nowhere", "en"), ("/xx/", "en"), ("/ru/c/no-such-campaign/", "ru"), ("/ky/nowhere", "ky")],
)
def test_an_unknown_address_has_a_page_with_a_way_on(client: FlaskClient, address: str, lang: str) -> None:
    a_campaign()
    page = fetch_address(client, address, status=404)
    assert page.one("html")["lang"] == lang
    assert page.one("main a.button")["href"] == f"/{lang}/"
    assert page.answer.headers["Cache-Control"] == "no-store"


def test_an_error_page_stands_without_a_campaign(client: FlaskClient) -> None:
    assert fetch_address(client, "/en/nowhere", status=404).one(".brand").get_text(strip=True) == "Kurak"


def test_a_database_that_does_not_answer_is_told_as_that(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    a_campaign()

    def gone(*_: object, **__: object) -> None:
        raise OperationalError("SELECT 1", {}, Exception("terminating connection\nDETAIL: secrets"))

    monkeypatch.setattr("campaign.blueprints.donations.give.giving_options", gone)
    page = fetch_address(client, "/en/donate", status=503)
    assert page.h1 == "This does not work for the moment"
    assert "secrets" not in page.answer.text
    assert page.answer.headers["Retry-After"]
