"""Sign-up for events: places never exceed the capacity, a free one goes to the first who waits, and people are told."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.database import reading
from campaign.domain.event_sign_up import (
    NotEnoughPlaces,
    ProofMissing,
    SignUpClosed,
    SignUpLinkExpired,
    SignUpOffer,
    SignUpState,
    TooManySignUps,
)
from campaign.domain.form_version import version_of
from campaign.domain.target_state import TargetAct
from campaign.extensions import db
from campaign.jobs import work_off_everything
from campaign.models.campaign import Campaign
from campaign.models.event_sign_up import EventSignUp
from campaign.models.fund import Event, Fund
from campaign.models.outbox import Message
from campaign.services.campaigns.plan import plan_item
from campaign.services.campaigns.plan_changes import EventTimes, ItemDraft, change_item
from campaign.services.campaigns.target_acts import TargetDecision, act_on_target
from campaign.services.events import limits
from campaign.services.events.links import sign_link
from campaign.services.events.own_sign_up import cancel_own
from campaign.services.privacy import retention
from tests.support.builders import a_campaign, a_member_of_staff
from tests.support.events import BEGINS_AT, an_event, change, public_id_of, someone, states
from tests.support.fakes import RecordingMailer, SettableClock

CONFIRMED, WAITING, CANCELLED = SignUpState.CONFIRMED, SignUpState.WAITING, SignUpState.CANCELLED
CONFIRM = "Confirm your sign-up"


@pytest.fixture
def campaign(app: Flask) -> Campaign:
    return a_campaign()


def subjects(mailer: RecordingMailer) -> list[tuple[str, str]]:
    """Who got which email since the last call."""
    work_off_everything()
    letters = [(letter.recipient.partition("@")[0], letter.subject.partition(":")[0]) for letter in mailer.sent]
    mailer.sent.clear()
    return letters


def cancel(fund: Fund, name: str, *, clock: SettableClock) -> None:
    cancel_own(sign_link(public_id_of(fund, name)), clock=clock)


def test_places_then_a_waiting_list_in_order(
    app: Flask, campaign: Campaign, clock: SettableClock, mailer: RecordingMailer
) -> None:
    fund = an_event(campaign, capacity=3)
    for name, places in (("aida", 2), ("burul", 2), ("chynar", 1), ("damira", 1)):
        someone(fund, name, clock=clock, places=places)
        clock.advance(minutes=1)
    assert list(states(fund).values()) == [CONFIRMED, WAITING, CONFIRMED, WAITING]  # one free place: too few for two
    assert [subject for _name, subject in subjects(mailer) if subject != CONFIRM] == [
        "You have a place",
        "You are on the waiting list",
        "You have a place",
        "You are on the waiting list",
    ]
    cancel(fund, "Aida", clock=clock)
    assert list(states(fund).values()) == [
        CANCELLED,
        CONFIRMED,
        CONFIRMED,
        WAITING,
    ]  # two are free: the first who waits
    assert subjects(mailer) == [("aida", "Your sign-up is cancelled"), ("burul", "A place is free for you")]
    cancel(fund, "Aida", clock=clock)  # twice is once
    assert subjects(mailer) == []
    change(fund, capacity=4)
    assert subjects(mailer) == [("damira", "A place is free for you")]
    change(fund, capacity=1)
    assert subjects(mailer) == []
    assert list(states(fund).values()) == [CANCELLED, CONFIRMED, CONFIRMED, CONFIRMED]  # nobody is thrown out


@pytest.mark.database("postgresql")
def test_racing_sign_ups_never_exceed_the_capacity(app: Flask, campaign: Campaign, clock: SettableClock) -> None:
    fund = an_event(campaign, capacity=5)
    names = [f"guest{number}" for number in range(10)]
    assert fund.campaign_id == campaign.id
    db.session.expunge(fund)  # the threads share it, and must not load it anew

    def sign_up(name: str) -> None:
        with app.app_context():
            someone(fund, name, clock=clock, address=None)
            db.session.remove()

    with ThreadPoolExecutor(max_workers=10) as people:
        list(people.map(sign_up, names))
    assert sorted(states(fund).values()) == [CONFIRMED] * 5 + [WAITING] * 5


@pytest.mark.database("sqlite")
def test_a_mailbox_that_signed_up_learns_it_by_email_alone(
    campaign: Campaign, clock: SettableClock, mailer: RecordingMailer
) -> None:
    fund = an_event(campaign, capacity=1)
    someone(fund, clock=clock)
    someone(fund, clock=clock)  # a double press
    clock.advance(hours=1)
    someone(fund, "Somebody Else", clock=clock, email="AIDA@example.org")
    assert subjects(mailer) == [
        ("aida", CONFIRM),
        ("aida", "You have a place"),
        ("aida", "You are already signed up"),
    ]
    assert states(fund) == {"Aida": CONFIRMED}
    cancel(fund, "Aida", clock=clock)
    someone(fund, "Aida K.", clock=clock, email="aida@example.org")
    assert states(fund) == {"Aida": CANCELLED, "Aida K.": CONFIRMED}


@pytest.mark.database("sqlite")
def test_no_sign_up_without_a_place_or_after_the_end(campaign: Campaign, clock: SettableClock) -> None:
    fund = an_event(campaign, capacity=3, has_waiting_list=False)
    someone(fund, "aida", clock=clock, places=2)
    with pytest.raises(NotEnoughPlaces) as few:
        someone(fund, "burul", clock=clock, places=2)
    assert few.value.free == 1
    someone(fund, "burul", clock=clock)
    with pytest.raises(SignUpClosed) as full:
        someone(fund, "aida", clock=clock)  # known or not: the same answer
    assert full.value.offer is SignUpOffer.FULL
    clock.at = BEGINS_AT
    with pytest.raises(SignUpLinkExpired):
        cancel(fund, "Aida", clock=clock)


@pytest.mark.database("sqlite")
def test_robots_are_bounded(campaign: Campaign, clock: SettableClock, monkeypatch: pytest.MonkeyPatch) -> None:
    fund = an_event(campaign, capacity=None)
    monkeypatch.setattr(limits, "MAX_WITHOUT_PROOF", 1)
    monkeypatch.setattr(limits, "MAX_OF_A_NETWORK", 4)
    someone(fund, "a", clock=clock, has_proof=False)
    with pytest.raises(ProofMissing):
        someone(fund, "b", clock=clock, has_proof=False)
    monkeypatch.setattr(limits, "MAX_OF_A_FORM", 2)
    for name in ("c", "d"):
        someone(fund, name, clock=clock, form="one form")
    with pytest.raises(ProofMissing):
        someone(fund, "e", clock=clock, form="one form")  # its work was done once
    someone(fund, "f", clock=clock)
    with pytest.raises(TooManySignUps):
        someone(fund, "g", clock=clock)
    someone(fund, "g", clock=clock, address="198.51.100.1")
    assert set(states(fund)) == {"A", "C", "D", "F", "G"}


@pytest.mark.database("sqlite")
def test_a_mailbox_is_not_flooded(
    campaign: Campaign, clock: SettableClock, mailer: RecordingMailer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MAX_OF_A_MAILBOX", 2)
    for number in range(3):
        someone(an_event(campaign, code=f"EVENT-{number}"), clock=clock)
    assert [subject for _name, subject in subjects(mailer)].count(CONFIRM) == 2


def test_people_are_told_of_changes_once_and_reminded(
    campaign: Campaign, clock: SettableClock, mailer: RecordingMailer
) -> None:
    fund = an_event(campaign, capacity=1)
    someone(fund, "aida", clock=clock)
    someone(fund, "burul", clock=clock)
    subjects(mailer)
    clock.advance(hours=1)
    change(fund, begins_at=BEGINS_AT + timedelta(days=1), details_changed_at=clock.now())
    assert subjects(mailer) == []  # staff may still correct it
    clock.advance(minutes=6)
    work_off_everything()
    letter = mailer.sent[0]
    (name, calendar), text = letter.attachments[0], " ".join(letter.text.split())
    assert name == "event.ics"
    assert b"DTSTART:20261206T100000Z" in calendar
    assert "Your place stays yours" in text
    assert mailer.sent[1].attachments == ()
    assert "text/calendar" in letter.as_email("us@example.org").as_string()
    assert subjects(mailer) == [("aida", "New time or place"), ("burul", "New time or place")]
    clock.at = BEGINS_AT.replace(hour=8)
    assert subjects(mailer) == []
    clock.at = BEGINS_AT.replace(hour=9)  # the day before, as it is now
    assert subjects(mailer) == [("aida", "Reminder")]
    assert subjects(mailer) == []
    decision = TargetDecision(
        campaign_id=campaign.id,
        public_id=fund.public_id,
        act=TargetAct.CANCEL,
        actor_id=a_member_of_staff(role="campaign").id,
        reason={"en": "The hall is flooded."},
    )
    act_on_target(decision, clock=clock)
    work_off_everything()
    assert "The hall is flooded." in mailer.sent[0].text
    assert b"METHOD:CANCEL" in mailer.sent[0].attachments[0][1]
    assert [name for name, _subject in subjects(mailer)] == ["aida", "burul"]
    assert subjects(mailer) == []


@pytest.mark.database("sqlite")
def test_a_new_time_on_the_plan_counts_as_a_change(campaign: Campaign, clock: SettableClock) -> None:
    fund = an_event(campaign)
    actor_id = a_member_of_staff(role="campaign").id

    def save(**times: object) -> object:
        details = EventTimes(**{"place": place, "begins_at": BEGINS_AT, "ends_at": ends_at, **times})  # type: ignore[arg-type]
        draft = ItemDraft(title=fund.title, summary=fund.summary, goal_minor=0, details=details)
        version = version_of(plan_item(campaign.id, fund.public_id).form_facts)
        change_item(campaign.id, fund.public_id, draft, version=version, actor_id=actor_id, clock=clock)
        with reading() as session:
            return session.get_one(Event, fund.id).details_changed_at

    with reading() as session:
        event = session.get_one(Event, fund.id)
        place, ends_at = dict(event.place), event.ends_at
    assert save(capacity=9) is None
    assert save(place={**place, "en": "Bishkek"}) == clock.now()


def test_names_are_deleted_after_the_event_and_counts_stay(
    campaign: Campaign, clock: SettableClock, mailer: RecordingMailer, session: Session
) -> None:
    fund, later = an_event(campaign), an_event(campaign, code="EVENT-2")
    someone(fund, "aida", clock=clock, phone="0555 123456", access_needs="A ramp", places=2)
    change(later, begins_at=BEGINS_AT + timedelta(days=90), ends_at=None)
    someone(later, "burul", clock=clock, access_needs="A lift")
    work_off_everything()
    rules = retention.rules_for({})

    def deleted() -> dict[str, int]:
        return {count.name.value: count.rows for count in retention.run(rules, clock=clock) if "event_" in count.name}

    clock.at = BEGINS_AT + timedelta(hours=3, days=7)
    assert {name: rows for name, rows in deleted().items() if rows} == {"event_links": 2}
    clock.advance(seconds=1)
    assert {name: rows for name, rows in deleted().items() if rows} == {"event_needs": 1}
    clock.at = BEGINS_AT + timedelta(hours=4, days=90)
    assert {name: rows for name, rows in deleted().items() if rows} == {"event_emails": 1, "event_people": 1}
    session.rollback()
    row = session.execute(select(EventSignUp).where(EventSignUp.event_id == fund.id)).scalar_one()
    assert (row.name, row.email, row.email_key, row.phone, row.access_needs) == (None,) * 5
    assert (row.state, row.places) == (SignUpState.CONFIRMED, 2)
    assert "aida" not in repr(session.execute(select(Message.recipient, Message.facts, Message.dedupe_key)).all())
    assert states(later) == {"Burul": SignUpState.CONFIRMED}
