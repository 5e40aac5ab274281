"""The organisation's profile: one row, changed by one person at a time, and the issuer of receipts without one of their own."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from campaign.database import reading, transaction
from campaign.days import local_day, time_zone
from campaign.models.campaign import Campaign, CampaignRevision
from campaign.models.receipt import Receipt
from campaign.models.staff import AuditEvent
from campaign.services.organisation.profile import (
    OrganisationChanged,
    OrganisationProfile,
    TimeZoneFixed,
    organisation,
    save_organisation,
)
from receipts import ReceiptDocument
from tests.services.engine import Engine
from tests.support.builders import a_campaign, a_member_of_staff, a_paid_gift
from tests.support.fakes import FakePayments, RecordingMailer, SettableClock

LIBRARY = OrganisationProfile(
    legal_name={"en": "School Library Fund", "ru": "Фонд школьной библиотеки"},
    short_name={"en": "School Library"},
    address={"en": "1 Chui Avenue, Bishkek"},
    place={"en": "Bishkek", "ru": "Бишкек"},
    registration={"en": "No. 7"},
    country="KG",
    contact_email="hello@library.example",
    signatory={"en": "A. Bekova"},
    signatory_role={"en": "Director", "ru": "Директор"},
)


def test_before_the_set_up_everything_is_empty(app: Flask) -> None:
    assert organisation() == OrganisationProfile()


def test_a_change_is_audited_and_renders_public_pages_anew(app: Flask, session: Session, clock: SettableClock) -> None:
    a_campaign()
    actor = a_member_of_staff(role="admin")
    save_organisation(LIBRARY, actor_id=actor.id, clock=clock)
    assert organisation() == replace(LIBRARY, revision=1)
    assert session.execute(select(CampaignRevision.revision)).scalar_one() == 2
    act = session.execute(select(AuditEvent)).scalar_one()
    assert (act.action, act.actor_id) == ("organisation:save", actor.id)
    assert "legal_name" in str(act.detail["changed"])
    assert "hello@library.example" not in str(act.detail)


def test_nothing_changed_is_no_change(app: Flask, session: Session, clock: SettableClock) -> None:
    save_organisation(LIBRARY, actor_id=None, clock=clock)
    save_organisation(replace(LIBRARY, revision=1), actor_id=None, clock=clock)
    assert organisation().revision == 1
    assert len(session.execute(select(AuditEvent.id)).all()) == 1


def test_the_second_of_two_editors_is_refused(app: Flask, clock: SettableClock) -> None:
    save_organisation(LIBRARY, actor_id=None, clock=clock)
    opened = organisation()
    save_organisation(replace(opened, country="KZ"), actor_id=None, clock=clock)
    with pytest.raises(OrganisationChanged):
        save_organisation(replace(opened, country="DE"), actor_id=None, clock=clock)
    assert organisation().country == "KZ"


def test_there_is_one_row(app: Flask, clock: SettableClock) -> None:
    save_organisation(LIBRARY, actor_id=None, clock=clock)
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(text("UPDATE organisation SET id = 2"))


def test_days_are_those_of_the_organisations_time_zone(app: Flask, clock: SettableClock) -> None:
    late = datetime(2026, 12, 1, 20, 0, tzinfo=UTC)
    assert local_day(late).isoformat() == "2026-12-01"
    save_organisation(replace(LIBRARY, time_zone="Asia/Bishkek"), actor_id=None, clock=clock)
    assert time_zone() == ZoneInfo("Asia/Bishkek")
    assert local_day(late).isoformat() == "2026-12-02"


@pytest.mark.database("sqlite")
def test_the_time_zone_stays_once_the_books_have_entries(app: Flask, clock: SettableClock) -> None:
    a_paid_gift(campaign=a_campaign())
    with pytest.raises(TimeZoneFixed):
        save_organisation(replace(LIBRARY, time_zone="Asia/Bishkek"), actor_id=None, clock=clock)
    save_organisation(LIBRARY, actor_id=None, clock=clock)


@pytest.mark.database("sqlite")
def test_the_organisation_issues_the_receipts_of_a_campaign_without_an_issuer(
    app: Flask, payments: FakePayments, mailer: RecordingMailer, clock: SettableClock
) -> None:
    save_organisation(LIBRARY, actor_id=None, clock=clock)
    engine = Engine.started(app, payments, mailer, clock)
    with transaction() as session:
        session.execute(update(Campaign).values(issuer={}))
    engine.give(language="ru")
    with reading() as session:
        document = ReceiptDocument.from_json(session.execute(select(Receipt.document)).scalar_one())
    assert (document.issuer_name, document.issued_at_place) == ("Фонд школьной библиотеки", "Бишкек")
    assert document.signatory == "A. Bekova, Директор"
    assert document.issuer_address == "1 Chui Avenue, Bishkek\nКыргызстан"
