"""Public pages: each complete in three languages, with the figures of the books."""

import csv
import io
import json
import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.database import transaction
from campaign.models.campaign import Campaign, Update
from campaign.models.fund import Fund
from campaign.services.campaigns.revision import count_public_change
from campaign.services.demo.content import load_plan
from campaign.services.demo.loader import load_campaign
from tests.support.builders import NOW, a_campaign, a_fund, a_paid_gift, add_other_way, usd
from tests.support.fakes import SettableClock
from tests.support.pages import Page, fetch, fetch_address

pytestmark = pytest.mark.database("sqlite")  # services are tested on both

LANGUAGES = ("en", "ru", "ky")
PAGES: tuple[str | tuple[str, str], ...] = (
    *("home", "transparency", "events", "grants", "updates", "supporters", "other_ways"),
    *(("standing", name) for name in ("about", "privacy", "accessibility")),
)


@pytest.fixture
def demo(client: FlaskClient, session: Session, clock: SettableClock) -> Campaign:
    load_campaign(load_plan(), clock=clock)
    return session.execute(select(Campaign)).scalar_one()


def page_of(client: FlaskClient, name: str | tuple[str, str], lang: str) -> Page:
    if isinstance(name, tuple):
        return fetch(client, f"public.{name[0]}", lang=lang, name=name[1])
    return fetch(client, f"public.{name}", lang=lang)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_page_is_complete_in_every_language(client: FlaskClient, demo: Campaign, lang: str) -> None:
    for name in PAGES:
        page = page_of(client, name, lang)
        assert page.one("html")["lang"] == lang
        assert page.one("html")["data-campaign"] == demo.slug
        assert "Set-Cookie" not in page.answer.headers


def test_the_campaign_page_opens_with_its_title_and_leads_to_giving(client: FlaskClient, demo: Campaign) -> None:
    page = fetch(client, "public.home", lang="en")
    assert page.h1 == demo.title["en"]
    amounts = [str(link["href"]) for link in page.soup.select(".amounts a")]
    assert amounts[0] == "/en/donate?amount=10&currency=USD"
    assert amounts[-1] == "/en/donate"


def test_an_early_campaign_shows_the_way_to_its_next_milestone(client: FlaskClient, demo: Campaign) -> None:
    a_paid_gift(campaign=demo, gift=usd(25_00))
    text = fetch(client, "public.home", lang="en").text(".hero-progress")
    assert "$25 raised in 1 gift" in text
    assert "$4,975 to go until the next milestone: The first events take place" in text


def test_without_a_gift_the_first_patch_is_offered_and_no_bar_is_shown(client: FlaskClient, demo: Campaign) -> None:
    page = fetch(client, "public.home", lang="en")
    assert "The first patch is yours" in page.text(".hero-progress")
    assert not page.soup.select(".hero-progress .bar")


@pytest.mark.database("sqlite")
@pytest.mark.parametrize(
    ("lang", "said"), [("en", "less than 1% reached"), ("ru", "собрано менее 1 %"), ("ky", "1%дан аз чогулду")]
)
def test_a_small_beginning_is_not_called_nothing(client: FlaskClient, demo: Campaign, lang: str, said: str) -> None:
    a_paid_gift(campaign=demo, gift=usd(25_00))
    text = fetch(client, "public.home", lang=lang).text(".hero").replace("\xa0", " ")
    assert said in text
    assert "0%" not in text.replace("20%", "")


def test_past_the_goal_the_page_says_where_the_rest_goes(client: FlaskClient) -> None:
    campaign = a_campaign(goal_minor=20_00)
    a_paid_gift(campaign=campaign, gift=usd(25_00))
    text = fetch(client, "public.home", lang="en").text(".hero-progress")
    assert "(125%)" in text
    assert "The goal is reached" in text


def test_near_the_goal_the_page_says_what_is_missing(client: FlaskClient) -> None:
    a_paid_gift(campaign=a_campaign(goal_minor=27_00), gift=usd(25_00))
    assert "Only $2 is missing" in fetch(client, "public.home", lang="en").text(".hero-progress")


def test_an_ended_campaign_thanks_and_asks_for_nothing(client: FlaskClient, clock: SettableClock) -> None:
    campaign = a_campaign(ends_on=NOW.date())
    clock.advance(days=1)
    page = fetch(client, "public.campaign", lang="en", slug=campaign.slug)
    assert "Ended on December 1, 2026" in page.text(".hero-progress")
    assert not page.soup.select("main a[href*=donate]")


def test_a_second_campaign_has_a_page_of_its_own(client: FlaskClient) -> None:
    a_campaign()
    a_campaign(slug="other", is_featured=False, title={"en": "The other one"})
    page = fetch(client, "public.campaign", lang="en", slug="other")
    assert page.h1 == "The other one"
    assert "/en/donate?campaign=other" in {str(link["href"]) for link in page.soup.select("main a[href]")}


