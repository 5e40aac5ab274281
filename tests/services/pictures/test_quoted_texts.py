"""A text that quotes somebody is read by nobody from the moment when their consent is withdrawn or has ended."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from campaign.database import transaction
from campaign.days import local_day
from campaign.domain.consent import ConsentWithdrawn
from campaign.domain.errors import NotFound
from campaign.domain.fund import EventStatus
from campaign.jobs import work_off_everything
from campaign.models.campaign import Campaign, Section
from campaign.models.fund import Event
from campaign.services.campaigns.revision import count_public_change
from campaign.services.news import mailing
from campaign.services.pictures.consents import TEXTS, ending_soon, one_consent, withdraw_consent
from campaign.services.pictures.quoted_pieces import PieceOrder, link_piece, list_pieces, pieces_of, unlink_piece
from tests.services.pictures.test_consents import a_consent
from tests.support.builders import a_campaign
from tests.support.events import an_event
from tests.support.fakes import RecordingMailer, SettableClock
from tests.support.news import a_published_update, a_reader, update_text

pytestmark = pytest.mark.database("sqlite")
QUOTE = "I sold my first felt bag"
PAGES = ("/en/", "/api/v1/campaigns/quilt")
NEWS = ("/en/feed.xml",)


@pytest.fixture
def story(campaign: Campaign) -> str:
    """A section of the story that quotes somebody; its name as a piece."""
    texts = {"heading": {"en": "Bermet"}, "body": {"en": f"“{QUOTE}”, says Bermet."}, "facts": {}}
    with transaction() as session:
        session.add(Section(campaign_id=campaign.id, place="story", slug="bermet", position=1, **texts))
        count_public_change(session, campaign.id)
    return "story:bermet"


@pytest.fixture
def news(campaign: Campaign, actor_id: int, clock: SettableClock) -> str:
    """An update that quotes somebody; its public id."""
    return a_published_update(campaign, clock=clock, actor_id=actor_id, text=update_text(body=QUOTE))


def shown(client: FlaskClient, *pages: str) -> set[str]:
    return {page for page in pages if QUOTE in client.get(page).text}


def link(campaign: Campaign, actor_id: int, clock: SettableClock, consent: str, *pieces: str) -> None:
    for piece in pieces:
        order = PieceOrder(campaign_id=campaign.id, consent=consent, piece=piece, actor_id=actor_id)
        link_piece(order, clock=clock)
        link_piece(order, clock=clock)  # pressed twice


def test_a_withdrawn_consent_hides_the_texts_everywhere_and_its_page_says_where_they_were(
    campaign: Campaign, actor_id: int, clock: SettableClock, client: FlaskClient, story: str, news: str
) -> None:
    consent, piece = a_consent(campaign, actor_id, clock), f"update:{news}"
    assert {story, piece} <= {each.name for each in list_pieces(campaign.id)}
    link(campaign, actor_id, clock, consent, story, piece)
    address = f"/en/updates/{news}"
    assert "/en/" in shown(client, *PAGES)
    assert shown(client, *NEWS, address) >= {"/en/feed.xml", address}
    withdraw_consent(campaign.id, consent, actor_id=actor_id, clock=clock)
    assert shown(client, *PAGES, *NEWS, address) == set()
    assert client.get(address).status_code == 410
    view = one_consent(campaign.id, consent, day=local_day(clock.now()))
    assert (view.texts, view.withdrawal_places) == (2, {TEXTS: sorted([story, piece])})
    order = PieceOrder(campaign_id=campaign.id, consent=consent, piece=story, actor_id=actor_id)
    with pytest.raises(ConsentWithdrawn):
        link_piece(order, clock=clock)
    unlink_piece(order, clock=clock)  # it quotes nobody any more
    assert "/en/" in shown(client, *PAGES)
    assert pieces_of(campaign.id, consent) == [piece]


def test_a_text_leaves_the_pages_on_the_day_after_the_last_one(
    campaign: Campaign, actor_id: int, clock: SettableClock, client: FlaskClient, story: str
) -> None:
    today = local_day(clock.now())
    consent = a_consent(campaign, actor_id, clock, valid_until=today + timedelta(days=1))
    link(campaign, actor_id, clock, consent, story)
    assert [(view.public_id, view.texts) for view in ending_soon(campaign.id, day=today)] == [(consent, 1)]
    clock.advance(days=1)
    assert "/en/" in shown(client, *PAGES)
    clock.advance(days=1)
    assert shown(client, *PAGES) == set()


def test_a_report_loses_its_words_and_keeps_its_figures(
    campaign: Campaign, actor_id: int, clock: SettableClock, client: FlaskClient
) -> None:
    event = an_event(campaign)
    with transaction() as session:
        row = session.get_one(Event, event.id)
        row.status, row.reported_on = EventStatus.REPORTED, local_day(clock.now())
        row.report = {"done": {"en": QUOTE}, "lesson": {}, "came": 4711, "women": None, "first_time": None}
        count_public_change(session, campaign.id)
    consent, address = a_consent(campaign, actor_id, clock), f"/en/events/{event.public_id}"
    link(campaign, actor_id, clock, consent, f"event:{event.public_id}")
    assert shown(client, address) == {address}
    withdraw_consent(campaign.id, consent, actor_id=actor_id, clock=clock)
    assert shown(client, address) == set()
    assert "4,711" in client.get(address).text


def test_emails_that_wait_do_not_leave_any_more(
    campaign: Campaign, actor_id: int, clock: SettableClock, mailer: RecordingMailer, news: str
) -> None:
    consent = a_consent(campaign, actor_id, clock)
    a_reader(campaign, clock)
    link(campaign, actor_id, clock, consent, f"update:{news}")
    mailing.start_mailing(campaign.id, news, actor_id=actor_id, clock=clock)
    mailing.SENDINGS.queue_next_batch(clock=clock)
    withdraw_consent(campaign.id, consent, actor_id=actor_id, clock=clock)
    work_off_everything()
    work_off_everything()
    assert mailer.sent == []


def test_only_what_the_campaign_has_can_be_linked(
    campaign: Campaign, actor_id: int, clock: SettableClock, story: str
) -> None:
    consent, other = a_consent(campaign, actor_id, clock), a_campaign(slug="other", series="OTH")
    for campaign_id, piece in ((campaign.id, "story:nobody"), (campaign.id, "mail:receipt"), (other.id, story)):
        with pytest.raises(NotFound):
            link_piece(
                PieceOrder(campaign_id=campaign_id, consent=consent, piece=piece, actor_id=actor_id), clock=clock
            )
