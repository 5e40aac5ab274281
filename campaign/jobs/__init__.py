"""Background work: rows hold the state, the queues only wake workers.

A job runs a round over everything of its kind that is due, through services that may be run twice, and then lingers for
a moment, so that the next row needs no new start. A sweep every minute picks up what a lost wake-up left behind. Money
and email have queues and workers of their own, so that neither waits for the other.
"""

from collections.abc import Callable
from typing import Any

from flask import Flask
from huey import crontab

from campaign.gateway_registry import current_context
from campaign.jobs.queues import QUEUES, TASKS, connect_queues, huey, mail_huey, wake
from campaign.jobs.rounds import Rounds, attempt, stopping, work_off
from campaign.jobs.steps import (
    DOCUMENTS,
    MONEY,
    check_books,
    close_pages,
    delete_customers,
    delete_old_data,
    look_after_pledges,
    prepare_notes,
    reconcile_hourly,
    release_identified,
    render_receipts,
    repair_now,
    send_mail,
    send_refunds,
    settle_inbox,
    watch,
    watch_shield,
)
from campaign.services.alarms import signs as alarm_signs

__all__ = [
    "QUEUES",
    "TASKS",
    "attempt",
    "check",
    "check_books",
    "close_pages",
    "delete_customers",
    "forget",
    "huey",
    "init_app",
    "look_after",
    "look_after_pledges",
    "mail_huey",
    "reconcile",
    "reconcile_now",
    "release_identified",
    "render_receipts",
    "send_mail",
    "send_refunds",
    "settle_inbox",
    "stopping",
    "sweep",
    "sweep_mail",
    "wake",
    "work_off",
    "work_off_everything",
]  # fmt: skip

ROUNDS_AT_ONCE = 2
"""How many rounds of a kind run at the same time in a process: while one waits for somebody outside, the other goes on."""

_flask: list[Flask] = []
_money = Rounds(*MONEY, sign=alarm_signs.WORKER, at_once=ROUNDS_AT_ONCE)
_documents = Rounds(*DOCUMENTS, sign=alarm_signs.MAIL_WORKER, at_once=ROUNDS_AT_ONCE)


def init_app(app: Flask) -> None:
    """Give the queues their storage and the jobs their app."""
    _flask[:] = [app]
    connect_queues(app)


def work_off_everything() -> int:
    """Run everything that is due now, without lingering: for tests and commands."""
    return sum(work_off(step, linger_seconds=0) for step in (*MONEY, *DOCUMENTS))


def _job(queue: Any, rounds: Rounds, name: str) -> Callable[[], object]:
    @queue.task(name=name)  # type: ignore[untyped-decorator]
    def job() -> None:
        with _flask[0].app_context():
            rounds.run()

    return job  # type: ignore[no-any-return]


_wake_money, _wake_documents = _job(huey, _money, "money"), _job(mail_huey, _documents, "documents")
TASKS |= dict.fromkeys(("inbox", "refunds", "pages", "pledges"), _wake_money)
TASKS |= dict.fromkeys(("outbox", "receipts"), _wake_documents)


@huey.periodic_task(crontab(minute="*"))  # type: ignore[untyped-decorator]
def sweep() -> None:
    """Run all due work about money, woken or not; the shield's breaker; and the release of suspense money."""
    with _flask[0].app_context():
        alarm_signs.note(alarm_signs.WORKER, clock=current_context().clock)
        attempt(watch_shield)
        _money.run(linger_seconds=0)
        attempt(release_identified)
        alarm_signs.note(alarm_signs.SWEEP, clock=current_context().clock)


@mail_huey.periodic_task(crontab(minute="*"))  # type: ignore[untyped-decorator]
def sweep_mail() -> None:
    """Render and send everything that is due, woken or not."""
    with _flask[0].app_context():
        alarm_signs.note(alarm_signs.MAIL_WORKER, clock=current_context().clock)
        _documents.run(linger_seconds=0)


@huey.periodic_task(crontab(minute="*/5"))  # type: ignore[untyped-decorator]
def look_after() -> None:
    """Run the watch; apart from the sweep, which it watches too."""
    with _flask[0].app_context():
        attempt(watch)


@mail_huey.periodic_task(crontab(minute="*/5"))  # type: ignore[untyped-decorator]
def check() -> None:
    """Run the checks of the ledger that are due, and prepare notes: beside the emails, for they may take long."""
    with _flask[0].app_context():
        attempt(check_books)
        attempt(prepare_notes)


@huey.task(name="reconcile_now")  # type: ignore[untyped-decorator]
def reconcile_now() -> None:
    """Run the comparison that a member of staff requested."""
    with _flask[0].app_context():
        attempt(repair_now)


TASKS["reconcile"] = reconcile_now


@mail_huey.periodic_task(crontab(hour="3", minute="41"))  # type: ignore[untyped-decorator]
def forget() -> None:
    """Delete once a day what is no longer needed and has personal data."""
    with _flask[0].app_context():
        attempt(delete_old_data)


@huey.periodic_task(crontab(minute="17"))  # type: ignore[untyped-decorator]
def reconcile() -> None:
    """Run the comparison once an hour; however many workers schedule it, one runs it."""
    with _flask[0].app_context():
        attempt(reconcile_hourly)
