"""`flask jobs`: the workers that process what pages store."""

import logging
import os
from contextlib import ExitStack
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup
from huey.consumer import Consumer
from huey.storage import SqliteStorage

from campaign.gateways.worker_process import named_in, pid_file
from campaign.jobs import QUEUES, attempt, stopping, work_off_everything
from campaign.jobs.queues import is_damaged, reconnect_queues
from campaign.jobs.steps import note_death, note_start

log = logging.getLogger(__name__)
jobs = AppGroup("jobs", help="Background work.")

WORKERS = {"money": 4, "mail": 3}
"""Threads of each kind: two rounds at once, and what is done by the clock beside them."""
POLL_SECONDS = (0.1, 0.5)
"""How long an idle thread waits before it looks again: at first, and at most."""
MAIL_NICENESS = 10
"""Printing receipts takes all the processor there is: pages and money come first."""
MAX_DEATHS_REPORTED = 20
MAX_SHUTDOWN_SECONDS = 6
"""How long a job that has begun may take to finish; an unfinished one is done again, for its row says so."""


@jobs.command()
@click.option("--only", type=click.Choice(list(QUEUES)), help="Do one kind of work; without it, all of it.")
def run(only: str | None) -> None:
    """Work until SIGTERM or Ctrl-C; a job that has begun is finished.

    Money is everything about events, refunds, monthly gifts and the ledger; mail is receipts and email.
    """
    logging.getLogger("huey").setLevel(logging.WARNING)
    kinds = [only] if only else list(QUEUES)
    attempt(note_start)
    if only == "mail":
        os.nice(MAIL_NICENESS)
    with ExitStack() as named:
        for kind in kinds:
            file = pid_file(current_app.config["KURAK"].instance_dir, kind)
            for _ in range(min(named.enter_context(named_in(file)), MAX_DEATHS_REPORTED)):
                attempt(note_death)
        first, *others = (_consumer(kind) for kind in kinds)
        first.others = tuple(others)
        first.run()


class _Consumer(Consumer):  # type: ignore[misc]  # Huey has no types
    """A consumer that may share its process with others; a signal ends them all."""

    others: tuple["_Consumer", ...] = ()
    has_signals = True

    def start(self) -> None:
        for other in self.others:
            other.has_signals = False  # a process has one set of them
            other.start()
        super().start()

    def stop(self, graceful: bool = False) -> None:  # Huey's own signature
        stopping.set()
        for other in self.others:
            other.stop_flag.set()
        super().stop(graceful=graceful)

    def check_worker_health(self) -> None:
        reconnect_queues()
        if isinstance(self.huey.storage, SqliteStorage) and is_damaged(Path(self.huey.storage.filename)):
            log.error("the queue is damaged; this worker ends, and the next one makes a new queue")
            self.stop(graceful=True)
        super().check_worker_health()
        for other in self.others:
            other.check_worker_health()

    def _set_signal_handlers(self) -> None:
        if self.has_signals:
            super()._set_signal_handlers()


def _consumer(kind: str) -> _Consumer:
    shortest, longest = POLL_SECONDS
    return _Consumer(
        QUEUES[kind],
        workers=WORKERS[kind],
        initial_delay=shortest,
        max_delay=longest,
        graceful_signal="TERM",
        shutdown_timeout=MAX_SHUTDOWN_SECONDS,
    )


@jobs.command()
def once() -> None:
    """Run everything that is due now, then exit."""
    click.echo(f"{work_off_everything()} done")
