"""Pictures on public pages: in sizes and formats to choose from, without moving the page, and in the feed, the API and shares."""

import io
import xml.etree.ElementTree as ET

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from campaign.database import transaction
from campaign.models.campaign import Campaign, Section
from campaign.models.picture import PictureFile
from campaign.services.news.publishing import withdraw
from tests.support.builders import a_campaign, a_fund, a_member_of_staff, translations
from tests.support.fakes import SettableClock
from tests.support.news import a_published_update, act_on
from tests.support.pages import Page, fetch_address
from tests.support.pictures import a_picture, file_of

pytestmark = pytest.mark.database("sqlite")


@pytest.fixture
def campaign(app: Flask) -> Campaign:
    return a_campaign()


def shown_on(page: Page) -> list[str]:
    return [str(tag["alt"]) for tag in page.soup.select("main picture img")]


def test_the_campaign_page_shows_its_picture_and_those_of_its_story(client: FlaskClient, campaign: Campaign) -> None:
    assert fetch_address(client, "/en/").soup.select(".hero .quilt")
    with transaction() as session:
        texts = {"heading": translations("Why"), "body": translations("Because")}
        session.add(Section(campaign_id=campaign.id, place="story", slug="why", position=1, facts={}, **texts))
    public_id = a_picture(campaign, place="hero", focal_x=85, focal_y=15, credit="Photo: Aida")
    a_picture(campaign, place="section:why", is_decorative=True, width=400)
    page = fetch_address(client, "/ky/")
    hero, story = page.soup.select("main picture img")
    assert (hero["alt"], hero["lang"]) == ("Women at a loom", "en")  # the page says in which language it is
    assert (hero["width"], hero["height"], hero.get("loading")) == ("1600", "1200", None)
    assert hero["class"] == ["focal-85-15"]
    sources = page.soup.select(".hero source")
    assert [source["type"] for source in sources] == ["image/avif", "image/webp"]
    widths = [part.split()[-1] for part in str(sources[0]["srcset"]).split(", ")]
    assert widths == ["480w", "960w", "1600w"]
    for address in str(sources[0]["srcset"]).split(", "):
        assert client.get(address.split()[0]).status_code == 200
    assert (story["alt"], story["loading"], story["width"]) == ("", "lazy", "400")
    assert "Photo: Aida" in page.text(".hero figcaption")
    assert page.soup.select(".hero .quilt") == []
    facts = client.get("/api/v1/campaigns/quilt").json
    assert facts
    assert facts["picture"]["files"][0]["path"].startswith(f"/pictures/{public_id}/480.avif")


def test_an_update_an_event_and_the_feed_show_theirs(
    client: FlaskClient, campaign: Campaign, clock: SettableClock
) -> None:
    update = a_published_update(campaign, clock=clock, actor_id=a_member_of_staff(role="campaign").id)
    event, grant = a_fund(campaign=campaign, code="E", kind="event"), a_fund(campaign=campaign, code="G", kind="grant")
    for place in (f"update:{update}", f"event:{event.public_id}", f"grant:{grant.public_id}"):
        a_picture(campaign, place=place, alt={"en": place})
    assert shown_on(fetch_address(client, f"/en/updates/{update}")) == [f"update:{update}"]
    assert shown_on(fetch_address(client, f"/en/events/{event.public_id}")) == [f"event:{event.public_id}"]
    assert shown_on(fetch_address(client, f"/en/grants/{grant.public_id}")) == [f"grant:{grant.public_id}"]
    feed = ET.fromstring(client.get("/en/feed.xml").text)  # noqa: S314  # our own
    content = feed.findtext(".//{http://www.w3.org/2005/Atom}content")
    assert content
    assert f'alt="update:{update}"' in content
    news = client.get("/api/v1/campaigns/quilt/updates").json
    assert news
    picture = news["updates"][0]["picture"]
    assert picture["alt"] == {"en": f"update:{update}"}
    address = picture["files"][0]["path"]
    assert client.get(address).status_code == 200
    withdraw(act_on(campaign, update, actor_id=1), reason="x", clock=clock)
    assert client.get(address).status_code == 404


def test_the_share_picture_shows_the_campaigns_own(client: FlaskClient, campaign: Campaign) -> None:
    a_picture(campaign, place="hero", width=960)
    with transaction() as session:
        for file in session.query(PictureFile):
            file.body = file_of(size=(480, 360))
    drawn = Image.open(io.BytesIO(client.get("/og/en/quilt.png").data)).convert("RGB")
    colour = drawn.getpixel((1150, 600))
    assert isinstance(colour, tuple)
    assert max(abs(a - b) for a, b in zip(colour, (200, 150, 90), strict=True)) < 8
