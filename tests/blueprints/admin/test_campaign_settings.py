"""An administrator creates a campaign in the browser; its settings and currencies are changed there."""

from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign.models.outbox import Message
from campaign.services.campaigns.cards import campaign_named
from campaign.services.mail.sender import sender_of
from tests.blueprints.admin.client import sign_in_as
from tests.support.builders import a_campaign
from tests.support.fakes import SettableClock
from tests.support.pages import Page, fetch_address

pytestmark = pytest.mark.database("sqlite")  # the service is tested on both
TYPED = {
    "name-en": "",
    "name-ru": "Школьная библиотека",
    "name-ky": "Мектеп китепканасы",
    "slug": "School-Library",
    "currency": "usd",
    "goal": "5 000",
    "starts_on": "2026-12-01",
    "ends_on": "2027-06-01",
    "contact_email": "library@example.org",
    "series": "slb",
}


@pytest.fixture
def admin(app: Flask, clock: SettableClock) -> FlaskClient:
    return sign_in_as(app, clock, role="admin").client


def test_the_first_campaign_is_created_with_a_currency_that_the_provider_takes(
    admin: FlaskClient, client: FlaskClient
) -> None:
    empty = fetch_address(admin, "/staff/campaigns")
    page = fetch_address(admin, empty.link("New campaign"))
    refused = Page(page.submit(admin, **{**TYPED, "currency": "RUB"}))
    assert refused.texts(".error-summary a") == ["The payment provider does not take RUB. Enter another currency."]
    assert refused.one("#name-ru")["value"] == "Школьная библиотека"
    refused = Page(refused.submit(admin, currency="KGS"))
    assert refused.texts(".error-summary a") == [
        (
            "The payment account is credited in USD, so a goal in KGS would stay at zero. Count the goal in USD; donors can "
            "still give in KGS once you add it to the campaign’s currencies."
        )
    ]
    assert refused.one("#currency")["value"] == "KGS"
    created = refused.submit(admin, currency="USD")
    listed = fetch_address(admin, created.location)
    assert listed.text("#shown") == "Школьная библиотека Draft"
    assert client.get("/ru/").status_code == 503
    opened = fetch_address(admin, listed.link("Open the campaign")).submit(admin)
    assert opened.status_code == 303
    home = fetch_address(client, "/ru/")
    assert home.h1 == "Школьная библиотека"
    form = fetch_address(client, "/ky/donate")
    assert "5 000 $" in fetch_address(client, "/ky/").text(".hero").replace("\xa0", " ")
    assert form.soup.select("form#gift input[name=other_amount]")
    assert "+ 0" not in form.text("form#gift").replace("\xa0", " ")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name-ru": "", "name-ky": ""}, "Enter a name in at least one language."),
        ({"slug": "библиотека"}, "Use small Latin letters, digits and single hyphens only, like school-library."),
        ({"slug": "quilt"}, "Another campaign has this address. Choose another one."),
        ({"series": "QUI"}, "Another campaign’s receipts have this prefix. Choose another one."),
        ({"goal": "many"}, "Enter an amount, like 35 or 35.50."),
        ({"ends_on": "2026-11-01"}, "Enter a day after the first day."),
        ({"ends_on": "soon"}, "Enter a day, like 2026-12-31."),
        ({"contact_email": "nobody"}, None),
    ],
)
def test_a_mistake_is_shown_beside_what_was_typed(
    admin: FlaskClient, typed: dict[str, str], sentence: str | None
) -> None:
    a_campaign()
    page = fetch_address(admin, "/staff/campaigns/new")
    refused = Page(page.submit(admin, **{**TYPED, **typed}))
    assert refused.answer.status_code == 422
    shown = refused.texts(".error-summary a")
    assert len(shown) == 1
    assert sentence in {None, shown[0]}
    assert refused.one("#starts_on")["value"] == "2026-12-01"


def test_all_mistakes_are_shown_at_once(admin: FlaskClient) -> None:
    page = fetch_address(admin, "/staff/campaigns/new")
    mistakes = {"slug": "школа", "currency": "RUB", "series": "ШК", "ends_on": "2026-11-01"}
    assert len(Page(page.submit(admin, **{**TYPED, **mistakes})).texts(".error-summary a")) == len(mistakes)


def test_the_sender_of_emails_is_one_line_in_each_language(admin: FlaskClient) -> None:
    a_campaign()
    page = fetch_address(admin, "/staff/campaign/settings")
    refused = Page(page.submit(admin, **{"sender_name-en": "Quilt\r\nBcc: all@example.org", "sender_name-ky": "Курак"}))
    assert refused.texts(".error-summary a") == ["Write the sender’s name on one line."]
    saved = fetch_address(admin, refused.submit(admin, **{"sender_name-en": "The Quilt team"}).location)
    assert [saved.one(f"#sender_name-{code}").get("value", "") for code in ("en", "ru", "ky")] == [
        "The Quilt team",
        "",
        "Курак",
    ]
    assert "sender_name" in fetch_address(admin, "/staff/audit").text("main")


