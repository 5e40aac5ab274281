"""Updates: nobody overwrites what they have not read, and a scheduled one is published once, late if it must."""

from datetime import timedelta
from threading import Thread

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.domain.errors import NotFound
from campaign.domain.identity import new_public_id
from campaign.domain.news import (
    PublicationInPast,
    UpdateChanged,
    UpdateEmpty,
    UpdateIncomplete,
    UpdateState,
    WrongUpdateState,
)
from campaign.extensions import db
from campaign.models.campaign import Campaign, CampaignRevision, Update
from campaign.models.staff import AuditEvent
from campaign.services.campaigns.cards import featured_campaign
from campaign.services.campaigns.page import public_campaign
from campaign.services.news import publishing
from campaign.services.news.updates import one_update
from campaign.services.news.writing import delete_draft
from tests.support.builders import a_campaign, translations
from tests.support.fakes import SettableClock
from tests.support.news import a_published_update, act_on, save, update_text


def acts(session: Session) -> list[str]:
    session.rollback()
    return list(session.execute(select(AuditEvent.action).order_by(AuditEvent.id)).scalars())


def revision(session: Session) -> int:
    session.rollback()
    return session.execute(select(CampaignRevision.revision)).scalar_one()


def test_whoever_has_not_read_the_newest_text_overwrites_nothing(
    campaign: Campaign, actor_id: int, clock: SettableClock
) -> None:
    first = update_text()
    public_id = save(campaign, first, clock=clock, actor_id=actor_id)
    save(campaign, first, clock=clock, actor_id=actor_id, public_id=public_id)  # pressed twice
    second = update_text(title="Second")
    save(campaign, second, clock=clock, actor_id=actor_id, public_id=public_id, revision=1)
    with pytest.raises(UpdateChanged):
        save(campaign, update_text(title="Third"), clock=clock, actor_id=actor_id, public_id=public_id, revision=1)
    assert one_update(campaign.id, public_id).text == second


def test_a_scheduled_update_is_published_once_and_late_after_downtime(
    campaign: Campaign, actor_id: int, clock: SettableClock, session: Session
) -> None:
    public_id = save(campaign, update_text(), clock=clock, actor_id=actor_id)
    moment = clock.now() + timedelta(hours=2)
    act = act_on(campaign, public_id, actor_id=actor_id)
    with pytest.raises(PublicationInPast):
        publishing.schedule(act, publish_at=clock.now(), clock=clock)
    publishing.schedule(act, publish_at=moment, clock=clock)
    assert not publishing.publish_next_due(clock=clock)
    before = revision(session)
    clock.advance(days=3)
    assert publishing.publish_next_due(clock=clock)
    assert not publishing.publish_next_due(clock=clock)
    view = one_update(campaign.id, public_id)
    assert (view.state, view.published_at, view.publish_at) == (UpdateState.PUBLISHED, clock.now(), None)
    assert revision(session) == before + 1
    assert acts(session) == ["update:create", "update:schedule", "update:publish"]
    with pytest.raises(WrongUpdateState):
        publishing.unschedule(act, clock=clock)


@pytest.mark.database("postgresql")
def test_two_workers_publish_a_due_update_once(
    app: Flask, campaign: Campaign, actor_id: int, clock: SettableClock, session: Session
) -> None:
    public_id = save(campaign, update_text(), clock=clock, actor_id=actor_id)
    due = clock.now() + timedelta(minutes=1)
    publishing.schedule(act_on(campaign, public_id, actor_id=actor_id), publish_at=due, clock=clock)
    clock.advance(minutes=2)

    def work() -> None:
        with app.app_context():
            publishing.publish_next_due(clock=clock)
            db.session.remove()

    workers = [Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert acts(session).count("update:publish") == 1


@pytest.mark.database("sqlite")
def test_only_a_whole_text_is_published(campaign: Campaign, actor_id: int, clock: SettableClock) -> None:
    half = save(campaign, update_text(body={"ru": "Текст"}), clock=clock, actor_id=actor_id)
    with pytest.raises(UpdateIncomplete) as refused:
        publishing.publish(act_on(campaign, half, actor_id=actor_id), clock=clock)
    assert refused.value.languages == ("en", "ky")
    nothing = save(campaign, update_text(title={}, body={}), clock=clock, actor_id=actor_id)
    with pytest.raises(UpdateEmpty):
        publishing.publish(act_on(campaign, nothing, actor_id=actor_id), clock=clock)
    assert one_update(campaign.id, half).state is UpdateState.DRAFT


def test_a_correction_says_so_and_a_withdrawn_update_is_gone(
    campaign: Campaign, actor_id: int, clock: SettableClock, session: Session
) -> None:
    public_id = a_published_update(campaign, clock=clock, actor_id=actor_id)
    published_at = clock.now()
    clock.advance(days=1)
    view = one_update(campaign.id, public_id)
    corrected = update_text(body="It was half full.")
    save(campaign, corrected, clock=clock, actor_id=actor_id, public_id=public_id, revision=view.revision)
    (news,) = public_campaign(featured_campaign(), at=clock.now()).news
    assert (news.body, news.published_at, news.corrected_at) == (corrected.body, published_at, clock.now())
    with pytest.raises(WrongUpdateState):
        delete_draft(campaign.id, public_id, revision=view.revision + 1, actor_id=actor_id, clock=clock)
    publishing.withdraw(act_on(campaign, public_id, actor_id=actor_id), reason="Wrong sum", clock=clock)
    page = public_campaign(featured_campaign(), at=clock.now())
    assert (page.news, page.withdrawn_news) == ((), frozenset({public_id}))
    publishing.publish(act_on(campaign, public_id, actor_id=actor_id), clock=clock)
    assert [news.published_at for news in public_campaign(featured_campaign(), at=clock.now()).news] == [published_at]
    assert acts(session)[-3:] == ["update:correct", "update:withdraw", "update:publish"]


@pytest.mark.database("sqlite")
def test_a_draft_is_deleted_and_nobody_elses_campaign_is_touched(
    campaign: Campaign, actor_id: int, clock: SettableClock, session: Session
) -> None:
    public_id = save(campaign, update_text(), clock=clock, actor_id=actor_id)
    other = a_campaign(slug="other", is_featured=False, title=translations("Other"))
    with pytest.raises(NotFound):
        delete_draft(other.id, public_id, revision=1, actor_id=actor_id, clock=clock)
    with pytest.raises(UpdateChanged):
        delete_draft(campaign.id, public_id, revision=0, actor_id=actor_id, clock=clock)
    delete_draft(campaign.id, public_id, revision=1, actor_id=actor_id, clock=clock)
    delete_draft(campaign.id, new_public_id(), revision=1, actor_id=actor_id, clock=clock)
    assert session.execute(select(Update.id)).all() == []
    assert acts(session) == ["update:create", "update:delete"]
