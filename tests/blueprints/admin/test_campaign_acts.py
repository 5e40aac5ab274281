"""Staff open, close, extend and archive a campaign on pages that say what will happen; what was typed stays."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign.domain.campaign_state import CampaignStage
from campaign.models.campaign import Campaign
from tests.blueprints.admin.client import sign_in_as, token_of
from tests.support.builders import a_campaign
from tests.support.fakes import SettableClock
from tests.support.pages import Page, fetch_address

pytestmark = pytest.mark.database("sqlite")  # the service is tested on both
REASONS = {f"reason-{code}": f"Done ({code})" for code in ("en", "ru", "ky")}


@pytest.fixture
def staff(app: Flask, clock: SettableClock) -> FlaskClient:
    return sign_in_as(app, clock, role="campaign").client


def test_a_draft_is_previewed_and_opened(staff: FlaskClient, client: FlaskClient) -> None:
    a_campaign(stage=CampaignStage.DRAFT)
    listed = fetch_address(staff, "/staff/campaigns")
    assert "Only staff can see this campaign." in listed.text(".card")
    preview = fetch_address(staff, listed.link("See its page as the public will"))
    assert (preview.h1, preview.text(".demo")[:7]) == ("A campaign (en)", "Preview")
    assert fetch_address(staff, "/staff/campaign/preview/ky").h1 == "A campaign (ky)"
    assert client.get("/staff/campaign/preview/en").status_code == 302
    page = fetch_address(staff, listed.link("Open the campaign"))
    assert "It accepts gifts at once, until March 8, 2027." in page.text().replace("\xa0", " ")
    assert page.texts(".notice li")[0] == "Story"
    opened = page.submit(staff)
    assert "The public can see the campaign." in fetch_address(staff, opened.location).text(".notice")
    assert {"Privacy", "Accessibility"} & set(fetch_address(client, "/en/").texts("footer a")) == {"Privacy"}
    assert "Other costs" not in fetch_address(client, "/en/").text("main table")
    assert "state of the campaign is “Open”" in fetch_address(staff, page.submit(staff).location).text(".notice")


def test_closing_early_asks_why_in_each_language_and_keeps_what_was_typed(
    staff: FlaskClient, client: FlaskClient
) -> None:
    a_campaign()
    page = fetch_address(staff, "/staff/campaign/close")
    assert "No payment page is open." in page.text()
    refused = Page(page.submit(staff, **{**REASONS, "reason-ky": " "}))
    assert (refused.answer.status_code, refused.texts(".error-summary a")) == (
        422,
        ["Say why, in this language too. Everybody reads it."],
    )
    assert refused.one(".error-summary a")["href"] == "#reason-ky"
    assert refused.text("#reason-ru") == "Done (ru)"
    assert refused.submit(staff, **{"reason-ky": "Бүттү"}).status_code == 303
    assert "Бүттү" in fetch_address(client, "/ky/").text(".hero .notice")


def test_a_campaign_is_extended_to_a_later_day_alone(staff: FlaskClient, client: FlaskClient) -> None:
    a_campaign()
    page = fetch_address(staff, "/staff/campaign/extend")
    for typed, sentence in (
        ("", "Enter the new last day."),
        ("soon", "Enter a day, like 2026-12-31."),
        ("2026-01-01", "Enter a day that is not over."),
        ("2027-03-08", "Enter a day after the present last day."),
    ):
        assert Page(page.submit(staff, ends_on=typed)).texts(".error-summary a") == [sentence]
    assert page.submit(staff, ends_on="2027-06-01", **REASONS).status_code == 303
    assert "extended until June 1, 2027. Done (en)" in fetch_address(client, "/en/").text(".notice").replace(
        "\xa0", " "
    )


def test_an_act_is_not_done_to_a_campaign_that_was_not_shown(staff: FlaskClient) -> None:
    a_campaign()
    a_campaign(slug="second", is_featured=False)
    page = fetch_address(staff, "/staff/campaign/close")
    switched = fetch_address(staff, "/staff/campaigns").submit(staff, "main form[action$=choose]")
    assert fetch_address(staff, switched.location).text("#shown").startswith("Quilt (en)")
    answer = page.submit(staff, **REASONS)
    assert "You switched to another campaign" in fetch_address(staff, answer.location).text(".notice")


def test_the_acts_need_the_role_and_a_fresh_password(app: Flask, clock: SettableClock, campaign: Campaign) -> None:
    stale = sign_in_as(app, clock, role="campaign", is_fresh=False).client
    assert "/staff/verify" in stale.get("/staff/campaign/close").location
    finance = sign_in_as(app, clock, role="finance").client
    assert finance.get("/staff/campaign/close").status_code == 403
    assert not fetch_address(finance, "/staff/campaigns").soup.select(".card .button")


def test_staff_of_one_campaign_do_not_take_another_one_off_the_start_page(
    app: Flask, clock: SettableClock, campaign: Campaign
) -> None:
    second = a_campaign(slug="second", is_featured=False)
    of_one = sign_in_as(app, clock, role="campaign", campaign=second).client
    assert of_one.get("/staff/campaign/feature").status_code == 403
    data = {"csrf_token": token_of(of_one), "campaign": "second"}
    assert of_one.post("/staff/campaign/feature", data=data).status_code == 403
    assert "/staff/campaign/feature" not in of_one.get("/staff/campaigns").text
