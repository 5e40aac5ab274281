"""`flask jobs`: the worker that does what pages only write down."""

import logging

import click
from flask import current_app
from flask.cli import AppGroup

from campaign.gateways.worker_process import named_in
from campaign.jobs import huey, work_off_everything

jobs = AppGroup("jobs", help="Background work.")

WORKERS = 2
POLL_SECONDS = (0.1, 1.0)
"""How long an idle worker waits before it looks again: at first, and at most."""
SHUTDOWN_SECONDS_MAX = 6
"""How long a job that has begun may take to finish; an unfinished one is done again, for its row says so."""


@jobs.command()
@click.option("--workers", default=WORKERS, show_default=True, help="How many jobs run at the same time.")
def run(workers: int) -> None:
    """Work until SIGTERM or Ctrl-C; a job that has begun is finished."""
    logging.getLogger("huey").setLevel(logging.WARNING)
    shortest, longest = POLL_SECONDS
    with named_in(current_app.config["KURAK"].instance_dir / "worker.pid"):
        huey.create_consumer(
            workers=workers,
            initial_delay=shortest,
            max_delay=longest,
            graceful_signal="TERM",
            shutdown_timeout=SHUTDOWN_SECONDS_MAX,
        ).run()


@jobs.command()
def once() -> None:
    """Do all that is due now, then end."""
    click.echo(f"{work_off_everything()} done")