def test_a_missing_text_is_shown_in_another_language_and_says_so(client: FlaskClient) -> None:
    a_campaign(title={"en": "Only in English"})
    page = fetch(client, "public.home", lang="ky")
    assert page.one("h1 span")["lang"] == "en"
    assert "English" in page.text("h1 .fallback")


def test_a_gift_is_on_the_page_right_after_it_is_paid(client: FlaskClient, demo: Campaign) -> None:
    before = fetch(client, "public.home", lang="ru").answer.text
    a_paid_gift(campaign=demo, gift=usd(50_00))
    raise_revision(demo)
    assert fetch(client, "public.home", lang="ru").answer.text != before


def raise_revision(campaign: Campaign) -> None:
    with transaction() as session:
        count_public_change(session, campaign.id)


def test_an_unchanged_page_is_answered_with_304(client: FlaskClient, demo: Campaign) -> None:
    first = client.get("/en/")
    again = client.get("/en/", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    raise_revision(demo)
    a_paid_gift(campaign=demo)
    assert client.get("/en/", headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_pages_are_sent_compressed_to_clients_that_accept_it(client: FlaskClient, demo: Campaign) -> None:
    packed = client.get("/en/", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.data) < 20_000
    assert "Content-Encoding" not in client.get("/en/").headers


@pytest.mark.parametrize(
    ("preferred", "chosen", "target"),
    [
        ("ky-KG,ru;q=0.5", "", "/ky/"),
        ("uz,ru;q=0.9", "", "/ru/"),
        ("de", "", "/en/"),
        ("ru", "ky", "/ky/"),
        ("ru", "xx", "/ru/"),
    ],
)
def test_the_root_address_leads_to_the_readers_language(
    client: FlaskClient, preferred: str, chosen: str, target: str
) -> None:
    if chosen:
        client.set_cookie("lang", chosen)
    answer = client.get("/", headers={"Accept-Language": preferred})
    assert (answer.status_code, answer.headers["Location"]) == (302, target)
    assert {"Accept-Language", "Cookie"} <= set(answer.vary)


def test_the_language_list_leads_to_the_same_page(client: FlaskClient, demo: Campaign) -> None:
    page = fetch(client, "public.transparency", lang="en")
    assert [str(link["href"]) for link in page.soup.select(".languages a")] == [
        f"/{lang}/transparency" for lang in LANGUAGES
    ]


def test_supporters_show_only_who_chose_to_be_shown(client: FlaskClient) -> None:
    campaign = a_campaign()
    a_paid_gift(campaign=campaign, public_name="Aida", message="Ийгилик!", language="ky")
    a_paid_gift(campaign=campaign, public_name="Hidden name", is_anonymous=True)
    a_paid_gift(campaign=campaign, public_name="Moderated", wall="hidden")
    page = fetch(client, "public.supporters", lang="en")
    assert page.texts(".wall strong") == ["Aida"]
    assert page.one(".wall [lang=ky]").get_text() == "Ийгилик!"
    assert "And 2 gifts without a name." in page.text()


def test_the_supporters_are_paged(client: FlaskClient) -> None:
    campaign = a_campaign()
    for number in range(51):
        a_paid_gift(campaign=campaign, public_name=f"Donor {number}", at=NOW + timedelta(minutes=number))
    page = fetch(client, "public.supporters", lang="en")
    assert len(page.texts(".wall strong")) == 50
    older = fetch_address(client, "/en/supporters/" + page.link("Older"))
    assert older.texts(".wall strong") == ["Donor 0"]
    assert client.get("/en/supporters/?page=3").status_code == 404


def test_an_event_has_a_page_with_its_plan(client: FlaskClient, demo: Campaign, session: Session) -> None:
    event = session.execute(select(Fund).where(Fund.code == "EVENT-1")).scalar_one()
    page = fetch(client, "public.event", lang="en", public_id=event.public_id)
    assert page.h1 == event.title["en"]
    assert "$600" in page.text("tfoot")
    assert client.get("/en/events/nothing").status_code == 404
    assert client.get(f"/en/grants/{event.public_id}").status_code == 404


def test_an_update_has_a_page_and_is_in_the_feed(client: FlaskClient, demo: Campaign, session: Session) -> None:
    update = session.execute(select(Update).order_by(Update.id).limit(1)).scalar_one()
    assert fetch(client, "public.update", lang="ky", public_id=update.public_id).h1 == update.title["ky"]
    feed = client.get("/ky/feed.xml")
    assert feed.mimetype == "application/atom+xml"
    assert update.title["ky"] in feed.text


def test_sitemap_robots_and_feeds_are_served(client: FlaskClient, demo: Campaign) -> None:
    robots = client.get("/robots.txt").text
    assert re.search(r"^Sitemap: https?://[^/]+/sitemap\.xml$", robots, re.MULTILINE)
    assert "Disallow: /*/receipt/" in robots
    assert 'hreflang="ky"' in client.get("/sitemap.xml").text
    assert demo.contact_email in client.get("/.well-known/security.txt").text
    quilt = client.get(f"/quilt/{demo.slug}.svg")
    assert quilt.mimetype == "image/svg+xml"
    assert quilt.text.startswith("<svg")


def test_a_demonstration_says_so_and_a_real_campaign_does_not(client: FlaskClient) -> None:
    a_campaign(is_demo=True)
    a_campaign(slug="real", is_featured=False)
    assert fetch(client, "public.campaign", lang="en", slug="quilt").soup.select(".demo")
    assert not fetch(client, "public.campaign", lang="en", slug="real").soup.select(".demo")


def test_other_ways_to_give_are_offered_where_there_is_a_text_about_them(client: FlaskClient) -> None:
    campaign = a_campaign()
    places = ("/en/", "/en/donate", "/sitemap.xml")
    assert [path for path in places if "other-ways" in client.get(path).text] == []
    add_other_way(campaign)
    with transaction() as session:
        count_public_change(session, campaign.id)
    assert [path for path in places if "other-ways" in client.get(path).text] == list(places)


@pytest.mark.database("sqlite")
@pytest.mark.parametrize("is_demo", [True, False])
def test_machine_readable_pages_say_whether_it_is_a_demonstration(client: FlaskClient, is_demo: bool) -> None:
    """And of a real campaign nothing says it; no file names a founder that nobody knows."""
    a_campaign(is_demo=is_demo)
    page = client.get("/en/").text
    linked = json.loads(page.partition('<script type="application/ld+json">')[2].partition("</script>")[0])
    rows = list(csv.DictReader(io.StringIO(client.get("/en/transparency.csv").data.decode("utf-8-sig"))))
    marks = {
        "linked data": "(Demo data)" in linked["name"],
        "shared link": 'site_name" content="Quilt (en) (Demo data)"' in page,
        "feed": "(Demo data)" in client.get("/en/feed.xml").text,
        "file": {row["demo_data"] for row in rows} == {"yes"},
        **{
            path: client.get(f"/api/v1/campaigns/quilt{path}").get_json()["is_demo"]
            for path in ("", "/progress", "/allocations", "/updates")
        },
    }
    assert marks == dict.fromkeys(marks, is_demo)
    assert not {"foundingDate", "parentOrganization"} & set(linked)


@pytest.mark.database("sqlite")
@pytest.mark.parametrize(
    ("lang", "recorded", "by_hand"),
    [
        ("en", "no receipt from this site comes for them", "does it by hand"),
        ("ru", "квитанция за них с этого сайта не приходит", "сделает это вручную"),
        ("ky", "бул сайттан дүмүрчөк келбейт", "кол менен жасап"),
    ],
)
def test_features_that_do_not_exist_yet_are_not_promised(
    client: FlaskClient, demo: Campaign, lang: str, recorded: str, by_hand: str
) -> None:
    """Cash and transfers are not recorded, so they get no receipt; data is shown and removed by staff, not by a button."""
    assert recorded in fetch(client, "public.other_ways", lang=lang).text(".lede")
    assert by_hand in fetch(client, "public.standing", lang=lang, name="privacy").text("main")


def test_static_files_have_their_hash_and_may_be_cached(client: FlaskClient, demo: Campaign) -> None:
    address = str(fetch(client, "public.home", lang="en").one("link[rel=stylesheet]")["href"])
    assert "immutable" in client.get(address).headers["Cache-Control"]
    assert client.get(address.split("?", maxsplit=1)[0]).headers["Cache-Control"] == "public, no-cache"
    assert client.get("/static/../config.py").status_code == 404


def test_the_first_view_is_light(client: FlaskClient, demo: Campaign) -> None:
    packed = {"Accept-Encoding": "gzip"}
    page = client.get("/ky/", headers=packed)
    files = [client.get(f"/static/{name}", headers=packed) for name in ("css/site.css", "js/site.js")]
    assert sum(len(answer.data) for answer in (page, *files)) < 30_000


def test_money_a_donor_gave_for_a_theme_shows_under_it(client: FlaskClient) -> None:
    campaign = a_campaign()
    theme = a_fund(campaign=campaign, code="THEME-EVENTS", kind="theme")
    a_paid_gift(campaign=campaign, fund=theme, gift=usd(40_00), fee_minor=1_46)
    rows = fetch(client, "public.transparency", lang="en").texts("tbody tr")
    assert "THEME-EVENTS (en) $40 $1.46 $0 $38.54" in rows
