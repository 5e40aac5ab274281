"""The public sign-up page of an event, its one answer for everybody, and the page that cancels."""

import hashlib
import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign.database import transaction
from campaign.domain.event_sign_up import SignUpNotice, SignUpState
from campaign.i18n import LANGUAGES, in_language
from campaign.jobs import work_off_everything
from campaign.models.campaign import Campaign
from campaign.services.campaigns.revision import count_public_change
from campaign.services.events import limits
from campaign.services.events.links import sign_link
from campaign.services.events.signing_up import CONSENT_TEXT, CONSENT_VERSION
from tests.support.builders import a_campaign
from tests.support.events import BEGINS_AT, a_request, an_event, change, public_id_of, someone, states
from tests.support.fakes import RecordingMailer, SettableClock
from tests.support.pages import Page, fetch_address

pytestmark = pytest.mark.database("sqlite")
TYPED = {
    "name": "Aida\u202e K.",
    "email": "aida@example.org",
    "places": "2",
    "access_needs": "A ramp",
    "consent": "yes",
}
ANSWER = "Now check your email, and confirm your sign-up there."


@pytest.fixture
def campaign(app: Flask) -> Campaign:
    return a_campaign()


def test_somebody_signs_up_and_cancels(
    client: FlaskClient, campaign: Campaign, clock: SettableClock, mailer: RecordingMailer
) -> None:
    fund = an_event(campaign)
    event = fetch_address(client, f"/en/events/{fund.public_id}")
    page = fetch_address(client, event.link("Sign up for this event"))
    clock.advance(seconds=30)
    answer = page.submit(client, "form[data-work]", **TYPED, language="ky")
    assert ANSWER in fetch_address(client, answer.location).text()
    assert states(fund) == {"Aida K.": SignUpState.UNCONFIRMED}
    again = page.submit(client, "form[data-work]", **TYPED, language="ky")
    assert again.location == answer.location  # known or not: the same answer
    work_off_everything()
    letter = mailer.sent.pop()
    assert "Aida" not in letter.text  # whoever typed the address chose the name, too
    link = re.search(r"https?://[^/]+(/ky/events/place/\S+)", letter.text)
    assert link
    assert mailer.sent == []
    question = fetch_address(client, link[1])
    assert states(fund) == {"Aida K.": SignUpState.UNCONFIRMED}  # a program that opens links confirms nothing
    for _press in range(2):  # twice is once
        assert question.submit(client).status_code == 200
    assert states(fund) == {"Aida K.": SignUpState.CONFIRMED}
    work_off_everything()
    assert len(mailer.sent) == 1
    own = fetch_address(client, link[1])
    assert states(fund) == {"Aida K.": SignUpState.CONFIRMED}  # whoever only looks cancels nothing
    done = Page(own.submit(client))
    assert len(own.texts("dt")) - len(done.texts("dt")) == 1  # nothing about places that are given back
    assert states(fund) == {"Aida K.": SignUpState.CANCELLED}
    assert done.answer.headers["Cache-Control"] == "no-store"
    assert client.get("/en/events/place/forged").status_code == 404
    clock.at = BEGINS_AT
    assert client.get(link[1]).status_code == 410


def test_mistakes_are_named_and_what_was_typed_stays(
    client: FlaskClient, campaign: Campaign, clock: SettableClock
) -> None:
    fund = an_event(campaign, has_waiting_list=False)
    page = fetch_address(client, f"/en/events/{fund.public_id}/sign-up")
    wrong = Page(
        page.submit(client, "form[data-work]", name=" ", email="aida@", phone="call me", access_needs="A ramp")
    )
    assert wrong.answer.status_code == 422
    assert len(wrong.texts(".error-summary a")) == 4
    assert wrong.text("#access_needs") == "A ramp"
    assert page.submit(client, "form[data-work]", **{**TYPED, "places": "900"}).status_code == 422
    assert page.submit(client, "form[data-work]", **{**TYPED, "name": "A" * 121}).status_code == 422
    group = Page(page.submit(client, "form[data-work]", **{**TYPED, "places": "4"}))
    assert group.texts(".error-summary a") == ["The event has only 3 places. Choose fewer."]
    someone(fund, "burul", clock=clock, places=2)
    few = Page(page.submit(client, "form[data-work]", **TYPED))
    assert few.texts(".error-summary a") == ["Only 1 place is free. Choose fewer."]
    assert page.submit(client, "form[data-work]", **TYPED, homepage="spam").status_code == 303
    assert list(states(fund)) == ["Burul"]


