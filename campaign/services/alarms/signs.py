"""The signs for the alarms, read from the tables in a fixed number of small queries, and stored."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import bindparam, func, select, union_all
from sqlalchemy.orm import Session

from campaign.database import DISK_FULL_MARK, reading, transaction
from campaign.domain.mail import MailState
from campaign.domain.provider_events import UNFINISHED_EVENT_STATES, EventState
from campaign.domain.receipt import ReceiptState
from campaign.gateways.clock import Clock, machine_clock
from campaign.gateways.disk import free_bytes, was_touched_within
from campaign.models.alarm import Observation
from campaign.models.donation import Donation
from campaign.models.inbox import ProviderEvent
from campaign.models.receipt import Receipt, ReceiptFile
from campaign.services.alarms.mail_signs import read_mail_signs
from campaign.services.alarms.money_signs import read_money_signs
from campaign.services.alarms.sign_types import CheckSigns, EndpointSigns, Signs
from campaign.services.inbox.listing import LAST_EVENT, waiting_in
from campaign.services.observations import (
    BOOKS,
    COMPARISON,
    ENDPOINT,
    MAIL_WORKER,
    RECEIPTS,
    SWEEP,
    WORKER,
    note,
    observed,
)

__all__ = ["ENDPOINT", "MAIL_WORKER", "SWEEP", "WORKER", "check_signs", "note", "note_death", "observed", "read_signs"]

PAID_TYPES = (
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "payment_intent.succeeded",
    "invoice.paid",
)
"""Events by which the provider tells that money was paid."""
SUBSTITUTED_LATELY = timedelta(days=14)
"""How long a receipt with a substitute for a character calls for somebody; a corrected receipt does no more."""
DEATHS = "worker_deaths"
"""When workers died lately, as moments in `facts`."""
MAX_DEATHS = 20
FULL_LATELY = timedelta(minutes=3)
"""A worker writes every minute, so a database whose disk is still full has said so again."""


def note_death(*, clock: Clock) -> None:
    """Record that a worker died."""
    at = machine_clock(clock).now()
    with transaction() as session:
        moments = [*_deaths(session.get(Observation, DEATHS)), at][-MAX_DEATHS:]
        facts = {"at": [moment.isoformat() for moment in moments]}
        session.merge(Observation(name=DEATHS, at=at, facts=facts))


def read_signs(*, takes_cards: bool, clock: Clock) -> Signs:
    """Read everything that the rules judge; it calls nobody outside."""
    at = clock.now()
    with reading() as session:
        last_event_at, oldest_paid_at, substituted = session.execute(
            _EVENTS_AND_RECEIPTS, {"since": at - SUBSTITUTED_LATELY}
        ).one()
        waiting = waiting_in(session, *UNFINISHED_EVENT_STATES)
        failed = waiting_in(session, EventState.FAILED_PERMANENTLY)
        mails = read_mail_signs(session, at=at)
        observations = {row.name: row for row in session.execute(select(Observation)).scalars()}
        return Signs(
            at=at,
            machine_now=machine_clock(clock).now(),
            takes_cards=takes_cards,
            oldest_waiting_at=waiting.oldest_at,
            waiting=waiting.count,
            oldest_paid_at=oldest_paid_at,
            failed_events=failed.count,
            oldest_failed_at=failed.oldest_at,
            last_event_at=last_event_at,
            first_unheard_at=_first_unheard_at(session, last_event_at) if takes_cards else None,
            oldest_mail_at=mails[MailState.QUEUED].oldest_at,
            failed_mails=mails[MailState.FAILED_PERMANENTLY].count,
            mails_on_hold=mails[MailState.HELD].count,
            substituted_receipts=substituted,
            worker_at=_at(observations.get(WORKER)),
            mail_worker_at=_at(observations.get(MAIL_WORKER)),
            sweep_at=_at(observations.get(SWEEP)),
            worker_deaths=_deaths(observations.get(DEATHS)),
            free_bytes=_free_bytes(),
            endpoint=_endpoint(observations.get(ENDPOINT)) if takes_cards else None,
            books=_check(observations.get(BOOKS)),
            receipts=_check(observations.get(RECEIPTS)),
            comparison=_check(observations.get(COMPARISON)) if takes_cards else None,
            money=read_money_signs(session, at=at),
        )


def _at(row: Observation | None) -> datetime | None:
    return row.at if row else None


def _check(row: Observation | None) -> CheckSigns | None:
    return check_signs(row) if row else None


def _free_bytes() -> int | None:
    """Return the free space of the instance folder's disk; none where the database has just run out of space."""
    folder: Path = current_app.config["KURAK"].instance_dir
    return 0 if was_touched_within(folder / DISK_FULL_MARK, FULL_LATELY) else free_bytes(folder)


def _first_unheard_at(session: Session, last_event_at: datetime | None) -> datetime | None:
    """Return when the first payment page after the last event was opened."""
    query = select(Donation.created_at).where(Donation.checkout_id.is_not(None))
    if last_event_at is not None:
        query = query.where(Donation.created_at > last_event_at)
    return session.execute(query.order_by(Donation.created_at).limit(1)).scalar()


def _deaths(row: Observation | None) -> tuple[datetime, ...]:
    facts: dict[str, Any] = row.facts if row else {}
    return tuple(datetime.fromisoformat(moment) for moment in facts.get("at", ()))


def _endpoint(row: Observation | None) -> EndpointSigns | None:
    if row is None:
        return None
    stored: dict[str, Any] = row.facts
    good_at = stored.get("good_at")
    return EndpointSigns(
        at=row.at,
        good_at=datetime.fromisoformat(good_at) if good_at else None,
        faults=tuple(stored.get("faults", ())),
        facts=stored.get("about", {}),
        problem=stored.get("problem"),
    )


_FIRST_PAID = union_all(  # each state by itself is read in the order of its index
    *(
        select(
            select(ProviderEvent.received_at)
            .where(ProviderEvent.state == state, ProviderEvent.type.in_(PAID_TYPES))
            .order_by(ProviderEvent.id)
            .limit(1)
            .subquery()
        )
        for state in UNFINISHED_EVENT_STATES
    )
).subquery()
_OLDEST_PAID = select(func.min(_FIRST_PAID.c.received_at))
_SUBSTITUTED = (
    select(func.count())
    .select_from(ReceiptFile)
    .join(Receipt, Receipt.id == ReceiptFile.receipt_id)
    .where(
        ReceiptFile.substituted.is_not(None),
        Receipt.state == ReceiptState.ISSUED,
        ReceiptFile.made_at >= bindparam("since"),
    )
)


_EVENTS_AND_RECEIPTS = select(
    LAST_EVENT.scalar_subquery(), _OLDEST_PAID.scalar_subquery(), _SUBSTITUTED.scalar_subquery()
)


def check_signs(row: Observation) -> CheckSigns:
    """Return the last result of a check, as it was stored."""
    stored: dict[str, Any] = row.facts
    good_at = stored.get("good_at")
    return CheckSigns(
        good_at=datetime.fromisoformat(good_at) if good_at else None,
        problems=tuple(stored.get("problems", ())),
        error=stored.get("error"),
    )
