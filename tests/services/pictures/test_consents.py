"""Consents: nobody is shown without one, and a picture leaves every place the moment one ends or is withdrawn."""

from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.days import local_day
from campaign.domain.consent import ConsentEndsBeforeItBegins, ConsentGivenLater, ConsentState, ConsentWithdrawn
from campaign.domain.errors import NotFound
from campaign.domain.form_version import version_of
from campaign.domain.identity import new_public_id
from campaign.domain.picture import PictureGap, PictureNotReady
from campaign.models.campaign import Campaign
from campaign.models.picture import Consent
from campaign.models.staff import AuditEvent
from campaign.services.pictures.consents import (
    ConsentFacts,
    ConsentOrder,
    ending_soon,
    one_consent,
    save_consent,
    withdraw_consent,
)
from campaign.services.pictures.listing import one_picture
from campaign.services.pictures.places import Placing, show_in_place
from tests.support.builders import a_campaign
from tests.support.fakes import SettableClock
from tests.support.pictures import a_picture


def a_consent(
    campaign: Campaign,
    actor_id: int,
    clock: SettableClock,
    *,
    public_id: str = "",
    is_new: bool = True,
    given_on: date | None = None,
    valid_until: date | None = None,
    version: str = "",
) -> str:
    facts = ConsentFacts(
        person="Bermet Asanova",
        purpose="Photos of the workshop",
        form="paper",
        language="ky",
        stored_at="Folder 3",
        given_on=given_on or local_day(clock.now()),
        valid_until=valid_until,
    )
    order = ConsentOrder(
        version=version,
        campaign_id=campaign.id,
        public_id=public_id or new_public_id(),
        is_new=is_new,
        facts=facts,
        actor_id=actor_id,
    )
    save_consent(order, clock=clock)
    return order.public_id


def key_of(session: Session, public_id: str) -> int:
    return session.execute(select(Consent.id).where(Consent.public_id == public_id)).scalar_one()


def everywhere(client: FlaskClient, picture: str) -> dict[str, int]:
    """Where a picture is still named or sent."""
    pages = ("/en/", "/ky/", "/api/v1/campaigns/quilt")
    answers = {page: client.get(page).text.count(picture) for page in pages}
    return {**answers, "file": client.get(f"/pictures/{picture}/480.avif").status_code}


def test_a_withdrawn_consent_takes_its_pictures_off_every_page_and_says_where_they_were(
    campaign: Campaign, actor_id: int, clock: SettableClock, client: FlaskClient, session: Session
) -> None:
    consent = a_consent(campaign, actor_id, clock)
    picture = a_picture(campaign, place="hero", shows_people=True, consents=(key_of(session, consent),))
    before = everywhere(client, picture)
    assert before["file"] == 200
    assert min(before.values()) > 0
    assert "private" in client.get(f"/pictures/{picture}/480.avif").headers["Cache-Control"]
    withdraw_consent(campaign.id, consent, actor_id=actor_id, clock=clock)
    withdraw_consent(campaign.id, consent, actor_id=actor_id, clock=clock)
    assert everywhere(client, picture) == {**dict.fromkeys(before, 0), "file": 410}
    view = one_consent(campaign.id, consent, day=local_day(clock.now()))
    assert (view.state, view.withdrawal_places) == (ConsentState.WITHDRAWN, {picture: ["hero"]})
    with pytest.raises(ConsentWithdrawn):
        a_consent(campaign, actor_id, clock, public_id=consent, valid_until=date(2030, 1, 1))
    placing = Placing(campaign_id=campaign.id, public_id=picture, place="hero", actor_id=actor_id)
    with pytest.raises(PictureNotReady) as refused:
        show_in_place(placing, clock=clock)
    assert refused.value.gaps == (PictureGap.CONSENT_ENDED,)
    session.rollback()
    trail = session.execute(select(AuditEvent.action, AuditEvent.detail).order_by(AuditEvent.id)).all()
    assert [action for action, _detail in trail] == ["consent:record", "consent:withdraw"]
    assert "Bermet" not in str(trail)


@pytest.mark.database("sqlite")
def test_a_consent_ends_with_its_last_day_without_anybody_doing_anything(
    campaign: Campaign, actor_id: int, clock: SettableClock, client: FlaskClient, session: Session
) -> None:
    today = local_day(clock.now())
    consent = a_consent(campaign, actor_id, clock, valid_until=today)
    picture = a_picture(campaign, place="hero", shows_people=True, consents=(key_of(session, consent),))
    assert everywhere(client, picture)["file"] == 200
    clock.advance(days=1)
    assert everywhere(client, picture) == {"/en/": 0, "/ky/": 0, "/api/v1/campaigns/quilt": 0, "file": 410}
    ended = one_consent(campaign.id, consent, day=local_day(clock.now()))
    assert (ended.state, ended.withdrawal_places) == (ConsentState.ENDED, {picture: ["hero"]})
    version = version_of(ended.facts)
    later = today + timedelta(days=9)
    a_consent(campaign, actor_id, clock, public_id=consent, valid_until=later, given_on=today, version=version)
    assert everywhere(client, picture)["file"] == 200


@pytest.mark.database("sqlite")
def test_consents_of_people_on_pictures_are_named_before_they_end(
    campaign: Campaign, actor_id: int, clock: SettableClock, session: Session
) -> None:
    today = local_day(clock.now())
    given_on, days = today - timedelta(days=90), (None, -1, 0, 30, 31)
    ends = [None if ahead is None else today + timedelta(days=ahead) for ahead in days]
    named = [a_consent(campaign, actor_id, clock, given_on=given_on, valid_until=end) for end in ends]
    keys = tuple(key_of(session, name) for name in named)
    assert ending_soon(campaign.id, day=today) == []  # they cover nothing yet
    a_picture(campaign, shows_people=True, consents=keys)
    assert [view.public_id for view in ending_soon(campaign.id, day=today)] == named[2:4]
    withdraw_consent(campaign.id, named[2], actor_id=actor_id, clock=clock)
    assert [view.public_id for view in ending_soon(campaign.id, day=today)] == named[3:4]


@pytest.mark.database("sqlite")
def test_people_are_not_shown_without_a_consent_and_its_days_must_be_possible(
    campaign: Campaign, actor_id: int, clock: SettableClock, client: FlaskClient
) -> None:
    picture = a_picture(campaign, place="hero", shows_people=True)
    assert everywhere(client, picture)["file"] == 404
    today = local_day(clock.now())
    assert one_picture(campaign.id, picture, day=today).gaps == (PictureGap.CONSENT,)
    with pytest.raises(ConsentGivenLater):
        a_consent(campaign, actor_id, clock, given_on=today + timedelta(days=1))
    with pytest.raises(ConsentEndsBeforeItBegins):
        a_consent(campaign, actor_id, clock, valid_until=today - timedelta(days=1))
    theirs = a_consent(a_campaign(slug="other", is_featured=False), actor_id, clock)
    with pytest.raises(NotFound):
        withdraw_consent(campaign.id, theirs, actor_id=actor_id, clock=clock)
    with pytest.raises(NotFound):
        a_consent(campaign, actor_id, clock, is_new=False)


def test_a_consent_of_another_campaign_is_not_recorded_again(
    campaign: Campaign, actor_id: int, clock: SettableClock
) -> None:
    theirs = a_consent(a_campaign(slug="other", is_featured=False), actor_id, clock)
    with pytest.raises(NotFound):
        a_consent(campaign, actor_id, clock, public_id=theirs)
