"""Error pages: in the reader's language, complete, and with a link to go on."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from tests.support.builders import a_campaign
from tests.support.pages import fetch_address

pytestmark = pytest.mark.database("sqlite")  # services are tested on both


@pytest.mark.parametrize(
    ("address", "lang"),
    [("/en/nowhere", "en"), ("/xx/", "en"), ("/ru/c/no-such-campaign/", "ru"), ("/ky/nowhere", "ky")],
)
def test_an_unknown_address_has_a_page_with_a_link_to_go_on(client: FlaskClient, address: str, lang: str) -> None:
    a_campaign()
    page = fetch_address(client, address, status=404)
    assert page.one("html")["lang"] == lang
    assert page.one("main a.button")["href"] == f"/{lang}/"
    assert page.answer.headers["Cache-Control"] == "no-store"


def test_a_database_that_does_not_answer_is_reported_as_that(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_campaign()

    def gone(*_: object, **__: object) -> None:
        raise OperationalError("SELECT 1", {}, Exception("terminating connection\nDETAIL: secrets"))

    monkeypatch.setattr("campaign.blueprints.donations.give.giving_options", gone)
    page = fetch_address(client, "/en/donate", status=503)
    assert page.h1 == "This isn’t working right now"
    assert "secrets" not in page.answer.text
    assert page.answer.headers["Retry-After"]


@pytest.mark.parametrize(
    "address",
    ["/static/%00", "/en/c/%00/", "/en/donate?campaign=%00", "/en/verify/%00?code=a", "/staff/donations/%00"],
)
def test_an_address_with_a_nul_is_refused_before_anything_looks_at_it(client: FlaskClient, address: str) -> None:
    a_campaign()
    assert client.get(address).status_code == 400


@pytest.mark.parametrize("page", ["0", "-1", "01", "1e3", "99999999999999999999999999"])
def test_a_page_of_supporters_that_is_not_there_is_not_found(client: FlaskClient, page: str) -> None:
    a_campaign()
    fetch_address(client, f"/en/supporters/?page={page}", status=404)


def test_route_parameters_in_the_query_are_ignored(client: FlaskClient) -> None:
    a_campaign()
    page = fetch_address(client, "/en/donate?endpoint=x&_external=1&_anchor=here&amount=25")
    assert str(page.one("link[hreflang=ru]")["href"]).endswith("/ru/donate?amount=25")


def test_an_amount_of_thousands_of_letters_costs_nothing(client: FlaskClient) -> None:
    a_campaign()
    fetch_address(client, "/en/donate?amount=1" + "+" * 60_000 + "x")
