"""An installation without a campaign: every public address says that the site is being prepared; staff can sign in."""

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.blueprints.admin.client import sign_in_as
from tests.support.builders import a_campaign
from tests.support.fakes import SettableClock
from tests.support.pages import fetch_address

HEADINGS = {"en": "This site is being prepared", "ru": "Сайт готовится к открытию", "ky": "Сайт даярдалып жатат"}
VALUES = {"<slug>": "quilt", "<public_id>": "a" * 16, "<token>": "token", "<number>": "QUI-2026-000001"}
NEEDS_NO_CAMPAIGN = frozenset({"/", "/brand.css", "/brand/logo", "/robots.txt", "/api/v1/openapi.json"})
NOT_PUBLIC = ("/staff/", "/dev/", "/healthz", "/readyz", "/static/", "/webhooks/", "/metrics")


def public_addresses() -> list[tuple[str, str]]:
    """(method, path) of every public address that needs a campaign."""
    lines = (Path(__file__).parents[2] / "invariants" / "urls.txt").read_text(encoding="utf-8").splitlines()
    addresses = [(method, filled(path)) for method, path in (line.split(" ") for line in lines)]
    return [
        (method, path)
        for method, path in addresses
        if not path.startswith(NOT_PUBLIC) and path not in NEEDS_NO_CAMPAIGN
    ]


def filled(path: str) -> str:
    """The path with the first of its choices, and something in place of each name."""
    path = re.sub(r"<any\((\w+)[^)]*\):\w+>", r"\1", path).replace("<language:lang>", "en")
    for name, value in VALUES.items():
        path = path.replace(name, value)
    return path


@pytest.mark.database("sqlite")
def test_every_public_address_says_that_the_site_is_being_prepared(client: FlaskClient) -> None:
    addresses = public_addresses()
    assert len(addresses) > 30
    for method, path in [*addresses, ("GET", "/en/nowhere"), ("GET", "/donate")]:
        answer = client.open(path, method=method)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "3600"), path
        assert answer.headers["X-Robots-Tag"] == "noindex", path
        assert "being prepared" in answer.text, path
    assert client.get("/en/feed.xml").mimetype == "text/html"
    assert client.get("/api/v1/campaigns/quilt").json == {"error": "This site is being prepared."}


@pytest.mark.database("sqlite")
def test_an_error_page_names_no_campaign_while_there_is_none(client: FlaskClient) -> None:
    page = fetch_address(client, "/static/nothing.css", status=404)
    assert [(link.get_text(strip=True), link["href"]) for link in page.soup.select("main a")] == [
        ("Go to the start page", "/")
    ]


@pytest.mark.database("sqlite")
@pytest.mark.parametrize("lang", HEADINGS)
def test_the_page_is_in_the_language_of_its_address(client: FlaskClient, lang: str) -> None:
    page = fetch_address(client, f"/{lang}/", status=503)
    assert page.h1 == HEADINGS[lang]
    assert page.one("html")["lang"] == lang
    assert page.one('meta[name="robots"]')["content"] == "noindex"
    assert [link["href"] for link in page.soup.select(".languages a")] == ["/en/", "/ru/", "/ky/"]
    assert page.text("header .brand") == ""


@pytest.mark.database("sqlite")
def test_machines_and_monitoring_get_their_usual_answers(client: FlaskClient) -> None:
    for path in ("/robots.txt", "/api/v1/openapi.json", "/healthz", "/readyz"):
        assert client.get(path).status_code == 200, path
    assert client.get("/").headers["Location"] == "/en/"


@pytest.mark.database("sqlite")
def test_the_site_opens_with_its_first_campaign(client: FlaskClient) -> None:
    fetch_address(client, "/en/", status=503)
    a_campaign()
    fetch_address(client, "/en/")


def test_staff_sign_in_without_a_campaign_and_reach_the_pages_of_the_installation(
    app: Flask, client: FlaskClient, clock: SettableClock
) -> None:
    assert client.get("/staff/").headers["Location"].startswith("/staff/login")
    admin = sign_in_as(app, clock, role="admin").client
    for path in ("/staff/account", "/staff/people", "/staff/audit", "/staff/inbox", "/staff/sessions"):
        fetch_address(admin, path)


@pytest.mark.database("sqlite")
def test_a_page_about_a_campaign_says_that_there_is_none(app: Flask, clock: SettableClock) -> None:
    finance = sign_in_as(app, clock, role="finance").client
    for path in ("/staff/", "/staff/donations", "/staff/ledger", "/staff/receipts", "/staff/mails"):
        page = fetch_address(finance, path, status=404)
        assert page.h1 == "There is no campaign yet"
        assert "administrator" in page.text("main")
