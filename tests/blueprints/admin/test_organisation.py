"""The staff page of the organisation: saved in each language, refused with what was typed, and for administrators alone."""

import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from campaign.models.campaign import Campaign
from campaign.services.organisation.profile import OrganisationProfile, organisation, save_organisation
from tests.blueprints.admin.client import sign_in_as
from tests.support.builders import a_campaign
from tests.support.fakes import SettableClock
from tests.support.pages import Page, fetch_address

pytestmark = pytest.mark.database("sqlite")  # the page; the service is tested on both databases
ADDRESS = "/staff/organisation"
TYPED: dict[str, Any] = {
    "legal_name-en": "School Library Fund",
    "legal_name-ru": "Фонд школьной библиотеки",
    "short_name-ky": "Китепкана",
    "country": "KG",
    "time_zone": "Asia/Bishkek",
    "fiscal_month": "4",
    "contact_email": "hello@library.example",
    "links": "https://library.example/\n\nhttps://example.org/library",
    "button_colour": "#005F56",
}


@pytest.fixture
def admin(app: Flask, clock: SettableClock) -> FlaskClient:
    return sign_in_as(app, clock, role="admin").client


def submit(client: FlaskClient, **typed: Any) -> Page:
    """The page after sending the form with these values over those that it shows."""
    answer = fetch_address(client, ADDRESS).submit(client, "main form", **typed)
    return Page(client.get(answer.location) if answer.status_code == 303 else answer)


def test_an_administrator_sets_the_organisation_up_before_there_is_a_campaign(admin: FlaskClient) -> None:
    page = submit(admin, **TYPED)
    assert page.texts(".notice.good") == ["The organisation has been saved."]
    saved = organisation()
    assert saved.legal_name == {"en": "School Library Fund", "ru": "Фонд школьной библиотеки"}
    assert saved.short_name == {"ky": "Китепкана"}
    assert (saved.country, saved.time_zone, saved.fiscal_month) == ("KG", "Asia/Bishkek", 4)
    assert saved.links == ("https://library.example/", "https://example.org/library")
    assert (saved.button_colour, saved.link_colour) == ("#005f56", None)
    assert page.one("#legal_name-ru")["value"] == "Фонд школьной библиотеки"
    trail = fetch_address(admin, "/staff/audit").text("tbody tr")
    assert "Changed the organisation" in trail


def test_its_address_has_the_country_in_the_readers_language(admin: FlaskClient, client: FlaskClient) -> None:
    a_campaign()
    submit(admin, **{**TYPED, "address-en": "1 Chui Avenue", "address-ky": "Бишкек, Кыргыз Республикасы"})
    assert "1 Chui Avenue Kyrgyzstan" in " ".join(fetch_address(client, "/en/").text(".legal").split())
    assert "Кыргызстан" not in fetch_address(client, "/ky/").text(".legal")
    script = fetch_address(client, "/en/").one('script[type="application/ld+json"]').string
    facts = json.loads(script or "")["parentOrganization"]
    assert (facts["name"], facts["address"]["addressCountry"]) == ("School Library Fund", "KG")


def test_its_names_and_colours_stand_on_public_pages(admin: FlaskClient, client: FlaskClient) -> None:
    a_campaign()
    assert not fetch_address(client, "/en/").soup.select('link[href^="/brand.css"]')
    submit(admin, **{**TYPED, "footer-en": "Line one\nLine two"})
    page = fetch_address(client, "/en/")
    assert "School Library Fund" in page.text(".legal")
    assert page.texts(".legal li") == ["library.example", "example.org"]
    assert "Line one" in page.text(".legal")
    css = client.get(str(page.one('link[href^="/brand.css"]')["href"])).text
    assert "--cta: #005f56;" in css
    assert "prefers-color-scheme: dark" in css
    assert "--link" not in css
    assert fetch_address(client, "/ru/").text(".legal b") == "Фонд школьной библиотеки"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"legal_name-en": " ", "legal_name-ru": ""}, "Fill this in for at least one language."),
        ({"legal_name-ky": "x" * 121}, "Shorten this to 120 characters."),
        ({"contact_email": "nobody"}, "Enter an email address, like name@example.com."),
        ({"button_colour": "red"}, "Enter a colour like #8c1c2b: a number sign and six digits or letters a to f."),
        (
            {"link_colour": "#ffcc00"},
            "This colour is too light to read on the page: its contrast is 1.3 to 1, and 4.5 is needed. Choose a darker one.",
        ),
        (
            {"links": "javascript:alert(1)"},
            "“javascript:alert(1)” is not an address that begins with https://. Correct it.",
        ),
        ({"links": "\n".join(["https://a.example"] * 11)}, "Give at most 10 links."),
        ({"country": "XX"}, "Choose one of the listed values."),
        ({"time_zone": "Mars/Olympus"}, "Choose one of the listed values."),
        ({"fiscal_month": "13"}, "Choose one of the listed values."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    admin: FlaskClient, typed: dict[str, str], sentence: str
) -> None:
    page = submit(admin, **{**TYPED, "signatory-en": "A. Bekova", **typed})
    assert page.answer.status_code == 422
    assert page.texts(".error-summary li") == [sentence]
    target = str(page.one(".error-summary a")["href"])
    assert page.one(target)
    assert page.one("#signatory-en")["value"] == "A. Bekova"
    assert organisation() == OrganisationProfile()


def test_the_second_of_two_editors_is_warned_and_may_save_again(admin: FlaskClient, clock: SettableClock) -> None:
    opened = fetch_address(admin, ADDRESS)
    save_organisation(OrganisationProfile(legal_name={"en": "Other"}), actor_id=None, clock=clock)
    late = Page(opened.submit(admin, "main form", **TYPED))
    assert late.answer.status_code == 409
    assert "Someone else saved this" in late.text(".notice")
    assert "Legal name (English) Other" in late.text("main table")
    assert late.one("#legal_name-en")["value"] == "School Library Fund"
    assert organisation().legal_name == {"en": "Other"}
    assert late.submit(admin, "main form").status_code == 303
    assert organisation().legal_name["en"] == "School Library Fund"


def test_invisible_and_direction_marks_are_taken_out(admin: FlaskClient) -> None:
    submit(admin, **{**TYPED, "legal_name-en": "\u202eSchool\u200b <b>Library</b>\u202c"})
    assert organisation().legal_name["en"] == "School <b>Library</b>"


@pytest.mark.parametrize("role", ["viewer", "campaign", "finance", "approver"])
def test_only_administrators_may_open_it(app: Flask, clock: SettableClock, role: str) -> None:
    client = sign_in_as(app, clock, role=role).client
    assert client.get(ADDRESS).status_code == 403


def test_an_administrator_of_one_campaign_may_not_open_it(app: Flask, clock: SettableClock) -> None:
    own: Campaign = a_campaign()
    assert sign_in_as(app, clock, role="admin", campaign=own).client.get(ADDRESS).status_code == 403


def test_its_texts_are_written_in_the_languages_of_every_campaign(
    admin: FlaskClient, client: FlaskClient, session: Session
) -> None:
    campaign = a_campaign()
    session.execute(update(Campaign).where(Campaign.id == campaign.id).values(languages=["en", "uz"]))
    session.commit()
    page = submit(admin, **TYPED, **{"short_name-uz": "Kutubxona", "footer-uz": "Roʻyxatdan oʻtgan"})
    assert page.one("#short_name-uz")["value"] == "Kutubxona"
    shown = fetch_address(client, "/uz/").answer.text
    assert "Kutubxona" in shown
    assert "Roʻyxatdan oʻtgan" in shown
