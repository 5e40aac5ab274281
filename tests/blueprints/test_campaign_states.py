"""What the public sees of a campaign in each of its states."""

from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign.database import transaction
from campaign.domain.campaign_state import CampaignStage
from campaign.domain.errors import NotFound
from campaign.services.campaigns.form_options import giving_options
from campaign.services.gifts.checkout_terms import CampaignEnded, terms_of
from tests.support.builders import a_campaign, a_paid_gift, usd
from tests.support.pages import fetch, fetch_address

pytestmark = pytest.mark.database("sqlite")

TODAY = date(2026, 12, 1)
OVER: dict[str, Any] = {"starts_on": date(2026, 6, 1), "ends_on": date(2026, 11, 30)}
AHEAD: dict[str, Any] = {"starts_on": date(2027, 1, 1)}
PATHS = (
    *("/en/c/new/", "/en/transparency?campaign=new", "/en/events/?campaign=new", "/en/feed.xml?campaign=new"),
    *("/en/donate?campaign=new", "/quilt/new.svg", "/og/en/new.png", "/api/v1/campaigns/new"),
    "/api/v1/campaigns/new/progress",
)


def hero_of(client: FlaskClient, lang: str = "en") -> str:
    return fetch(client, "public.home", lang=lang).text(".hero").replace("\xa0", " ")


def test_a_draft_is_seen_by_nobody_and_takes_nothing(app: Flask, client: FlaskClient) -> None:
    a_campaign()
    assert client.get(PATHS[-1].replace("new", "quilt")).status_code == 200
    a_campaign(slug="new", is_featured=False, stage=CampaignStage.DRAFT)
    assert [path for path in PATHS if client.get(path).status_code != 404] == []
    assert client.post("/en/donate?campaign=new").status_code == 404
    assert "c/new/" not in client.get("/sitemap.xml").text
    with pytest.raises(NotFound):
        giving_options("new")
    with transaction() as session, pytest.raises(NotFound):
        terms_of(session, campaign_slug="new", fund_code=None, currency="USD", day=TODAY)


@pytest.mark.database("sqlite")
def test_a_draft_is_not_the_start_page_even_when_it_is_featured(client: FlaskClient) -> None:
    a_campaign(slug="new", stage=CampaignStage.DRAFT)
    assert client.get("/en/").status_code == 503
    assert client.get("/en/donate").status_code == 503
    a_campaign(slug="quilt", is_featured=False)
    assert fetch(client, "public.home", lang="en").one("html")["data-campaign"] == "quilt"
    assert giving_options().slug == "quilt"


@pytest.mark.parametrize(
    "facts", [AHEAD, OVER, {"stage": CampaignStage.CLOSED}, {"stage": CampaignStage.ARCHIVED}], ids=str
)
def test_only_an_open_campaign_takes_gifts(app: Flask, facts: dict[str, Any]) -> None:
    a_campaign(**facts)
    assert not giving_options().is_open_on(TODAY)
    with transaction() as session, pytest.raises(CampaignEnded):
        terms_of(session, campaign_slug="quilt", fund_code=None, currency="USD", day=TODAY)


@pytest.mark.database("sqlite")
@pytest.mark.parametrize(
    ("facts", "notice", "standing"),
    [
        (AHEAD, "This campaign starts on January 1, 2027. You can give from that day.", "Starts on January 1, 2027"),
        (OVER, "This campaign ended on November 30, 2026. Thank you", "No gifts came in The goal was $100,000."),
        (
            {"stage": CampaignStage.CLOSED, "closed_on": TODAY, "state_note": {"en": "The school was built."}},
            "This campaign was closed on December 1, 2026, before its planned end. The school was built.",
            "Ended on December 1, 2026",
        ),
        (
            {**OVER, "stage": CampaignStage.ARCHIVED},
            "This campaign ended on November 30, 2026 and is archived. Its pages and figures stay here to be read.",
            "Ended on November 30, 2026",
        ),
        (
            {"state_note": {"en": "The roof costs more."}},
            "This campaign was extended until March 8, 2027. The roof costs more.",
            "98 days left",
        ),
    ],
    ids=["scheduled", "ended", "closed early", "archived", "extended"],
)
def test_the_page_says_which_state_it_is_in(
    client: FlaskClient, facts: dict[str, Any], notice: str, standing: str
) -> None:
    a_campaign(**facts)
    page = fetch(client, "public.home", lang="en")
    assert page.text(".hero .notice").replace("\xa0", " ").startswith(notice)
    assert standing in page.text(".hero-progress").replace("\xa0", " ")
    is_open = "state_note" in facts and "stage" not in facts
    call = "Email me the updates" if facts is AHEAD else "Donate" if is_open else "See where the money goes"
    assert page.texts(".hero-progress a.button") == [call]
    assert bool(page.soup.select("a[href^='/en/donate']")) is is_open
    form = fetch(client, "donations.donate", lang="en")
    assert bool(form.soup.select("form#gift")) is is_open
    assert is_open or form.text(".notice").replace("\xa0", " ").startswith(notice)
    state = client.get("/api/v1/campaigns/quilt").json
    assert state is not None
    assert (state["state"] == "open") is is_open


@pytest.mark.database("sqlite")
@pytest.mark.parametrize(
    ("minor", "words"),
    [
        (3_000_00, "$3,000 raised of the goal of $100,000 (3%)"),
        (30_000_00, "$30,000 raised of the goal of $100,000 (30%)"),
        (97_000_00, "$97,000 raised of the goal of $100,000 (97%) Only $3,000 is missing."),
        (100_000_00, "(100%) The goal is reached. Every further gift goes to the same purposes."),
        (140_000_00, "$140,000 raised of the goal of $100,000 (140%) The goal is reached."),
    ],
)
def test_the_progress_is_said_in_words_at_every_height(client: FlaskClient, minor: int, words: str) -> None:
    a_paid_gift(campaign=a_campaign(), gift=usd(minor))
    assert words in hero_of(client)


@pytest.mark.database("sqlite")
def test_a_campaign_that_ended_past_its_goal_thanks(client: FlaskClient) -> None:
    a_paid_gift(campaign=a_campaign(**OVER), gift=usd(140_000_00))
    assert "(140%) The goal was reached. Thank you! 1 gift Ended on November 30, 2026" in hero_of(client)
    over = fetch(client, "public.home", lang="en").one(".hero-progress .bar .over")
    assert (over["x"], over["width"]) == ("714", "286")


@pytest.mark.database("sqlite")
@pytest.mark.parametrize("lang", ["ru", "ky"])
def test_the_states_are_said_in_every_language(client: FlaskClient, lang: str) -> None:
    a_campaign(stage=CampaignStage.CLOSED, closed_on=TODAY, state_note={"en": "Enough."})
    notice = fetch_address(client, f"/{lang}/").text(".hero .notice")
    assert "This campaign" not in notice
    assert "Enough." in notice
