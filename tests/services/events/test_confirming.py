"""Only who reads a mailbox takes a place: a sign-up is confirmed by its link, in time, and each later state has its answer."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from campaign.database import reading
from campaign.domain.event_sign_up import SignUpDeleted, SignUpLinkExpired, SignUpOffer, SignUpState
from campaign.jobs import work_off_everything
from campaign.models.campaign import Campaign
from campaign.models.fund import Fund
from campaign.models.outbox import Message
from campaign.services.demo.guests import sign_up_for_first_event
from campaign.services.events import unconfirmed
from campaign.services.events.confirming import confirm_own
from campaign.services.events.links import sign_link
from campaign.services.events.own_sign_up import OwnSignUp, own_sign_up
from tests.support.builders import a_campaign
from tests.support.events import BEGINS_AT, a_request, an_event, change, public_id_of, someone, states
from tests.support.fakes import RecordingMailer, SettableClock

CONFIRMED, WAITING, UNCONFIRMED = SignUpState.CONFIRMED, SignUpState.WAITING, SignUpState.UNCONFIRMED
sqlite = pytest.mark.database("sqlite")


@pytest.fixture
def campaign(app: Flask) -> Campaign:
    return a_campaign()


def press(fund: Fund, name: str, *, clock: SettableClock) -> OwnSignUp:
    return confirm_own(sign_link(public_id_of(fund, name)), clock=clock)


def emails(mailer: RecordingMailer) -> list[str]:
    work_off_everything()
    names = [mail.recipient.partition("@")[0] for mail in mailer.sent]
    mailer.sent.clear()
    return names


@sqlite
def test_who_reads_no_mailbox_takes_no_place(campaign: Campaign, clock: SettableClock) -> None:
    fund = an_event(campaign, capacity=3)
    for number in range(9):
        a_request(fund, f"stranger{number}", clock=clock, places=3)
    someone(fund, "aida", clock=clock, places=3)
    assert states(fund)["Aida"] is CONFIRMED
    assert list(states(fund).values()).count(UNCONFIRMED) == 9


@sqlite
def test_the_demo_has_no_guests_where_its_first_event_takes_none(campaign: Campaign, clock: SettableClock) -> None:
    sign_up_for_first_event(campaign.slug, clock=clock)
    fund = an_event(campaign, capacity=3)
    clock.at = BEGINS_AT + timedelta(days=1)
    sign_up_for_first_event(campaign.slug, clock=clock)
    assert states(fund) == {}
    clock.at = BEGINS_AT - timedelta(days=1)
    sign_up_for_first_event(campaign.slug, clock=clock)
    assert list(states(fund).values()) == [CONFIRMED, CONFIRMED, WAITING, WAITING]


@sqlite
def test_places_are_given_in_the_order_of_confirming(campaign: Campaign, clock: SettableClock) -> None:
    fund = an_event(campaign, capacity=1)
    for name in ("aida", "burul", "chynar"):
        a_request(fund, name, clock=clock)
    for name in ("Chynar", "Burul", "Aida"):
        clock.advance(minutes=1)
        press(fund, name, clock=clock)
    assert states(fund) == {"Aida": WAITING, "Burul": WAITING, "Chynar": CONFIRMED}
    change(fund, capacity=2)
    work_off_everything()
    assert states(fund) == {"Aida": WAITING, "Burul": CONFIRMED, "Chynar": CONFIRMED}


MEANWHILE: dict[str, tuple[dict[str, object], Callable[[OwnSignUp], bool]]] = {
    "full": ({"capacity": 0}, lambda own: own.state is WAITING),
    "full without a waiting list": (
        {"capacity": 0, "has_waiting_list": False},
        lambda own: own.state is UNCONFIRMED and own.offer is SignUpOffer.FULL,
    ),
    "too few for a group": (
        {"capacity": 1, "has_waiting_list": False},
        lambda own: own.state is UNCONFIRMED and own.offer is SignUpOffer.PLACES and own.gets is None,
    ),
    "smaller than the group": ({"capacity": 1}, lambda own: own.state is UNCONFIRMED and own.gets is None),
    "moved": (
        {"begins_at": BEGINS_AT + timedelta(days=1), "details_changed_at": BEGINS_AT - timedelta(days=1)},
        lambda own: own.state is CONFIRMED,
    ),
    "cancelled": (
        {"status": "cancelled"},
        lambda own: own.state is UNCONFIRMED and own.offer is SignUpOffer.CANCELLED,
    ),
    "closed": (
        {"takes_sign_ups": False},
        lambda own: own.state is UNCONFIRMED and own.offer is SignUpOffer.NOT_OFFERED,
    ),
}


@sqlite
@pytest.mark.parametrize("change_of_event", MEANWHILE)
def test_what_changed_meanwhile_counts(campaign: Campaign, clock: SettableClock, change_of_event: str) -> None:
    fund = an_event(campaign)
    a_request(fund, clock=clock, places=2)
    columns, is_right = MEANWHILE[change_of_event]
    change(fund, **columns)
    assert own_sign_up(sign_link(public_id_of(fund)), clock=clock).is_moved == (change_of_event == "moved")
    assert is_right(press(fund, "Aida", clock=clock))


@sqlite
def test_a_late_press_is_refused_and_the_sign_up_deleted_with_its_email(
    campaign: Campaign, clock: SettableClock, mailer: RecordingMailer
) -> None:
    far, near = an_event(campaign, begins_at=BEGINS_AT + timedelta(days=9)), an_event(campaign, code="EVENT-2")
    change(near, sign_up_until=clock.now() + timedelta(hours=1))
    a_request(far, clock=clock)
    a_request(near, "burul", clock=clock)
    token = sign_link(public_id_of(far))
    assert sorted(emails(mailer)) == ["aida", "burul"]
    clock.advance(hours=1)
    assert press(near, "Burul", clock=clock).offer is SignUpOffer.DEADLINE_PASSED
    work_off_everything()
    assert states(near) == {}
    clock.advance(hours=47)
    with pytest.raises(SignUpDeleted):
        confirm_own(token, clock=clock)
    work_off_everything()
    assert states(far) == {}
    with reading() as session:
        assert session.execute(select(Message.recipient)).scalars().all() == []
    with pytest.raises(SignUpDeleted):
        own_sign_up(token, clock=clock)
    a_request(far, clock=clock)
    token = sign_link(public_id_of(far))
    change(far, begins_at=clock.now())
    with pytest.raises(SignUpLinkExpired):
        confirm_own(token, clock=clock)


@sqlite
def test_each_link_confirms_what_its_own_form_said(
    campaign: Campaign, clock: SettableClock, mailer: RecordingMailer
) -> None:
    """Whoever enters the address of somebody else changes nothing of what these confirm."""
    fund = an_event(campaign)
    a_request(fund, "aida", clock=clock)
    a_request(fund, "aida", clock=clock)  # a double press
    a_request(fund, "Joker", clock=clock, email="AIDA@example.org", places=3)
    assert emails(mailer) == ["aida", "AIDA"]
    assert press(fund, "Aida", clock=clock).places == 1
    other = press(fund, "Joker", clock=clock)
    assert (other.is_already, other.places, other.state) == (True, 1, CONFIRMED)
    assert states(fund) == {"Aida": CONFIRMED, "Joker": UNCONFIRMED}


@sqlite
def test_a_mailbox_has_no_more_places_under_variants_of_its_address(campaign: Campaign, clock: SettableClock) -> None:
    fund = an_event(campaign, capacity=20)
    someone(fund, "aida", clock=clock, places=4)
    a_request(fund, "aida+1", clock=clock, places=2)
    refused = press(fund, "Aida+1", clock=clock)
    assert (refused.is_mailbox_full, refused.state) == (True, UNCONFIRMED)
    someone(fund, "aida+2", clock=clock, places=1)
    assert states(fund)["Aida+2"] is CONFIRMED


@sqlite
def test_unconfirmed_sign_ups_are_bounded_and_the_oldest_gives_way(
    campaign: Campaign, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unconfirmed, "MAX_UNCONFIRMED", 4)
    monkeypatch.setattr(unconfirmed, "MAX_UNCONFIRMED_OF_A_MAILBOX", 2)
    fund = an_event(campaign)
    someone(fund, "burul", clock=clock)
    for name in ("a", "b", "c"):
        a_request(fund, name, clock=clock, email="aida@example.org")
    assert list(states(fund)) == ["Burul", "B", "C"]
    for name in ("d", "e", "f"):
        a_request(fund, name, clock=clock)
    assert list(states(fund)) == ["Burul", "C", "D", "E", "F"]
    with reading() as session:
        query = select(Message.recipient).where(Message.facts["notice"].as_string() == "confirm")
        assert len(session.execute(query).scalars().all()) == 5  # the emails of those that gave way are gone, too
