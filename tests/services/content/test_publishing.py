"""Drafts are saved without overwriting anybody, published once, taken back and restored."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.domain.documents.drafts import fingerprint
from campaign.domain.documents.fields import Draft
from campaign.domain.documents.kinds import DOCUMENTS
from campaign.domain.documents.translation import TranslationState
from campaign.jobs import work_off_everything
from campaign.models.campaign import Campaign, CampaignRevision, Section
from campaign.models.staff import AuditEvent
from campaign.services.content.editing import DraftChange, DraftConflict, SavedDraft, document_state, save_draft
from campaign.services.content.listing import documents_of
from campaign.services.content.publishing import (
    DraftHasProblems,
    NothingToPublish,
    PublishedSince,
    cancel_schedule,
    publish_draft,
    publish_due,
    schedule_draft,
    undo_publication,
)
from campaign.services.content.versions import compare_version, discard_draft, restore_version, versions_of
from campaign.services.demo.content import load_plan
from campaign.services.demo.loader import load_campaign
from tests.support.builders import a_campaign, a_member_of_staff
from tests.support.fakes import SettableClock


class Editor:
    """A member of staff who edits a campaign's documents."""

    def __init__(self, campaign_id: int, clock: SettableClock) -> None:
        self.campaign_id, self.clock = campaign_id, clock
        self.who: dict[str, Any] = {"actor_id": a_member_of_staff(role="campaign").id, "clock": clock}

    def draft(self, name: str) -> Draft:
        return document_state(self.campaign_id, name).draft

    def save(self, name: str, draft: Draft, *, base: Draft | None = None) -> SavedDraft:
        began_with = fingerprint(self.draft(name) if base is None else base)
        return save_draft(self.campaign_id, name, DraftChange(draft=draft, base=began_with), **self.who)

    def publish(self, name: str) -> int:
        return publish_draft(self.campaign_id, name, base=fingerprint(self.draft(name)), **self.who)

    def retitle(self, title: str) -> Draft:
        """Change the English title of the opening; the new draft."""
        draft = self.draft("hero")
        changed = {**draft, "title": {**draft["title"], "en": title}}
        self.save("hero", changed)
        return changed


@pytest.fixture
def editor(app: Flask, clock: SettableClock) -> Editor:
    return Editor(a_campaign().id, clock)


def title_of(session: Session) -> str:
    session.rollback()
    return session.execute(select(Campaign.title)).scalar_one()["en"]


def states_of(editor: Editor) -> list[tuple[int, str]]:
    return [(version.number, version.state) for version in versions_of(editor.campaign_id, "hero")]


def test_a_draft_is_public_only_when_it_is_published(editor: Editor, session: Session) -> None:
    editor.retitle("New title")
    assert title_of(session) == "A campaign (en)"
    before = session.execute(select(CampaignRevision.revision)).scalar_one()
    assert editor.publish("hero") == 2
    assert title_of(session) == "New title"
    assert session.execute(select(CampaignRevision.revision)).scalar_one() == before + 1
    assert states_of(editor) == [(2, "published"), (1, "published")]  # the text that was there before is version 1
    with pytest.raises(NothingToPublish):  # pressed twice
        editor.publish("hero")
    assert [event.action for event in session.execute(select(AuditEvent)).scalars()] == ["text:publish"]


def test_who_saves_over_anothers_text_is_refused_and_nothing_changes(editor: Editor) -> None:
    base = editor.draft("hero")
    theirs = editor.retitle("Theirs")
    mine = {**base, "title": {"en": "Mine"}}
    with pytest.raises(DraftConflict):
        editor.save("hero", mine, base=base)
    assert editor.draft("hero") == theirs
    assert editor.save("hero", theirs, base=base).has_draft  # the same text again is no conflict
    editor.save("hero", mine, base=theirs)
    assert editor.draft("hero") == mine
    with pytest.raises(DraftConflict):
        publish_draft(editor.campaign_id, "hero", base=fingerprint(theirs), **editor.who)


@pytest.mark.database("sqlite")
def test_what_cannot_be_published_is_saved_all_the_same(editor: Editor, session: Session) -> None:
    draft = editor.retitle("a" * 5000)
    assert editor.draft("hero") == draft
    with pytest.raises(DraftHasProblems):
        editor.publish("hero")
    assert title_of(session) == "A campaign (en)"


