"""A campaign has its own languages: some that the interface has, and some that it has not."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign.models.campaign import Campaign
from tests.support.builders import a_campaign
from tests.support.pages import Page

pytestmark = pytest.mark.database("sqlite")


@pytest.fixture
def campaign(client: FlaskClient) -> Campaign:
    """A campaign in Uzbek, for which there is no catalogue, and in Russian."""
    return a_campaign(
        languages=["uz", "ru"],
        name={"uz": "Maktab kutubxonasi", "ru": "Школьная библиотека"},
        title={"uz": "Kitoblar bolalar uchun", "ru": "Книги детям"},
        summary={"ru": "Зачем нужны книги"},
    )


@pytest.mark.parametrize(("header", "language"), [("de, en", "uz"), ("ru-RU", "ru"), ("uz", "uz")])
def test_a_reader_is_sent_to_a_language_of_the_campaign(
    client: FlaskClient, campaign: Campaign, header: str, language: str
) -> None:
    assert client.get("/", headers={"Accept-Language": header}).location == f"/{language}/"


def test_texts_without_a_catalogue_stand_in_an_interface_in_the_nearest_language(
    client: FlaskClient, campaign: Campaign
) -> None:
    page = Page(client.get("/uz/"))
    assert page.one("html")["lang"] == "ru"
    assert page.text("h1 [lang=uz]") == "Kitoblar bolalar uchun"
    assert page.text(".brand [lang=uz]") == "Maktab kutubxonasi"
    assert "O‘zbek" in page.text(".fallback-notice")
    assert page.texts(".languages a") == ["O‘zbek", "Русский"]
    assert page.one(".languages a[aria-current]")["href"] == "/uz/"
    assert page.one("meta[property='og:locale']")["content"] == "uz_UZ"
    assert str(page.one("link[rel=canonical]")["href"]).endswith("/uz/")
    assert [link["hreflang"] for link in page.soup.select("link[rel=alternate][hreflang]")] == ["uz", "ru", "x-default"]


def test_every_link_of_the_page_stays_in_the_language(client: FlaskClient, campaign: Campaign) -> None:
    page = Page(client.get("/uz/"))
    inside = {str(link["href"]) for link in page.soup.select("a[href^='/']")} - {"/ru/", "/quilt/quilt.svg"}
    assert {path for path in inside if not path.startswith("/uz/")} == set()
    assert str(Page(client.get("/uz/donate")).one("form#gift")["action"]).startswith("/uz/donate")


def test_a_missing_text_is_marked_as_another_language(client: FlaskClient, campaign: Campaign) -> None:
    assert "Зачем нужны книги" in Page(client.get("/uz/")).text("main")
    assert Page(client.get("/ru/")).texts("main [lang=ru]:not(option)") == []


def test_only_languages_of_the_interface_and_of_campaigns_have_pages(client: FlaskClient, campaign: Campaign) -> None:
    assert [client.get(f"/{code}/").status_code for code in ("uz", "ru", "en", "de", "xx")] == [200, 200, 200, 404, 404]


def test_an_operator_chooses_the_languages_of_a_campaign(app: Flask, client: FlaskClient, campaign: Campaign) -> None:
    runner = app.test_cli_runner()
    said = runner.invoke(args=["campaign", "languages", "quilt", "ky", "uz"]).output
    assert said == "quilt is offered in Кыргызча, O‘zbek.\n"
    assert Page(client.get("/ky/")).texts(".languages a") == ["Кыргызча", "O‘zbek"]
    assert client.get("/").location == "/ky/"
    assert "no language" in runner.invoke(args=["campaign", "languages", "quilt", "kyrgyz"]).output
    assert "no campaign other" in runner.invoke(args=["campaign", "languages", "other", "ky"]).output