def test_settings_of_a_public_campaign_are_changed_except_what_is_fixed(admin: FlaskClient) -> None:
    a_campaign()
    page = fetch_address(admin, "/staff/campaign/settings")
    assert [page.one(f"#{name}").has_attr("readonly") for name in ("slug", "currency", "ends_on", "series")] == [
        *(True, True, True),
        False,
    ]
    refused = Page(page.submit(admin, slug="other"))
    assert refused.texts(".error-summary a") == [
        "The campaign was public, so its address and its currency stay as they are."
    ]
    saved = page.submit(admin, **{"goal": "2000", "name-en": "The quilt"})
    again = fetch_address(admin, saved.location)
    assert (again.one("#goal")["value"], again.one("#name-en")["value"]) == ("2000", "The quilt")
    assert "Changed the campaign’s settings" in fetch_address(admin, "/staff/audit").text()


def test_a_currency_is_added_changed_and_removed(admin: FlaskClient) -> None:
    a_campaign()
    page = fetch_address(admin, fetch_address(admin, "/staff/campaign/settings").link("Add a currency"))
    dinar = {"code": "kwd", "minimum": "0.5", "maximum": "900", "fee_percent": "3.5"}
    assert "does not take RUB" in Page(page.submit(admin, **{**dinar, "code": "RUB"})).text(".error-summary")
    assert "larger steps" in Page(page.submit(admin, **{**dinar, "minimum": "0.505"})).text(".error-summary")
    assert "The least gift must be" in Page(page.submit(admin, **{**dinar, "minimum": "0.1"})).text(".error-summary")
    listed = fetch_address(admin, page.submit(admin, **dinar).location)
    changed = fetch_address(admin, listed.link("KWD"))
    assert (changed.one("#minimum")["value"], changed.one("#fee_percent")["value"]) == ("0.500", "3.50")
    removed = listed.submit(admin, "form[action='/staff/campaign/currencies/KWD/remove']")
    assert "KWD" not in fetch_address(admin, removed.location).text("table")
    own = admin.post(
        "/staff/campaign/currencies/USD/remove", data={"csrf_token": listed.one("[name=csrf_token]")["value"]}
    )
    assert "The goal is counted in this currency" in fetch_address(admin, own.location).text(".notice")


def test_a_later_first_day_that_closes_the_form_is_asked_about(admin: FlaskClient, client: FlaskClient) -> None:
    a_campaign()
    page = fetch_address(admin, "/staff/campaign/settings")
    assert not page.soup.select("#closes_form")
    refused = Page(page.submit(admin, starts_on="2027-01-01"))
    assert "With this first day its form closes at once" in refused.text(".error-summary")
    assert fetch_address(client, "/en/donate").soup.select("form#gift")
    assert refused.submit(admin, closes_form="yes").status_code == 303
    assert "January 1, 2027" in fetch_address(client, "/en/").text().replace("\xa0", " ")


def test_languages_are_added_with_what_is_missing_and_removed_after_a_question(
    admin: FlaskClient, client: FlaskClient
) -> None:
    a_campaign(languages=["ru", "ky"])
    page = fetch_address(admin, fetch_address(admin, "/staff/campaign/settings").link("Languages of the campaign"))
    assert "The default language is Русский" in page.text(".lede")
    assert "no language code" in Page(page.submit(admin, added="zzz")).text(".error-summary")
    assert page.submit(admin, added="uz").status_code == 303
    changed = fetch_address(admin, "/staff/campaign/languages")
    assert [row.split()[0] for row in changed.texts("[aria-label='What is missing'] tbody tr")] == [
        *("Русский", "Кыргызча", "O‘zbek")
    ]
    assert client.get("/uz/").status_code == 200
    stale = page.submit(admin, offered="en", agreed="yes")
    assert stale.status_code == 409
    question = Page(changed.submit(admin, offered="uz"))
    assert "Agree below to remove: Кыргызча." in question.text(".error-summary")
    assert "Readers are not offered Кыргызча any more." in question.text(".notice")
    assert campaign_named("quilt").languages == ("ru", "ky", "uz")
    assert question.submit(admin, agreed="yes").status_code == 303
    assert campaign_named("quilt").languages == ("ru", "uz")


def test_the_start_page_leads_to_past_campaigns(client: FlaskClient, app: Flask) -> None:
    a_campaign()
    over: dict[str, Any] = {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 6, 30)}
    a_campaign(slug="past", is_featured=False, name={"en": "The first year"}, stage="archived", **over)
    a_campaign(slug="hidden", is_featured=False, stage="draft")
    home = fetch_address(client, "/en/")
    [row] = home.texts("[aria-labelledby=others] li")
    assert row.replace("\xa0", " ") == "The first year It ended on June 30, 2026."
    assert client.get(home.link("The first year")).status_code == 200
    assert not fetch_address(client, "/en/c/past/").soup.select("#others")


def test_a_campaign_has_colours_of_its_own(admin: FlaskClient, client: FlaskClient) -> None:
    campaign = a_campaign()
    page = fetch_address(admin, "/staff/campaign/settings")
    refused = Page(page.submit(admin, button_colour="#ffff00", link_colour="blue"))
    assert len(refused.texts(".error-summary a")) == 2
    assert page.submit(admin, button_colour="005F56", link_colour="").status_code == 303
    address = str(fetch_address(client, "/en/").one("link[href^='/brand.css']")["href"])
    assert "--cta: #005f56;" in client.get(address).text
    assert client.get("/brand.css?button=%7D&link=ffffff").text == ""
    message = Message(language="en", campaign_id=campaign.id)
    assert sender_of(message).colours.button == "#005f56"
    assert "button_colour" in fetch_address(admin, "/staff/audit").text("main")
