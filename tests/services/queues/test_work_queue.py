"""One work queue for events, emails, refunds and monthly requests: claims, leases, delays and exhausted rows."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text, update

from campaign.database import reading, transaction
from campaign.domain.money import Money
from campaign.domain.pledge import Act
from campaign.domain.provider_events import EventReason, EventState
from campaign.extensions import db
from campaign.models.donation import Refund
from campaign.models.inbox import ProviderEvent
from campaign.models.outbox import Message
from campaign.models.pledge import PledgeRequest
from campaign.services.alarms.watching import ringing_now
from campaign.services.gifts.refunds import REFUNDS, RefundOrder, request_refund
from campaign.services.mail.delivery import MAILS
from campaign.services.pledges.requests import REQUESTS, PledgeOrder, ask
from campaign.services.queues import inbox
from campaign.services.queues.inbox import EVENTS
from campaign.services.queues.outbox import OutgoingMail, enqueue
from campaign.services.queues.work_queue import LEASE, WorkQueue, WorkTable
from tests.services.engine import Engine
from tests.services.pledges.steps import begin_pledge, pledge_of

QUEUES: dict[str, WorkQueue[Any]] = {"events": EVENTS, "emails": MAILS, "refunds": REFUNDS, "requests": REQUESTS}
TABLES: dict[str, type[WorkTable]] = {
    "events": ProviderEvent,
    "emails": Message,
    "refunds": Refund,
    "requests": PledgeRequest,
}
ALARMS = {
    "events": "events_dead",
    "emails": "mail_dead",
    "refunds": "refunds_not_sent",
    "requests": "requests_not_sent",
}
ROWS = 2


def add_events(engine: Engine) -> None:
    for number in range(ROWS):
        engine.tell("charge.updated", f"ch_{number}")


def add_emails(engine: Engine) -> None:
    with transaction() as session:
        for number in range(ROWS):
            mail = OutgoingMail(
                kind="receipt", language="en", recipient="donor@example.org", facts={}, key=f"test:{number}"
            )
            enqueue(session, mail, at=engine.clock.now())


def add_refunds(engine: Engine) -> None:
    for gift in [engine.give() for _ in range(ROWS)]:
        order = RefundOrder(donation_public_id=gift, amount=Money(10_00, "USD"), reason="a slip", actor_id=None)
        request_refund(order, clock=engine.clock)


def add_requests(engine: Engine) -> None:
    for subscription in [begin_pledge(engine) for _ in range(ROWS)]:
        ask(PledgeOrder(pledge_public_id=pledge_of(subscription).public_id, act=Act.STOP), clock=engine.clock)


ADD: dict[str, Callable[[Engine], None]] = {
    "events": add_events,
    "emails": add_emails,
    "refunds": add_refunds,
    "requests": add_requests,
}


@pytest.fixture(params=QUEUES)
def name(request: pytest.FixtureRequest, engine: Engine) -> str:
    """A queue with rows that are due."""
    kind: str = request.param
    ADD[kind](engine)
    return kind


@pytest.fixture
def emails(engine: Engine) -> Engine:
    """With emails that are due: what holds for one queue holds for all."""
    add_emails(engine)
    return engine


@pytest.mark.parametrize("queue", QUEUES.values(), ids=QUEUES)
@given(attempts=st.integers(0, 10**9))
def test_every_queue_has_a_delay_for_any_number_of_attempts(queue: WorkQueue[Any], attempts: int) -> None:
    assert timedelta() < queue.policy.delay_after(attempts) <= queue.policy.maximum


@pytest.mark.database("sqlite")
@pytest.mark.parametrize("queue", QUEUES.values(), ids=QUEUES)
def test_a_claim_reads_no_whole_table(app: Flask, queue: WorkQueue[Any]) -> None:
    sql = re.sub(r"__\[POSTCOMPILE_\w+\]|\?", "1", str(queue._claim_due.compile(db.engine)))
    plan = db.session.execute(text(f"EXPLAIN QUERY PLAN {sql}")).all()
    assert not [step for *_ids, step in plan if re.search(rf"SCAN {queue._table.name}", step)], plan


@pytest.mark.parametrize("queue", QUEUES.values(), ids=QUEUES)
def test_a_claimed_row_is_closed_by_its_key(app: Flask, queue: WorkQueue[Any]) -> None:
    sql = str(queue._update_claimed.values(attempts=1).compile(db.engine))
    sql = re.sub(r"%\((claimed_(?:id|receipt_id|attempts)|attempts)\)s|\?", "1", sql)
    sql = re.sub(r"%\(\w+\)s|__\[POSTCOMPILE_\w+\]", "'x'", sql)
    explain = "EXPLAIN" if db.engine.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"
    with db.engine.connect() as connection:
        plan = str(connection.exec_driver_sql(f"{explain} {sql}").all())
    assert "(id IS DISTINCT" not in plan  # PostgreSQL finds nothing by an index with this comparison
    assert explain == "EXPLAIN" or "INTEGER PRIMARY KEY (rowid=?)" in plan


@pytest.mark.parametrize("policy", [EVENTS.policy, MAILS.policy], ids=["events", "emails"])
def test_events_and_emails_are_retried_for_about_two_days(policy: Any) -> None:
    whole = sum((policy.delay_after(attempts) for attempts in range(1, policy.max_attempts)), timedelta())
    assert timedelta(hours=36) < whole < timedelta(hours=54)


def test_rows_are_claimed_in_order_and_again_after_the_lease(emails: Engine) -> None:
    at = emails.clock.now()
    claims = [MAILS.claim_next(at=at) for _ in range(ROWS + 1)]
    ids = [claim.id for claim in claims if claim]
    assert ids == sorted(ids)
    assert (len(ids), claims[-1]) == (ROWS, None)
    assert MAILS.claim_next(at=at + LEASE - timedelta(seconds=1)) is None
    again = MAILS.claim_next(at=at + LEASE)
    assert again
    assert (again.id, again.attempts) == (ids[0], 2)


def test_an_event_that_two_workers_claimed_is_closed_by_the_first_that_has_done_it(engine: Engine) -> None:
    add_events(engine)
    at = engine.clock.now()
    first = EVENTS.claim_next(at=at)
    assert first
    with transaction() as session:  # a success wakes what waits, also what is claimed
        session.execute(update(ProviderEvent).where(ProviderEvent.id == first.id).values(next_try_at=at))
    second = EVENTS.claim(ProviderEvent.id == first.id, at=at)
    assert second
    with transaction() as session:
        inbox.complete(session, first, EventState.PROCESSED, at=at)
    inbox.reschedule(second, EventReason.PROVIDER_UNAVAILABLE, "no answer", clock=engine.clock)
    assert row_of("events", first.id)[0] == EventState.PROCESSED


def test_a_worker_whose_lease_was_taken_over_changes_nothing(emails: Engine) -> None:
    at = emails.clock.now()
    slow = MAILS.claim_next(at=at)
    assert slow
    quick = [MAILS.claim_next(at=at + LEASE) for _ in range(ROWS)]
    assert slow.id in {claim.id for claim in quick if claim}
    before = row_of("emails", slow.id)
    MAILS.reschedule(slow, "too late", at=at + LEASE)
    MAILS.postpone(slow, LEASE, at=at + LEASE)
    with transaction() as session:
        assert MAILS.complete(session, slow, "sent") is False
    assert row_of("emails", slow.id) == before


def test_a_failed_attempt_is_retried_later_with_its_error(emails: Engine) -> None:
    at = emails.clock.now()
    claim = MAILS.claim_next(at=at)
    assert claim
    MAILS.reschedule(claim, "x" * 1000, at=at)
    state, attempts, next_try_at, error = row_of("emails", claim.id)
    assert (state, attempts, error) == (MAILS.policy.waiting[0], 1, "x" * 500)
    assert next_try_at
    assert at < next_try_at <= at + MAILS.policy.base


def test_a_row_that_could_not_be_tried_yet_loses_no_attempt(emails: Engine) -> None:
    at = emails.clock.now()
    claim = MAILS.claim_next(at=at)
    assert claim
    MAILS.postpone(claim, LEASE, at=at)
    assert row_of("emails", claim.id)[1:3] == (0, at + LEASE)


def test_two_workers_never_claim_the_same_row(app: Flask, engine: Engine, name: str) -> None:
    at = engine.clock.now()

    def claim_all(_worker: int) -> list[int]:
        with app.app_context():
            claims = [QUEUES[name].claim_next(at=at) for _ in range(ROWS)]
        return [claim.id for claim in claims if claim]

    with ThreadPoolExecutor(3) as workers:
        claimed = [row for rows in workers.map(claim_all, range(3)) for row in rows]
    assert len(claimed) == len(set(claimed)) == ROWS


def test_an_exhausted_row_raises_an_alarm(engine: Engine, name: str) -> None:
    queue, at = QUEUES[name], engine.clock.now()
    assert ALARMS[name] not in alarms(engine)
    claim = queue.claim_next(at=at)
    assert claim
    with transaction() as session:
        model = TABLES[name]
        session.execute(update(model).where(model.id == claim.id).values(attempts=queue.policy.max_attempts - 1))
    claims = [queue.claim_next(at=at + LEASE) for _ in range(ROWS)]
    [last] = [row for row in claims if row and row.attempts == queue.policy.max_attempts]
    queue.reschedule(last, "no answer", at=engine.clock.now())
    assert row_of(name, last.id)[0] == (queue.policy.exhausted or queue.policy.waiting[0])
    assert ALARMS[name] in alarms(engine)


def alarms(engine: Engine) -> set[str]:
    return {alarm.key for alarm in ringing_now(takes_cards=True, clock=engine.clock)}


def row_of(name: str, row_id: int) -> tuple[str, int, datetime | None, str | None]:
    with reading() as session:
        table = TABLES[name]
        columns = (table.state, table.attempts, table.next_try_at, table.error)
        state, attempts, next_try_at, error = session.execute(select(*columns).where(table.id == row_id)).one()
        return state, attempts, next_try_at, error
