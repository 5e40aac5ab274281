"""A campaign that is not the featured one: every link of its pages leads to itself, and shared links say whose it is."""

import html
import io
import re
from datetime import date
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from campaign.blueprints.public.frame import teaser
from campaign.database import transaction
from campaign.models.campaign import Campaign
from campaign.services.campaigns import share_image
from campaign.services.campaigns.share_image import ShareImage, render_png
from campaign.services.demo.content import load_plan
from campaign.services.demo.loader import load_campaign
from tests.support.builders import a_campaign
from tests.support.fakes import SettableClock
from tests.support.pages import Page, fetch_address

pytestmark = pytest.mark.database("sqlite")  # addresses, not the database, are what is tested
NOT_OF_A_CAMPAIGN = ("/static/", "/quilt/", "/og/", "/sandbox/", "/p/")
OF_OTHER_LANGUAGES = ("/ru/", "/ky/")


@pytest.fixture
def second(client: FlaskClient, session: Session, clock: SettableClock) -> str:
    """The demo campaign, with its events, grants and updates, beside another one that is featured; its slug."""
    load_campaign(load_plan(), clock=clock)
    slug: str = session.execute(select(Campaign.slug)).scalar_one()
    with transaction() as writing:
        writing.execute(update(Campaign).values(is_featured=False))
    a_campaign(slug="featured")
    return slug


def links_of(page: Page) -> set[str]:
    """Every address of ours that the page leads to."""
    addresses = {str(tag["href"]) for tag in page.soup.select("a[href], link[href]")}
    for form in page.soup.select("form[action]"):  # a form that asks by GET carries its campaign in a field
        field = form.select_one("input[name=campaign]")
        addresses.add(f"{form['action']}?campaign={field['value']}" if field else str(form["action"]))
    own = {address.removeprefix("http://localhost:8000").removeprefix("http://localhost") for address in addresses}
    return {address.partition("#")[0] for address in own if address.startswith("/")}


def test_every_page_that_a_second_campaign_leads_to_is_its_own(client: FlaskClient, second: str) -> None:
    start = f"/en/c/{second}/"
    visited, waiting = {start}, [start]
    while waiting:
        address = waiting.pop()
        answer = client.get(address)
        assert answer.status_code == 200, address
        if answer.mimetype != "text/html":
            continue
        page = Page(answer)
        assert page.one("html")["data-campaign"] == second, address
        new = {link for link in links_of(page) if not link.startswith((*NOT_OF_A_CAMPAIGN, *OF_OTHER_LANGUAGES))}
        waiting += sorted(new - visited)
        visited |= new
        assert [link for link in new if second not in link and not link.startswith("/api/")] == [], address
    paths = {urlsplit(address).path for address in visited}
    assert {
        "/en/transparency",
        "/en/donate",
        "/en/events/",
        "/en/about",
        "/en/feed.xml",
        "/en/transparency.csv",
    } <= paths
    assert len(visited) > 25


def test_the_map_of_the_site_and_the_feed_name_pages_that_are_there(client: FlaskClient, second: str) -> None:
    addresses = re.findall(r"<loc>http://localhost(?::8000)?([^<]+)</loc>", client.get("/sitemap.xml").text)
    assert len(addresses) == len(set(addresses))
    english = [html.unescape(address) for address in addresses if address.startswith("/en/")]
    for path in (r"events/\w+", r"grants/\w+", r"updates/\w+", "other-ways", "supporters/", "privacy"):
        assert any(re.fullmatch(rf"/en/{path}\?campaign={second}", address) for address in english), path
    feed = client.get(f"/en/feed.xml?campaign={second}").text
    english += [html.unescape(address) for address in re.findall(r'href="http://localhost(?::8000)?([^"]+)"', feed)]
    assert "Demo data" in feed
    assert {address: client.get(address).status_code for address in english} == dict.fromkeys(english, 200)


def test_the_language_list_keeps_the_campaign(client: FlaskClient, second: str) -> None:
    page = fetch_address(client, f"/en/transparency?campaign={second}")
    assert str(page.one("a[lang=ru]")["href"]) == f"/ru/transparency?campaign={second}"


def test_shared_links_have_a_picture_a_description_and_a_full_locale(client: FlaskClient, second: str) -> None:
    for path in (f"/ky/c/{second}/", f"/ky/events/?campaign={second}", f"/ky/about?campaign={second}"):
        page = fetch_address(client, path)
        said = {str(tag["property"]): str(tag["content"]) for tag in page.soup.select("meta[property^='og:']")}
        assert said["og:locale"] == "ky_KG"
        assert said["og:image"].endswith(f"/og/ky/{second}.png")
        assert said["og:url"] == str(page.one("link[rel=canonical]")["href"])
        assert "Демо" in said["og:site_name"]
        assert page.one("meta[name=description]")["content"] == said["og:description"] != ""


@pytest.mark.parametrize("lang", ["en", "ru", "ky"])
def test_the_picture_is_one_of_1200_by_630(client: FlaskClient, second: str, lang: str) -> None:
    answer = client.get(f"/og/{lang}/{second}.png")
    assert (answer.status_code, answer.mimetype) == (200, "image/png")
    assert Image.open(io.BytesIO(answer.data)).size == (1200, 630)


def test_the_picture_is_drawn_once(client: FlaskClient, second: str, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str | None] = []

    def counted(content: ShareImage) -> bytes:
        drawn.append(content.demo_label)
        assert "Kurak" not in f"{content.name} {content.title} {content.progress}"
        return render_png(content)

    monkeypatch.setattr(share_image, "render_png", counted)
    pictures = [client.get(f"/og/en/{second}.png").data for _ in range(2)]
    assert pictures[0] == pictures[1]
    assert drawn == ["Demo data"]


def test_the_canonical_address_leaves_out_what_was_filled_in(client: FlaskClient) -> None:
    a_campaign()
    page = fetch_address(client, "/en/donate?amount=25&currency=EUR")
    assert str(page.one("link[rel=canonical]")["href"]).endswith("/en/donate")


def test_a_page_with_a_private_address_is_not_repeated_for_sharing(client: FlaskClient) -> None:
    a_campaign()
    page = fetch_address(client, "/en/thanks?s=cs_test_unknown")
    assert not page.soup.select("link[rel=canonical], meta[property^='og:']")


@pytest.mark.parametrize(("begins", "ends"), [("2026-12-10", "2027-03-08"), ("2026-10-01", "2026-11-20")])
def test_nobody_is_offered_to_give_where_nobody_can(
    client: FlaskClient, clock: SettableClock, begins: str, ends: str
) -> None:
    a_campaign(starts_on=date.fromisoformat(begins), ends_on=date.fromisoformat(ends))
    for path in ("/en/", "/en/transparency", "/en/events/", "/en/no-such-page"):
        page = Page(client.get(path))
        assert "Donate" not in page.text(), path


def test_a_teaser_ends_at_a_word_without_stray_punctuation() -> None:
    assert teaser("One two, three four", 12) == "One two…"
    assert teaser("One — two three", 7) == "One…"
    assert teaser("Short.", 12) == "Short."
