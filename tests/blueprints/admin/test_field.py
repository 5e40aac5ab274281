"""Field mode: an entry from a phone becomes one draft, however often it is sent; nothing private is in what a phone stores."""

import io
import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from campaign.database import reading
from campaign.domain.identity import new_public_id
from campaign.models.campaign import Campaign
from campaign.models.fund import Event, Fund
from campaign.services.campaigns import report_drafts
from tests.blueprints.admin.client import browser_of, sign_in_as
from tests.support.builders import a_campaign, a_fund, a_member_of_staff
from tests.support.events import an_event, change
from tests.support.fakes import SettableClock
from tests.support.pages import fetch, fetch_address
from tests.support.pictures import file_of

pytestmark = pytest.mark.database("sqlite")


@pytest.fixture
def staff(app: Flask, campaign: Campaign, clock: SettableClock) -> FlaskClient:
    return sign_in_as(app, clock, role="campaign").client


def state(staff: FlaskClient) -> dict[str, Any]:
    answer = staff.get("/staff/field/state")
    assert answer.headers["Cache-Control"] == "no-store"
    return dict(answer.get_json())


def post(staff: FlaskClient, part: str, **fields: Any) -> TestResponse:
    known = state(staff)
    sent = {"csrf_token": known["token"], "person": known["person"], "campaign": known["campaign"], **fields}
    return staff.post(f"/staff/field/{part}", data=sent, content_type="multipart/form-data")


def test_an_entry_with_a_picture_becomes_one_draft(staff: FlaskClient) -> None:
    picture, entry = new_public_id(), {"id": new_public_id(), "language": "ky", "title": "Тоо", "body": "**Кырк**"}
    for _ in range(2):
        assert post(staff, "pictures", id=picture, file=(io.BytesIO(file_of()), "IMG.jpg")).get_json() == {
            "id": picture
        }
    for _ in range(2):
        answer = post(staff, "entries", **entry, pictures=picture).get_json()
        assert answer == {"address": f"/staff/updates/{entry['id']}"}
    draft = fetch_address(staff, answer["address"])
    assert (draft.text("#body_ky"), draft.text(".state-line .tag")) == ("**Кырк**", "Draft")
    draft.submit(staff, "form#update", title_ky="Башка")
    assert post(staff, "entries", **entry).get_json() == answer  # a repeat changes nothing of what was edited meanwhile
    assert fetch_address(staff, answer["address"]).one("#title_ky")["value"] == "Башка"
    shown = fetch(staff, "admin.picture", public_id=picture)
    assert shown.texts(".acts form > span") == ["Update: Башка"]


REPORT = {"language": "en", "body": "We made felt.", "came": "31", "women": "28", "first_time": "", "cost": "Wool: 900"}


def write_report(staff: FlaskClient, event: Fund, **fields: Any) -> Any:
    return post(staff, "entries", **{"id": new_public_id(), "title": "", "event": event.public_id, **REPORT, **fields})


def test_a_report_of_an_event_becomes_a_draft_of_it_once(staff: FlaskClient, campaign: Campaign) -> None:
    event, picture, second, name = an_event(campaign), new_public_id(), new_public_id(), new_public_id()
    for each in (picture, second):
        post(staff, "pictures", id=each, file=(io.BytesIO(file_of()), "IMG.jpg"))
    for _ in range(2):
        answer = write_report(staff, event, id=name, lesson="Begin earlier.", pictures=f"{picture} {second}")
        assert answer.get_json() == {"address": f"/staff/plan/{event.public_id}", "note": ""}
    page = fetch_address(staff, answer.get_json()["address"])
    assert page.texts("section h2").count("A report from field mode is waiting") == 1
    assert "Reports from field mode wait" in fetch(staff, "admin.overview").text()
    advice = ("Say first that the event has taken place", "gets an email five minutes later")
    assert [sentence in page.text() for sentence in advice] == [True, True]
    change(event, status="cancelled")
    page = fetch_address(staff, f"/staff/plan/{event.public_id}")
    assert [sentence in page.text() for sentence in advice] == [False, False]
    change(event, status="held")
    report = fetch_address(staff, fetch_address(staff, f"/staff/plan/{event.public_id}").link("Open it in the report"))
    assert "Wool: 900" in report.text("section.card")
    fields = ("came", "women", "first_time")
    assert [report.one(f"#{field}")["value"] for field in fields] == ["31", "28", ""]
    assert (report.text("#done-en"), report.text("#lesson-en")) == ("We made felt.", "Begin earlier.")
    placed = [fetch(staff, "admin.picture", public_id=each).texts(".acts form > span") for each in (picture, second)]
    assert placed == [["Event: EVENT-1 (en)"], ["Event: EVENT-1 (en), picture 2"]]
    assert report.texts("#pictures ~ ul li a") == ["Picture 1", "Picture 2"]
    assert report.submit(staff, 'form[data-typed^="report."]', first_time="3").status_code == 303
    assert item_report(event) == {
        "done": {"en": "We made felt."},
        "lesson": {"en": "Begin earlier."},
        "came": 31,
        "women": 28,
        "first_time": 3,
    }
    again = write_report(staff, event, id=name).get_json()  # the answer was lost on the way
    assert "published before" in again["note"]
    assert "A report from field mode" not in fetch_address(staff, again["address"]).text()
    assert "Reports from field mode wait" not in fetch(staff, "admin.overview").text()


