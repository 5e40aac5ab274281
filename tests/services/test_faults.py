"""A full disk, a locked database, a queue that is away: reported, stored, and repaired afterwards; nothing is lost."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text

from campaign import jobs
from campaign.database import DatabaseBusy
from campaign.extensions import db
from campaign.models.inbox import ProviderEvent
from campaign.models.outbox import Message
from campaign.models.receipt import Receipt, ReceiptFile
from campaign.services.receipts import files, listing
from tests.services.engine import Engine
from tests.support.fakes import SIGNATURE

pytestmark = pytest.mark.database("sqlite")


@contextmanager
def full_disk() -> Iterator[None]:
    """SQLite may not grow its file by a page: what it then says is what a full disk makes it say."""
    with db.engine.connect() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
    db.engine.dispose()

    def limit(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count={pages}")

    from sqlalchemy import event

    event.listen(db.engine, "connect", limit)
    try:
        yield
    finally:
        event.remove(db.engine, "connect", limit)
        db.engine.dispose()


@contextmanager
def locked_by_another(path: Path) -> Iterator[None]:
    """Another program holds SQLite's write lock, and we wait for it a moment only."""
    db.engine.dispose()

    def wait_briefly(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA busy_timeout=50")

    from sqlalchemy import event

    event.listen(db.engine, "connect", wait_briefly)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()
        event.remove(db.engine, "connect", wait_briefly)
        db.engine.dispose()


def deliver(client: FlaskClient, engine: Engine, event_id: str) -> int:
    body = engine.payments.event("checkout.session.completed", "cs_test_000001", event_id=event_id)
    return client.post("/webhooks/stripe", data=body, headers={"Stripe-Signature": SIGNATURE}).status_code


def test_a_disk_that_fills_up_while_a_receipt_is_printed_loses_nothing(engine: Engine) -> None:
    public_id = engine.open()
    checkout = engine.checkout_of(public_id)
    engine.payments.pay(checkout)
    engine.tell("checkout.session.completed", checkout)
    jobs.work_off(jobs.settle_inbox, linger_seconds=0)
    with full_disk():
        jobs.work_off(jobs.render_receipts, linger_seconds=0)
        jobs.work_off(jobs.send_mail, linger_seconds=0)
    assert engine.mailer.sent == []
    assert engine.session.execute(select(Receipt.state)).scalars().all() == ["issued"]

    engine.clock.advance(hours=1)
    engine.work()

    assert len(engine.mailer.sent) == 1
    assert engine.session.execute(select(Message.state)).scalars().all() == ["sent"]
    assert len(engine.session.execute(select(ReceiptFile.receipt_id)).all()) == 1


def test_an_event_that_cannot_be_stored_is_refused_so_that_it_comes_again(engine: Engine, client: FlaskClient) -> None:
    engine.open()
    with full_disk():
        statuses = {deliver(client, engine, f"evt_{number}") for number in range(60)}
    assert 503 in statuses
    assert statuses <= {200, 503}
    assert deliver(client, engine, "evt_later") == 200


def test_a_locked_database_is_reported_as_busy(engine: Engine, client: FlaskClient, tmp_path: Path) -> None:
    engine.open()
    with locked_by_another(tmp_path / "kurak.sqlite"):
        assert deliver(client, engine, "evt_locked") == 503
        with pytest.raises(DatabaseBusy):
            engine.open()
    assert deliver(client, engine, "evt_locked") == 200
    assert engine.session.execute(select(ProviderEvent.event_id)).scalars().all() == ["evt_locked"]


def test_a_lost_wake_up_is_made_good_by_the_sweep(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    public_id = engine.open()
    engine.payments.pay(engine.checkout_of(public_id))

    def away() -> None:
        raise OSError("the queue is away")

    monkeypatch.setitem(jobs.TASKS, "inbox", away)
    engine.tell("checkout.session.completed", engine.checkout_of(public_id))
    jobs.wake("inbox")
    assert engine.donation(public_id).state == "open"

    jobs.sweep.call_local()

    assert engine.donation(public_id).state == "paid"


def test_a_receipt_that_is_not_printed_yet_says_so(engine: Engine) -> None:
    public_id = engine.open()
    engine.payments.pay(engine.checkout_of(public_id))
    engine.tell("checkout.session.completed", engine.checkout_of(public_id))
    jobs.work_off(jobs.settle_inbox, linger_seconds=0)
    receipt = listing.receipt_of(public_id)
    assert receipt is not None
    with pytest.raises(files.ReceiptNotReady):
        files.receipt_pdf(receipt.number)
