"""Campaign staff attach the signed paper or the recorded voice to a consent; nobody else opens it, and it goes in time."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.database import transaction
from campaign.models.campaign import Campaign
from campaign.models.picture import TextConsent
from campaign.models.staff import AuditEvent, Staff
from tests.blueprints.admin.client import send_files, sign_in_as
from tests.support.fakes import SettableClock
from tests.support.news import a_published_update
from tests.support.pages import Page, fetch, fetch_address
from tests.support.recordings import RECORDINGS, SECRET, mp4, paper

pytestmark = pytest.mark.database("sqlite")
TYPED = {
    "person": "Айсулуу Токтоева",
    "purpose": "Workshop",
    "way": "voice",
    "language": "ky",
    "stored_at": "Phone of Aida",
    "given_on": "2026-11-01",
}
VOICE = RECORDINGS["voice.m4a"]


@pytest.fixture
def staff(app: Flask, campaign: Campaign, clock: SettableClock) -> FlaskClient:
    return sign_in_as(app, clock, role="campaign").client


def save(staff: FlaskClient, page: Page, *files: tuple[str, bytes], **typed: str) -> Page:
    """Send the form of a consent with files, as browsers do."""
    fields = {**page.filled("form#consent"), **TYPED, **typed}
    address = str(page.one("form#consent")["action"])
    answer = send_files(staff, address, [("file", name, data) for name, data in files], **fields)
    return fetch_address(staff, answer.headers["Location"]) if answer.status_code == 303 else Page(answer)


def test_a_paper_and_a_voice_are_attached_and_only_campaign_staff_can_open_them(
    app: Flask, staff: FlaskClient, finance: FlaskClient, clock: SettableClock, session: Session
) -> None:
    form = fetch(staff, "admin.new_consent")
    files = ("Согласие.PDF", paper()), ("voice.m4a", VOICE)
    saved = save(staff, form, *files)
    assert saved.texts("#files ~ * tbody th a") == ["Согласие.pdf", "voice.m4a"]
    assert len(save(staff, form, *files).texts("#files ~ * tbody th")) == 2  # pressed twice
    address, voice = (str(link["href"]) for link in saved.soup.select("#files ~ * tbody th a"))
    opened = staff.get(address)
    assert opened.headers["X-Content-Type-Options"] == "nosniff"
    assert opened.headers["Content-Disposition"].startswith("attachment")
    assert opened.mimetype == "application/pdf"
    assert SECRET.encode() not in opened.data
    assert staff.get(voice).data == VOICE
    assert [finance.get(address).status_code, app.test_client().get(address).status_code] == [403, 302]
    listed = fetch_address(finance, "/staff/consents/" + str(saved.one("form#consent")["action"]).rpartition("/")[2])
    assert listed.soup.select("#files ~ * tbody a") == []
    trail = session.execute(select(AuditEvent.action).where(AuditEvent.action.startswith("consent:"))).scalars().all()
    assert trail == ["consent:record", "consent:attach", "consent:file", "consent:file"]
    question = fetch_address(staff, str(saved.soup.select("#files ~ * tbody td a")[0]["href"]))
    deleted = fetch_address(staff, question.submit(staff).headers["Location"])
    assert deleted.texts("#files ~ * tbody th a") == ["voice.m4a"]
    assert staff.get(address).status_code == 404


def test_what_is_no_scan_and_no_recording_is_refused_and_what_was_typed_stays(staff: FlaskClient) -> None:
    form = fetch(staff, "admin.new_consent")
    wrong = {
        "run.exe": (b"MZ" + bytes(9), "Files of this type are not accepted"),
        "voice.mp3": (paper(), "are of different types"),
        "film.mp4": (mp4(b"soun", b"vide"), "Videos are not accepted"),
        "empty.ogg": (b"", "The file is empty"),
        "locked.pdf": (paper(password="open"), "needs a password"),
    }
    refused = save(staff, form, *((name, data) for name, (data, _sentence) in wrong.items()))
    assert refused.answer.status_code == 422
    error = refused.text(".field-error")
    assert [
        name for name, (_data, sentence) in wrong.items() if f"{name}: " not in error or sentence not in error
    ] == []
    assert refused.one("#person")["value"] == TYPED["person"]
    assert fetch(staff, "admin.consents").texts("tbody tr") == []
    saved = save(staff, refused, ("voice.m4a", VOICE))
    again = save(staff, saved, ("copy.m4a", VOICE), purpose="More")
    assert "copy.m4a: This file is attached already." in again.text(".field-error")
    many = [(f"{number}.amr", b"#!AMR\n" + bytes([number])) for number in range(10)]
    assert "at most 10 files" in save(staff, again, *many).text(".field-error")


def test_a_text_is_linked_to_a_consent_and_unlinked_by_buttons(
    staff: FlaskClient, finance: FlaskClient, campaign: Campaign, clock: SettableClock, session: Session
) -> None:
    actor_id = session.execute(select(Staff.id).limit(1)).scalar_one()
    session.rollback()
    news = a_published_update(campaign, clock=clock, actor_id=actor_id)
    consent = save(staff, fetch(staff, "admin.new_consent"))
    linked = fetch_address(
        staff, consent.submit(staff, "form[action$='/texts']", piece=f"update:{news}").headers["Location"]
    )
    assert linked.texts("#texts ~ ul span:not(.visually-hidden)") == ["Update: First event (en)"]
    assert "1 text quotes or names them." in linked.text()
    assert "1" in fetch(staff, "admin.consents").texts("tbody td.num")
    unlinked = linked.submit(staff, "form[action$='/texts/remove']").headers["Location"]
    assert "No text does." in fetch_address(staff, unlinked).text()
    with transaction() as writing:
        writing.add(TextConsent(campaign_id=campaign.id, piece=f"update:{news}"))  # as it comes with a folder
    listed = fetch(staff, "admin.consents")
    assert "Nobody sees these texts yet" in listed.text(".notice.warn:not(template .notice)")
    unseen = fetch(staff, "admin.update", public_id=news).text(".notice.warn:not(template .notice)")
    assert "Nobody sees this update" in unseen
    assert "First event" in unseen
    assert fetch(finance, "admin.consents").soup.select(".notice.warn:not(template .notice) button") == []
    shown = fetch_address(staff, listed.submit(staff, ".notice form").headers["Location"])
    assert shown.soup.select(".notice.warn:not(template .notice)") == []
