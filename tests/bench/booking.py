"""From the provider's event to the booked gift, on a whole installation: undisturbed, and while no mail can leave.

The second time a thousand receipts and mails wait, and the mail server takes connections and never says a word.
"""

import contextlib
import socket
import sqlite3
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from statistics import quantiles

from sqlalchemy import delete, update

from campaign.config import read_config
from campaign.database import transaction
from campaign.gateways.clock import SystemClock
from campaign.gateways.sandbox_console import SandboxConsole
from campaign.gateways.visitor import Visitor
from campaign.models.outbox import Message
from campaign.models.receipt import ReceiptFile
from tests.bench.client import NotMeasured, wait_until_it_answers
from tests.bench.installation import Installation, copy_of
from tests.bench.processes import free_port, program
from tests.bench.results import Row, at_most

MAILS = 1_000
GIFTS, GIFTS_QUICK = 100, 20
GIFTS_PER_SECOND = 4.0
BOOKED_SECONDS = 2.0
MAX_START_SECONDS = 60.0
MAX_WAIT_SECONDS = 60.0
FORM_SECONDS = 3.5
"""Nobody fills in a form faster."""
PAID = "checkout.session.completed"


def booking(folder: Path, template: Installation, *, quick: bool) -> list[Row]:
    """One row: p99 of the time from event to booked with mails queued and the server hanging, beside the undisturbed one."""
    gifts = GIFTS_QUICK if quick else GIFTS
    quiet = _p99_seconds(copy_of(template, folder / "quiet"), gifts=gifts, mail_port=None)
    busy = copy_of(template, folder / "busy", gifts=MAILS)
    _queue_all_mails(busy)
    with _a_silent_server() as mail_port:
        hanging = _p99_seconds(busy, gifts=gifts, mail_port=mail_port)
    what = f"event to booked, p99 of {gifts}, {MAILS:,} mails queued and the mail server hanging"
    return [at_most(what, hanging, aim=BOOKED_SECONDS, unit="s", limit=f"{quiet:.3g} s undisturbed")]


def _queue_all_mails(made: Installation) -> None:
    """As after an outage: every receipt is to be printed and mailed."""
    with made.app(), transaction() as session:
        session.execute(delete(ReceiptFile))
        session.execute(
            update(Message).values(
                state="queued", attempts=0, next_try_at=SystemClock().now(), sent_at=None, error=None
            )
        )


def _p99_seconds(made: Installation, *, gifts: int, mail_port: int | None) -> float:
    port = free_port()
    settings = {
        "INSTANCE_DIR": str(made.folder),
        "PORT": str(port),
        "SHIELD": "off",
        "LOG_LEVEL": "ERROR",
        **({"MAIL_URL": f"smtp://127.0.0.1:{mail_port}"} if mail_port else {}),
    }
    serve = [sys.executable, "-m", "campaign.cli.serve"]
    with program(serve, folder=made.folder / "run", environment=settings):
        wait_until_it_answers(port, "/healthz", timeout_seconds=MAX_START_SECONDS)
        config = read_config(settings)
        if config.stripe_api_base is None or config.stripe_secret_key is None:
            raise NotMeasured("the sandbox did not start")
        console = SandboxConsole(config.stripe_api_base, config.stripe_secret_key)
        for number in (1, gifts):  # the workers start beside the server: the first gift waits for them
            _give(config.public_url, console, gifts=number)
            waited = _until_all_are_booked(made.folder / "kurak.sqlite", number)
    return quantiles(waited, n=100, method="inclusive")[-1]


def _give(site: str, console: SandboxConsole, *, gifts: int) -> None:
    """All forms are opened first, then each is sent and paid, on a timetable."""
    with contextlib.ExitStack() as stack:
        donors = [stack.enter_context(Visitor(site)) for _ in range(gifts)]
        forms = [donor.open_form(campaign="", currency="USD") for donor in donors]
        time.sleep(FORM_SECONDS)
        begin = time.monotonic()
        for number, (donor, fields) in enumerate(zip(donors, forms, strict=True)):
            time.sleep(max(0.0, begin + number / GIFTS_PER_SECOND - time.monotonic()))
            email = f"bench{number}of{gifts}@example.org"
            filled = {"amount": "other", "other_amount": "25", "frequency": "once", "email": email, "anonymous": "1"}
            answer = donor.send_form({**fields, **filled}, campaign="")
            if answer.checkout_id is None:
                raise NotMeasured(f"the donation form answered {answer.status}")
            console.pay(answer.checkout_id, email=email)


def _until_all_are_booked(database: Path, gifts: int) -> list[float]:
    """The seconds from each event to its booking, when all are done."""
    query = (
        "SELECT received_at, processed_at FROM provider_event WHERE type = ? AND state = 'processed' "
        "ORDER BY id DESC LIMIT ?"
    )
    deadline = time.monotonic() + MAX_WAIT_SECONDS
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=10)) as connection:
        while time.monotonic() < deadline:
            rows = connection.execute(query, (PAID, gifts)).fetchall()
            open_now = connection.execute(
                "SELECT COUNT(*) FROM provider_event WHERE state IN ('new', 'failed')"
            ).fetchone()[0]
            if len(rows) == gifts and not open_now:
                return [
                    (datetime.fromisoformat(done) - datetime.fromisoformat(came)).total_seconds() for came, done in rows
                ]
            time.sleep(0.5)
    raise NotMeasured(f"the gifts were not booked within {MAX_WAIT_SECONDS:g} s")


@contextmanager
def _a_silent_server() -> Iterator[int]:
    """Takes every connection and never says a word; its port."""
    lines: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def take() -> None:
            with contextlib.suppress(OSError):
                while True:
                    lines.append(listener.accept()[0])

        threading.Thread(target=take, daemon=True).start()
        yield int(listener.getsockname()[1])
        listener.shutdown(socket.SHUT_RDWR)
        for line in lines:
            line.close()