@pytest.mark.database("sqlite")
def test_a_publication_is_taken_back_once_and_its_text_is_the_draft(editor: Editor, session: Session) -> None:
    editor.retitle("Second")
    number = editor.publish("hero")
    undo_publication(editor.campaign_id, "hero", number, **editor.who)
    assert title_of(session) == "A campaign (en)"
    assert editor.draft("hero")["title"]["en"] == "Second"
    with pytest.raises(PublishedSince):
        undo_publication(editor.campaign_id, "hero", number, **editor.who)


@pytest.mark.database("sqlite")
def test_a_restored_version_is_published_as_it_was(editor: Editor, session: Session) -> None:
    for title in ("Second", "Third"):
        editor.retitle(title)
        editor.publish("hero")
    editor.retitle("Unfinished")
    restore_version(editor.campaign_id, "hero", 2, **editor.who)
    assert states_of(editor)[0] == (4, "set_aside")  # the unfinished draft is not lost
    editor.publish("hero")
    assert title_of(session) == "Second"
    assert (
        compare_version(editor.campaign_id, "hero", 5).content == compare_version(editor.campaign_id, "hero", 2).content
    )


@pytest.mark.database("sqlite")
def test_a_discarded_draft_stays_among_the_versions(editor: Editor) -> None:
    editor.retitle("Unfinished")
    number = discard_draft(editor.campaign_id, "hero", **editor.who)
    assert editor.draft("hero")["title"]["en"] == "A campaign (en)"
    assert compare_version(editor.campaign_id, "hero", number).content["title"]["en"] == "Unfinished"


def test_a_planned_publication_is_carried_out_once_also_when_late(
    editor: Editor, session: Session, clock: SettableClock
) -> None:
    draft, who = editor.retitle("At nine"), editor.who
    at = clock.now() + timedelta(hours=1)
    schedule_draft(editor.campaign_id, "hero", base=fingerprint(draft), publish_at=at, **who)
    schedule_draft(editor.campaign_id, "hero", base=fingerprint(draft), publish_at=at, **who)  # replaces the plan
    editor.retitle("Later than nine")
    assert not publish_due(clock=clock)
    clock.advance(days=2)  # the worker was down
    assert [work_off_everything(), work_off_everything()] == [1, 0]
    assert title_of(session) == "At nine"
    assert editor.draft("hero")["title"]["en"] == "Later than nine"
    assert states_of(editor) == [(3, "published"), (2, "published"), (1, "cancelled")]


@pytest.mark.database("sqlite")
def test_a_cancelled_publication_does_not_happen(editor: Editor, session: Session, clock: SettableClock) -> None:
    draft = editor.retitle("Never")
    at = clock.now() + timedelta(hours=1)
    schedule_draft(editor.campaign_id, "hero", base=fingerprint(draft), publish_at=at, **editor.who)
    cancel_schedule(editor.campaign_id, "hero", **editor.who)
    clock.advance(days=1)
    assert not publish_due(clock=clock)
    assert title_of(session) == "A campaign (en)"


@pytest.mark.database("sqlite")
def test_the_list_counts_what_is_missing_and_outdated(editor: Editor) -> None:
    editor.retitle("New")
    state = document_state(editor.campaign_id, "hero")
    assert state.translations["title", "ru"] is TranslationState.OUTDATED
    hero = next(row for row in documents_of(editor.campaign_id) if row.name == "hero")
    assert (hero.outdated["ru"], hero.missing["ru"], hero.has_draft) == (1, 0, True)


@pytest.mark.database("sqlite")
def test_every_document_of_a_whole_campaign_is_published_unchanged(
    app: Flask, session: Session, clock: SettableClock
) -> None:
    load_campaign(load_plan(), clock=clock)
    editor = Editor(session.execute(select(Campaign.id)).scalar_one(), clock)

    def public() -> dict[str, Draft]:
        return {name: document_state(editor.campaign_id, name).published for name in DOCUMENTS}

    before = public()
    assert all(document_state(editor.campaign_id, name).problems == () for name in DOCUMENTS)
    rows = session.execute(select(Section.place, Section.slug, Section.heading, Section.body)).all()
    for name in DOCUMENTS:
        field = next(iter(before[name]))
        text = before[name][field]
        change = [] if isinstance(text, list) else {**text, "en": "Changed"}
        editor.save(name, {**before[name], field: change})
        number = editor.publish(name)
        assert public()[name] != before[name], name
        undo_publication(editor.campaign_id, name, number, **editor.who)
    assert public() == before
    session.rollback()
    again = session.execute(select(Section.place, Section.slug, Section.heading, Section.body)).all()
    assert sorted(map(repr, again)) == sorted(map(repr, rows))