def test_the_page_of_an_unconfirmed_sign_up_says_what_is_possible_now(
    client: FlaskClient, campaign: Campaign, clock: SettableClock
) -> None:
    fund = an_event(campaign, begins_at=BEGINS_AT, capacity=3)
    a_request(fund, clock=clock, places=2)
    address = f"/en/events/place/{sign_link(public_id_of(fund))}"
    first = fetch_address(client, address)
    assert "One more step: confirm your sign-up. Until then you have no place." in first.text(".notice")
    assert first.text("button.big") == "Confirm my sign-up"
    change(fund, capacity=2, details_changed_at=clock.now() + timedelta(minutes=1))
    someone(fund, "burul", clock=clock, places=2)
    moved, full = fetch_address(client, address).texts(".notice")
    assert "The time or the place has changed since you signed up." in moved
    assert "You can join the waiting list" in full
    for columns, sentence in (
        ({"capacity": 1}, "Fewer places are free by now than you want."),
        ({"capacity": 2, "has_waiting_list": False}, "All places are taken, and there is no waiting list."),
        ({"sign_up_until": clock.now()}, "Sign-up for this event has ended."),
        ({"status": "cancelled", "state_note": {"en": "Snow."}}, "This event is cancelled. Snow."),
    ):
        change(fund, **columns)
        late = Page(first.submit(client))
        assert late.answer.status_code == 409
        assert any(sentence in notice for notice in late.texts(".notice"))
        assert not late.soup.select("button.big")
    change(fund, status="planned", sign_up_until=None, capacity=2, has_waiting_list=True)
    assert "You are on the waiting list." in Page(first.submit(client)).text(".notice")
    waiting = fetch_address(client, address)
    assert "You are waiting for several places together." in waiting.text()
    assert "Places you want 2" in waiting.text("dl")
    clock.advance(days=90)
    assert "This event has begun" in client.get(address).get_data(as_text=True)
    gone = client.get(f"/en/events/place/{sign_link('zzzzzzzzzzzzzzzz')}")
    assert gone.status_code == 410
    assert "A sign-up that nobody confirms within 48 hours is deleted." in gone.get_data(as_text=True)


def count_change(campaign: Campaign) -> None:
    """The public pages are made anew."""
    with transaction() as session:
        count_public_change(session, campaign.id)


def test_a_closed_sign_up_says_why(client: FlaskClient, campaign: Campaign, clock: SettableClock) -> None:
    fund = an_event(campaign, capacity=1)
    address = f"/en/events/{fund.public_id}/sign-up"
    page = fetch_address(client, address)
    someone(fund, clock=clock)
    assert "You can join the waiting list" in fetch_address(client, address).text()
    for columns, sentence in (
        ({"has_waiting_list": False}, "All places are taken, and there is no waiting list."),
        ({"sign_up_until": clock.now()}, "Sign-up for this event has ended."),
        ({"takes_sign_ups": False}, "Sign-up for this event is not open."),
        ({"status": "held"}, "This event has begun or is over."),
        ({"status": "cancelled", "state_note": {"en": "Snow."}}, "This event is cancelled. Snow."),
    ):
        change(fund, **columns)
        late = page.submit(client, "form[data-work]", **TYPED)
        assert late.status_code == 409
        assert sentence in Page(late).text(".notice")
    count_change(campaign)
    assert "Sign up for this event" not in fetch_address(client, f"/en/events/{fund.public_id}").text()
    assert client.get("/en/events/nothing/sign-up").status_code == 404


def test_without_proof_too_many_sign_ups_get_a_check(
    client: FlaskClient, campaign: Campaign, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MAX_WITHOUT_PROOF", 0)
    monkeypatch.setattr("campaign.blueprints.public.event_sign_up.is_solved", lambda _form, proof: proof == "solved")
    fund = an_event(campaign)
    page = fetch_address(client, f"/en/events/{fund.public_id}/sign-up")
    clock.advance(seconds=5)
    refused = Page(page.submit(client, "form[data-work]", **TYPED))
    assert "We’re running an extra security check." in refused.text(".notice")
    assert refused.one("#email")["value"] == "aida@example.org"
    clock.advance(seconds=5)
    assert refused.submit(client, "form[data-work]", proof="solved").status_code == 303
    assert states(fund) == {"Aida K.": SignUpState.UNCONFIRMED}


def test_an_event_of_another_campaign_is_not_found(client: FlaskClient, campaign: Campaign) -> None:
    other = an_event(a_campaign(slug="other", is_featured=False))
    assert client.get(f"/en/events/{other.public_id}/sign-up").status_code == 404
    assert client.get(f"/en/events/{other.public_id}/sign-up?campaign=other").status_code == 200


def test_a_changed_consent_text_has_another_version(app: Flask) -> None:
    texts = []
    for language in LANGUAGES:
        with app.test_request_context(), in_language(language):
            texts.append(str(CONSENT_TEXT))
    digest = hashlib.sha256("\n".join(texts).encode()).hexdigest()[:12]
    assert (CONSENT_VERSION, digest) == ("2026-11", "43efa9c446a8")


def test_every_notice_says_something_of_its_own(app: Flask) -> None:
    subjects = set()
    for notice in SignUpNotice:
        for language in LANGUAGES:
            with app.test_request_context(), in_language(language):
                words = app.jinja_env.get_template("emails/event_words.txt").make_module({})
                for macro in (words.subject(notice, "Felt"), words.sentence(notice, "confirmed")):  # type: ignore[attr-defined]
                    subjects.add(macro.strip())
    assert len(subjects) == 2 * len(SignUpNotice) * len(LANGUAGES)
