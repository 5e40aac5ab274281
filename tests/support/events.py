"""Builders of events that people can sign up for, for tests."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from campaign.database import reading, transaction
from campaign.domain.email_address import email_key
from campaign.domain.event_sign_up import SignUpState
from campaign.models.campaign import Campaign
from campaign.models.event_sign_up import EventSignUp
from campaign.models.fund import Event, Fund
from campaign.services.events.confirming import confirm_own
from campaign.services.events.links import sign_link
from campaign.services.events.signing_up import SignUpRequest, sign_up
from tests.support.builders import a_fund
from tests.support.fakes import SettableClock

BEGINS_AT = datetime(2026, 12, 5, 10, 0, tzinfo=UTC)


def an_event(campaign: Campaign, *, code: str = "EVENT-1", capacity: int | None = 3, **columns: Any) -> Fund:
    """An event on 5 December 2026, 10:00 UTC, that people can sign up for, with a waiting list."""
    fund = a_fund(campaign=campaign, code=code, kind="event")
    opened = {"begins_at": BEGINS_AT, "ends_at": BEGINS_AT + timedelta(hours=3), "starts_on": BEGINS_AT.date()}
    change(fund, **{**opened, "capacity": capacity, "takes_sign_ups": True, "has_waiting_list": True, **columns})
    return fund


def change(fund: Fund, **columns: Any) -> None:
    """Change columns of an event."""
    with transaction() as session:
        event = session.get_one(Event, fund.id)
        for name, value in columns.items():
            setattr(event, name, value)


def someone(fund: Fund, name: str = "aida", *, clock: SettableClock, places: int = 1, **more: Any) -> None:
    """Somebody signs up with name@example.org and confirms it, as the public pages do."""
    a_request(fund, name, clock=clock, places=places, **more)
    confirm(fund, clock=clock, email=more.get("email", f"{name}@example.org"))


def confirm(fund: Fund, *, clock: SettableClock, email: str) -> None:
    """Press the link in the newest email of a mailbox; nothing where no sign-up waits for that."""
    unconfirmed = EventSignUp.state == SignUpState.UNCONFIRMED, EventSignUp.email_key == email_key(email)
    query = select(EventSignUp.public_id).where(EventSignUp.event_id == fund.id, *unconfirmed)
    with reading() as session:
        names = session.execute(query.order_by(EventSignUp.id.desc())).scalars().all()
    if names:
        confirm_own(sign_link(names[0]), clock=clock)


def a_request(fund: Fund, name: str = "aida", *, clock: SettableClock, places: int = 1, **more: Any) -> None:
    """Somebody enters name@example.org on the public form; whose address it is, nobody knows."""
    request: dict[str, Any] = {
        "name": name.title(),
        "email": f"{name}@example.org",
        "phone": "",
        "language": "en",
        "places": places,
        "access_needs": "",
        "form": f"form of {name}",
        "has_proof": True,
        "address": "203.0.113.7",
    }
    order = SignUpRequest(**{**request, **more})
    sign_up(fund.campaign_id, fund.public_id, order, clock=clock, secret="secret")


def states(fund: Fund) -> dict[str, SignUpState]:
    """Name → state of everybody who signed up, in the order in which they came."""
    query = select(EventSignUp).where(EventSignUp.event_id == fund.id).order_by(EventSignUp.id)
    with reading() as session:
        return {row.name or "": SignUpState(row.state) for row in session.execute(query).scalars()}


def public_id_of(fund: Fund, name: str = "Aida") -> str:
    """The public id of somebody’s sign-up."""
    query = select(EventSignUp.public_id).where(EventSignUp.event_id == fund.id, EventSignUp.name == name)
    with reading() as session:
        return session.execute(query).scalar_one()
