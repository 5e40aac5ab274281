"""Workers: money waits neither for mail nor for documents, and no kind of work for a long backlog of another."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from huey.consumer import Consumer
from huey.storage import MemoryStorage, SqliteStorage
from sqlalchemy import select

from campaign import jobs
from campaign.domain.pledge import Act
from campaign.extensions import db
from campaign.gateways.mailer import Email, MailUnavailable
from campaign.jobs.queues import connect_queues
from campaign.jobs.rounds import TURN_SECONDS, Rounds, work_off
from campaign.models.outbox import Message
from campaign.services.alarms import signs as alarm_signs
from campaign.services.gifts.refunds import request_refund
from campaign.services.pledges import requests as pledge_requests
from campaign.services.pledges.requests import PledgeOrder
from tests.services.engine import Engine
from tests.services.gifts.test_refunds import order
from tests.services.pledges.steps import begin_pledge, pledge_of
from tests.support.fakes import RecordingMailer

pytestmark = pytest.mark.database("sqlite")


class HangingMailer(RecordingMailer):
    """A server that takes the connection and says nothing until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.is_called, self.may_answer = threading.Event(), threading.Event()

    def send(self, mail: Email) -> None:
        self.is_called.set()
        self.may_answer.wait(20)
        raise MailUnavailable(f"no answer about {mail.recipient}")


@pytest.fixture
def mailer() -> HangingMailer:
    return HangingMailer()


@pytest.fixture
def workers(app: Flask, mailer: HangingMailer) -> Iterator[None]:
    """Consumers of both queues, in threads; nothing waits for them but the test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Consumer, "_set_signal_handlers", lambda _self: None)
        consumers = [
            queue.create_consumer(workers=2, initial_delay=0.05, max_delay=0.1, periodic=False)
            for queue in jobs.QUEUES.values()
        ]
        for consumer in consumers:
            consumer.start()
        yield
        mailer.may_answer.set()
        jobs.stopping.set()
        for consumer in consumers:
            consumer.stop(graceful=True)
        jobs.stopping.clear()


def wait_for(condition: Callable[[], bool]) -> float:
    """How many seconds it took until the condition held; ten at most."""
    begun = time.monotonic()
    while not condition() and time.monotonic() - begun < 10:
        time.sleep(0.02)
    return time.monotonic() - begun


def test_money_moves_while_the_mail_server_hangs(engine: Engine, mailer: HangingMailer, workers: None) -> None:
    """A paid gift is booked, a refund is sent, and a monthly gift is ended at the provider."""
    subscription_id = begin_pledge(engine)
    for _ in range(5):
        engine.payments.pay(checkout := engine.checkout_of(engine.open()))
        engine.tell("checkout.session.completed", checkout)
    jobs.work_off(jobs.settle_inbox, linger_seconds=0)
    for _ in range(3):  # every thread for mail is busy
        jobs.TASKS["outbox"]()
    assert mailer.is_called.wait(10)
    public_id = engine.open()
    engine.payments.pay(engine.checkout_of(public_id))
    engine.tell("checkout.session.completed", engine.checkout_of(public_id))
    jobs.TASKS["inbox"]()
    assert wait_for(lambda: engine.donation(public_id).state == "paid") < 2
    request_refund(order(public_id, 5_00), clock=engine.clock)
    jobs.TASKS["refunds"]()
    assert wait_for(lambda: bool(engine.payments.facts[engine.checkout_of(public_id)].refunds)) < 10
    pledge_requests.ask(
        PledgeOrder(pledge_public_id=pledge_of(subscription_id).public_id, act=Act.STOP), clock=engine.clock
    )
    jobs.TASKS["pledges"]()
    assert wait_for(lambda: pledge_of(subscription_id).state == "stopped") < 10
    assert not mailer.may_answer.is_set()


def test_a_mail_that_waits_costs_no_try_while_the_server_is_left_alone(engine: Engine) -> None:
    engine.mailer.is_ready = False
    engine.give()
    assert not jobs.send_mail()
    assert db.session.execute(select(Message.state, Message.attempts)).all() == [("queued", 0)]


def test_every_kind_of_money_gets_its_turn_within_a_long_backlog() -> None:
    begun = time.monotonic()
    refunded: list[float] = []

    def settle() -> bool:
        time.sleep(0.01)
        return not refunded

    def refund() -> bool:
        refunded.append(time.monotonic() - begun)
        return False

    work_off(settle, refund, linger_seconds=0)
    assert refunded[0] < TURN_SECONDS + 0.5


def test_a_kind_of_work_that_always_fails_does_not_stop_the_others() -> None:
    left = [True, True, False]

    def fails() -> bool:
        raise OSError("the disk is full")

    def works() -> bool:
        return left.pop(0) if left else False

    assert work_off(fails, works, linger_seconds=0) == 2


def test_a_wake_up_during_the_last_look_begins_another_round(app: Flask) -> None:
    looks: list[int] = []

    def look() -> bool:
        looks.append(len(looks))
        if len(looks) == 1:
            rounds.run(linger_seconds=0)  # as another thread would, while this round is the only one allowed
        return False

    rounds = Rounds(look, sign=alarm_signs.WORKER, at_once=1)
    rounds.run(linger_seconds=0)
    assert looks == [0, 1]


def test_a_round_ends_after_its_step_when_the_worker_is_to_end() -> None:
    def step() -> bool:
        jobs.stopping.set()
        return True

    try:
        assert work_off(step) == 1
    finally:
        jobs.stopping.clear()


@pytest.mark.parametrize("damage", ["no database", "a hole"])
def test_a_damaged_queue_is_replaced_and_its_file_saved(app: Flask, damage: str) -> None:
    file = app.config["KURAK"].instance_dir / "jobs.sqlite"
    jobs.wake("inbox")
    _close_queues()
    whole = file.read_bytes()
    file.write_bytes(b"no database" * 500 if damage == "no database" else whole[:5000] + b"\xff" * (len(whole) - 5000))
    connect_queues(app)
    jobs.wake("inbox")
    assert jobs.huey.pending_count() == 1
    assert file.with_suffix(".damaged").exists()
    _close_queues()


def test_a_queue_that_cannot_be_opened_stops_nobody_and_is_opened_later(app: Flask, tmp_path: Path) -> None:
    app.config["KURAK"] = replace(app.config["KURAK"], jobs_url=f"sqlite:///{tmp_path / 'in the way' / 'jobs.sqlite'}")
    (tmp_path / "in the way").touch()
    connect_queues(app)
    jobs.wake("inbox")
    assert isinstance(jobs.huey.storage, MemoryStorage)
    (tmp_path / "in the way").unlink()
    jobs.wake("refunds")
    assert isinstance(jobs.huey.storage, SqliteStorage)
    assert jobs.huey.pending_count() == 1


def test_a_sound_queue_stays(app: Flask) -> None:
    jobs.wake("inbox")
    connect_queues(app)
    assert jobs.huey.pending_count() == 1


def _close_queues() -> None:
    for queue in jobs.QUEUES.values():
        queue.storage.close()