def test_a_report_that_comes_after_the_report_stands_beside_it(staff: FlaskClient, campaign: Campaign) -> None:
    stored = {"done": {"en": "Felt."}, "lesson": {}, "came": 30, "women": None, "first_time": None}
    event = an_event(campaign, status="reported", report=stored)
    note = write_report(staff, event, lesson="Begin earlier.").get_json()["note"]
    assert note == "The report of this event was published before. Your text stands beside it at the desk."
    plan = fetch_address(staff, f"/staff/plan/{event.public_id}")
    report = fetch_address(staff, plan.link("Open it in the report"))
    assert any("is published already" in notice for notice in report.texts(".notice"))
    assert [report.one(f"#{name}")["value"] for name in ("came", "women")] == ["30", "28"]
    assert (report.text("#done-en"), report.text("#lesson-en")) == ("Felt.", "Begin earlier.")
    assert "We made felt." in report.text("section.card")
    assert item_report(event) == stored
    assert plan.submit(staff, 'form[action$="/delete"]').status_code == 303
    assert "We made felt." not in fetch_address(staff, f"/staff/plan/{event.public_id}").text()


def test_a_report_that_is_no_report_is_refused(
    staff: FlaskClient, campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    event, theme = an_event(campaign), a_fund(campaign=campaign)
    empty = dict.fromkeys(REPORT, "") | {"language": "en"}
    assert write_report(staff, event, **empty).status_code == 422
    assert write_report(staff, event, body="x" * 5001).get_json()["message"].startswith("Shorten each text")
    assert write_report(staff, theme).status_code == 404
    other = an_event(a_campaign(slug="second", is_featured=False))
    assert write_report(staff, other).status_code == 404
    monkeypatch.setattr(report_drafts, "MAX_DRAFTS", 1)
    write_report(staff, event)
    assert write_report(staff, event).get_json()["message"].startswith("20 reports of this event wait already.")


def item_report(event: Fund) -> dict[str, object]:
    with reading() as session:
        return dict(session.get_one(Event, event.id).report)


@pytest.mark.parametrize(
    ("typed", "status", "sentence"),
    [
        ({"title": "", "body": ""}, 422, "Write a title or a text first."),
        ({"title": "x" * 201}, 422, "Title: Shorten this to 200 characters."),
        ({"language": "de"}, 422, "We could not read this. Open it and send it again."),
        ({"id": "../../"}, 422, ""),
        ({"event": new_public_id()}, 404, ""),
        ({"person": "999"}, 409, "This was written by another person or for another campaign."),
        ({"campaign": "other"}, 409, "This was written by another person or for another campaign."),
        ({"csrf_token": "wrong"}, 400, None),
    ],
)
def test_what_is_wrong_is_refused_with_a_sentence(
    staff: FlaskClient, typed: dict[str, str], status: int, sentence: str | None
) -> None:
    entry = {"id": new_public_id(), "language": "en", "title": "Full house", "body": "Forty came.", **typed}
    answer = post(staff, "entries", **entry)
    assert answer.status_code == status
    assert sentence is None or sentence in answer.get_json()["message"]


def test_what_is_no_picture_is_refused(staff: FlaskClient) -> None:
    bad = post(staff, "pictures", id=new_public_id(), file=(io.BytesIO(b"%PDF"), "a.jpg"))
    assert bad.get_json() == {"message": "This file is not a picture. Choose a JPEG, PNG, WebP or HEIC file."}


def test_an_entry_of_another_campaign_is_not_overwritten(app: Flask, staff: FlaskClient, clock: SettableClock) -> None:
    entry = {"id": new_public_id(), "language": "en", "title": "Full house", "body": "Forty came."}
    post(staff, "entries", **entry)
    second = a_campaign(slug="second", is_featured=False)
    other = browser_of(app, clock, a_member_of_staff(role="campaign", email="other@quilt.example", campaign=second))
    assert post(other, "entries", **entry).status_code == 404


def test_what_a_phone_stores_names_nobody_and_reaches_no_other_page(staff: FlaskClient, client: FlaskClient) -> None:
    page = fetch(staff, "admin.field")
    assert page.soup.select("[name=csrf_token]") == []
    assert "Staff member" not in page.answer.text
    for address in ("/staff/field/worker.js", "/staff/field/manifest.webmanifest"):
        assert client.get(address).data == staff.get(address).data
    worker = client.get("/staff/field/worker.js")
    assert worker.headers["Service-Worker-Allowed"] == "/staff/field"
    files = json.loads(worker.text.partition("\n")[0].removeprefix("const FILES = ").rstrip(";"))
    assert all(client.get(file).status_code == 200 for file in files)
    assert all(file.startswith("/static/") for file in files)
    manifest = json.loads(client.get("/staff/field/manifest.webmanifest").data)
    assert (manifest["scope"], manifest["start_url"]) == ("/staff/field", "/staff/field")
    for address in ("/staff/field", "/staff/field/state"):
        assert client.get(address).status_code in {302, 303}
