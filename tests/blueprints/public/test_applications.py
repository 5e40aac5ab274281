"""Applying for a grant without an account: a link by email, a draft in steps, files, submitting, too late, withdrawing."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from campaign.database import transaction
from campaign.domain.grant_application import MAX_FILE_BYTES, ApplicationState
from campaign.domain.grant_call import QuestionKind
from campaign.models.application import ApplicationFile, ApplicationLink, CallQuestion, GrantApplication
from campaign.models.campaign import Campaign
from campaign.models.outbox import Message
from tests.blueprints.admin.test_pictures import post_form
from tests.support.applications import OpenCall, an_application, an_open_call, newest_email
from tests.support.builders import a_campaign
from tests.support.fakes import SettableClock
from tests.support.pages import Page, fetch_address
from tests.support.pictures import file_of
from tests.support.recordings import SECRET, paper

pytestmark = pytest.mark.database("sqlite")
PDF = paper()


@pytest.fixture
def campaign(app: Flask) -> Campaign:
    return a_campaign()


@pytest.fixture
def call(campaign: Campaign) -> OpenCall:
    return an_open_call(campaign)


def begin(client: FlaskClient, call: OpenCall, email: str = "aida@example.org") -> str:
    """What the answer says."""
    page = fetch_address(client, f"/en/grants/{call.grant.public_id}/apply")
    return fetch_address(client, page.submit(client, email=email).location).text()


def link() -> str:
    match = re.search(r"https?://[^/]+(/en/applications/\S+)", newest_email())
    assert match
    return match[1]


def begun(client: FlaskClient, call: OpenCall) -> str:
    """The address of a draft that meets the conditions."""
    begin(client, call)
    address = link()
    name = f"q_{call.questions[QuestionKind.ELIGIBILITY]}"
    assert fetch_address(client, f"{address}/conditions").submit(client, **{name: "yes"}).location.endswith("/answers")
    return address


def answers(call: OpenCall, **more: str) -> dict[str, str]:
    kinds = {
        QuestionKind.SHORT: "Felt",
        QuestionKind.LONG: "Long\n\nstory",
        QuestionKind.NUMBER: "3",
        QuestionKind.CHOICE: "1",
    }
    return {
        "name": "Aida",
        "place": "Osh",
        **{f"q_{call.questions[kind]}": text for kind, text in kinds.items()},
        **more,
    }


def ask_the_long_one(label: str) -> None:
    with transaction() as session:
        of_kind = update(CallQuestion).where(CallQuestion.kind == QuestionKind.LONG)
        session.execute(of_kind.values(label={"en": label}))


def test_an_application_is_written_submitted_and_confirmed(
    client: FlaskClient, call: OpenCall, session: Session
) -> None:
    grant = fetch_address(client, f"/en/grants/{call.grant.public_id}")
    assert grant.link("Apply for this grant").endswith("/apply")
    assert "Check your email" in begin(client, call)
    address = link()
    assert client.get(f"{address}/answers").location.endswith("/conditions"), "nothing comes before the conditions"
    name = f"q_{call.questions[QuestionKind.ELIGIBILITY]}"
    page = fetch_address(client, f"{address}/conditions")
    assert "Answer this question." in Page(page.submit(client)).text(".error-summary")
    assert "you cannot apply" in Page(page.submit(client, **{name: "no"})).text(".notice.warn")
    page = fetch_address(client, page.submit(client, **{name: "yes"}).location)
    without = {"place": "", f"q_{call.questions[QuestionKind.LONG]}": ""}
    saved = page.submit(client, **answers(call, save="draft", **without))
    assert "You can come back" in fetch_address(client, saved.location).text(".notice.good")
    ask_the_long_one("How much do you need?")
    missing = fetch_address(client, f"{address}/check").text(".notice")
    assert "Something is still missing" in missing
    assert "How much do you need? " in missing
    assert client.post(f"{address}/check").status_code == 422
    fetch_address(client, f"{address}/answers").submit(client, **answers(call, save="draft", place=""))
    page = fetch_address(client, f"{address}/answers")
    assert "Long\n\nstory" in page.one("textarea").get_text()
    assert page.submit(client, **answers(call)).location.endswith("/files")
    check = fetch_address(client, f"{address}/check")
    assert "Silk" in check.text("dl")
    assert check.submit(client).location == address
    assert check.submit(client).location == address, "twice is once"
    assert "We have your application" in newest_email()
    page = fetch_address(client, address)
    assert "We’ll answer by email." in page.text(".notice.good")
    assert client.get(f"{address}/answers").location == address
    assert session.execute(select(func.count(Message.id))).scalar_one() == 2
    page.submit(client, "form[action$=consent]", shows_name="yes")
    row = session.execute(select(GrantApplication)).scalar_one()
    assert (row.shows_name, row.shows_place, row.state) == (True, False, ApplicationState.SUBMITTED)
    page.submit(client, "form[action$=withdraw]")
    page = fetch_address(client, address)
    assert "You have withdrawn it" in page.text()
    page.submit(client, "form[action$=reopen]")
    assert fetch_address(client, f"{address}/check").texts("form button") == ["Submit the application"]


def test_the_answer_is_the_same_for_every_address_and_the_mailbox_is_not_flooded(
    client: FlaskClient, call: OpenCall, clock: SettableClock, session: Session
) -> None:
    said = {begin(client, call, email) for email in ("aida@example.org", "aida@example.org", "AIDA@example.org")}
    assert len(said) == 1
    assert session.execute(select(func.count(Message.id))).scalar_one() == 1
    first = link()
    clock.advance(minutes=16)
    begin(client, call)
    assert link() != first
    assert fetch_address(client, first).h1 == "Your application", "who is writing loses nothing"
    assert session.execute(select(func.count(GrantApplication.id))).scalar_one() == 1
    token = first.rpartition("/")[2]
    assert token not in {row.digest for row in session.execute(select(ApplicationLink)).scalars()}
    assert fetch_address(client, first[:-1] + "~", status=404).h1 == "This link doesn’t open an application"


def test_what_was_typed_in_two_windows_is_not_overwritten(client: FlaskClient, call: OpenCall) -> None:
    address = begun(client, call)
    one, other = (fetch_address(client, f"{address}/answers") for _window in range(2))
    one.submit(client, **answers(call, place="Osh"))
    answer = other.submit(client, **answers(call, place="Toktogul"))
    assert answer.status_code == 409
    page = Page(answer)
    assert page.one("#place")["value"] == "Toktogul"
    assert "Saved in the other window: Osh" in page.text("form")
    page.submit(client)
    assert fetch_address(client, f"{address}/answers").one("#place")["value"] == "Toktogul"


def test_too_long_answers_stay_in_the_form(client: FlaskClient, call: OpenCall) -> None:
    page = fetch_address(client, f"{begun(client, call)}/answers")
    name = f"q_{call.questions[QuestionKind.LONG]}"
    wrong = page.submit(client, **answers(call, **{name: "<b>" + "ы" * 100}))
    assert wrong.status_code == 422
    assert Page(wrong).text("textarea").startswith("<b>ыы")


def test_a_draft_is_saved_after_the_last_day_but_not_submitted(
    client: FlaskClient, call: OpenCall, clock: SettableClock
) -> None:
    address = begun(client, call)
    page = fetch_address(client, f"{address}/answers")
    clock.advance(days=24)
    assert page.submit(client, **answers(call)).status_code == 303
    answer = client.post(f"{address}/check")
    assert answer.status_code == 409
    assert "The call is closed." in Page(answer).text(".notice.bad")
    assert "The call is closed." in begin(client, call, "late@example.org")
    assert "late@example.org" not in newest_email()


def test_the_last_place_is_taken_once(client: FlaskClient, campaign: Campaign) -> None:
    call = an_open_call(campaign, QuestionKind.ELIGIBILITY, QuestionKind.CRITERION, places=1)
    address = begun(client, call)
    fetch_address(client, f"{address}/answers").submit(client, name="Aida", place="Osh")
    an_application(call)
    answer = client.post(f"{address}/check")
    assert answer.status_code == 409
    assert "All places of this call are taken." in Page(answer).text(".notice.bad")


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("a.pdf", b"", "not empty"),
        ("a.pdf", b"<html><script>alert(1)</script>", "Choose a PDF"),
        ("a.exe", PDF, "Choose a PDF"),
        ("a.jpg", PDF, "Choose a PDF"),
        ("a.png", b"\x89PNG\r\n\x1a\n" + b"0" * 100, "file"),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "Choose a PDF"),
        ("a.pdf", paper(password="open"), "needs a password"),
        ("a.pdf", PDF.ljust(MAX_FILE_BYTES + 10) + PDF, "too big"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused(
    client: FlaskClient, call: OpenCall, name: str, data: bytes, sentence: str
) -> None:
    address = begun(client, call)
    answer = post_form(client, f"{address}/files", data, name, question=call.questions[QuestionKind.FILE])
    assert answer.status_code in {413, 422}
    assert sentence in Page(answer).text()


def test_files_are_attached_replaced_sent_back_and_removed(
    client: FlaskClient, call: OpenCall, session: Session
) -> None:
    address, question = begun(client, call), call.questions[QuestionKind.FILE]
    assert post_form(client, f"{address}/files", PDF, "../Смета.pdf", question=question).status_code == 303
    page = fetch_address(client, f"{address}/files")
    sent = client.get(page.link("Смета.pdf"))
    assert (sent.data[:5], sent.mimetype) == (b"%PDF-", "application/pdf")
    assert SECRET.encode() in PDF
    assert SECRET.encode() not in sent.data
    assert sent.headers["Content-Disposition"].startswith("attachment")
    assert sent.headers["X-Content-Type-Options"] == "nosniff"
    marked = file_of(exif=b"Exif\0\0GPS 40.5,72.8")
    assert post_form(client, f"{address}/files", marked, "me.jpeg", question=question).status_code == 303
    row = session.execute(select(ApplicationFile)).scalar_one()
    assert (row.name, row.media_type) == ("me.jpg", "image/jpeg")
    assert b"GPS" not in (row.body or b"")
    other = an_application(call, state=ApplicationState.DRAFT)
    assert client.get(f"/en/applications/{other}/files/{row.public_id}").status_code == 404
    fetch_address(client, f"{address}/files").submit(client, "form[action$=remove]")
    session.rollback()
    assert session.execute(select(func.count(ApplicationFile.id))).scalar_one() == 0
