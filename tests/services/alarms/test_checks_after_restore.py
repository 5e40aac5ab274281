"""A worker that starts checks the books again: a database may have been put in its place while nobody was at work."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.database import transaction
from campaign.jobs import steps
from campaign.models.alarm import Observation
from campaign.models.donation import Donation
from campaign.services.alarms.scheduled_checks import run_all_checks, run_due_checks
from campaign.services.observations import BOOKS, RECEIPTS, RESTORE, note
from tests.support.builders import a_campaign, a_paid_gift
from tests.support.fakes import SettableClock


def problems(session: Session) -> list[str]:
    session.rollback()
    return [name for name in (BOOKS, RECEIPTS) if session.get_one(Observation, name).facts["problems"]]


@pytest.fixture
def broken_since_the_check(app: Flask, clock: SettableClock) -> None:
    """Books that another tool has put in the place of those that were checked a minute ago."""
    a_paid_gift(campaign=a_campaign())
    assert not run_all_checks(clock=clock)
    with transaction() as session:
        session.execute(select(Donation)).scalar_one().gift_minor += 1
    clock.advance(minutes=1)


@pytest.mark.broken_books
@pytest.mark.usefixtures("broken_since_the_check")
def test_a_worker_that_starts_checks_what_it_finds(
    session: Session, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps.check_books()
    assert problems(session) == []  # checked a minute ago
    monkeypatch.setattr(steps, "_started_at", [])
    steps.note_start()
    clock.advance(minutes=1)
    steps.check_books()
    assert problems(session) == [BOOKS]
    assert session.get_one(Observation, BOOKS).at == session.get_one(Observation, RECEIPTS).at == clock.now()
    clock.advance(minutes=1)
    steps.check_books()
    assert session.get_one(Observation, BOOKS).at == clock.now() - timedelta(minutes=1)  # once


@pytest.mark.broken_books
@pytest.mark.database("sqlite")
@pytest.mark.usefixtures("broken_since_the_check")
def test_a_check_from_before_a_restore_does_not_count(session: Session, clock: SettableClock) -> None:
    run_due_checks(clock=clock)
    assert problems(session) == []
    note(RESTORE, clock=clock)
    run_due_checks(clock=clock)
    assert problems(session) == [BOOKS]
