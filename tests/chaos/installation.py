"""One installation as operators run it, in processes of its own that can be killed at any instant.

Sandbox, web server and worker are programs; the mail server and the judge are here. All of them live in the sandbox's
time, so that days can pass. What dies is started again at once, as a supervisor would.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import requests
import stripe
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from campaign import create_app
from campaign.cli.programs import end_with_parent
from campaign.config import Config, read_config
from campaign.database import DatabaseBusy, reading
from campaign.extensions import db
from campaign.gateways.clock import SandboxClock, SystemClock
from campaign.models.outbox import Message
from campaign.services.queues.work_queue import LEASE
from tests.chaos.database import Database
from tests.journeys.site import Mailbox, free_port
from tests.support.builders import a_campaign
from tests.support.databases import migrate

ROOT = Path(__file__).resolve().parents[2]
MAX_START_SECONDS = 30.0
MAX_END_SECONDS = 15.0
"""A program that gets SIGTERM must have ended by then, whatever it is doing."""
MAX_IN_HAND_SECONDS = 20.0
PROXY_HEADER = "X-Forwarded-For"


@dataclass(frozen=True, slots=True)
class Shape:
    """How many processes there are, and what is broken in them on purpose (see `mutants`)."""

    web_workers: int = 1
    workers: int = 1
    mutant: str = ""


AS_DEPLOYED = Shape()


class MoodyMailbox(Mailbox):
    """A mail server that can be out of order for a while."""

    is_down = False

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Refuse for now, or store the mail; the name is aiosmtpd's."""
        return "451 come back later" if self.is_down else await super().handle_DATA(server, session, envelope)


@dataclass
class Program:
    """A command that runs all the time, whatever happens to it."""

    name: str
    command: list[str]
    environment: dict[str, str]
    folder: Path
    process: "subprocess.Popen[bytes] | None" = None
    deaths: int = 0
    is_expected: bool = True
    lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self) -> None:
        with (self.folder / f"{self.name}.log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                process_group=0,
                preexec_fn=end_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509  # killed, we cannot
            )

    def keep_up(self) -> None:
        """Start it again if it has died."""
        with self.lock:
            if self.is_expected and self.process is not None and self.process.poll() is not None:
                self._kill()
                self.start()

    def kill(self) -> None:
        """As the kernel does when memory is short: no last words, for it and for all it started."""
        with self.lock:
            self.deaths += 1
            self._kill()
            if self.is_expected:
                self.start()

    def replace(self) -> None:
        """A deploy: it gets SIGTERM, finishes what it has begun, and another takes its place."""
        with self.lock:
            assert self.process is not None
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(MAX_END_SECONDS)
            self.start()

    def end(self) -> None:
        with self.lock:
            self.is_expected = False
            if self.process is not None:
                self.process.terminate()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self.process.wait(MAX_END_SECONDS)
                self._kill()

    def _kill(self) -> None:
        assert self.process is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@dataclass
class Installation:
    """The programs, the world outside, and an app of our own on the same database to look with."""

    folder: Path
    url: str
    api_base: str
    database: Database
    mailbox: MoodyMailbox
    programs: dict[str, Program]
    http: requests.Session
    app: Flask = field(init=False)
    config: Config = field(init=False)

    @property
    def clock(self) -> SandboxClock:
        """The time of the story."""
        return SandboxClock(self.folder / "sandbox" / "ahead_seconds")

    @property
    def webs(self) -> list[Program]:
        return [self.programs["web"]]

    @property
    def workers(self) -> list[Program]:
        return [program for name, program in self.programs.items() if name.startswith("worker")]

    def control(self, method: str, lever: str, body: dict[str, Any] | None = None) -> Any:  # JSON of any shape
        """Pull a lever of the sandbox; it may be starting again just now."""

        def pull() -> Any:
            answer = self.http.request(method, f"{self.api_base}/sandbox/api/{lever}", json=body, timeout=30)
            answer.raise_for_status()
            return answer.json()

        return self.patiently(pull)

    def patiently(self, act: Any, *, tries: int = 60) -> Any:  # whatever the act gives
        """Do something again until nothing that was killed is in its way."""
        for _ in range(tries):
            try:
                return act()
            except (requests.ConnectionError, requests.Timeout, stripe.APIConnectionError):
                time.sleep(0.25)
        return act()

    def advance(self, seconds: int) -> None:
        """Let time pass for everybody. Nobody is surprised by hours in the middle of a mail: clocks do not do that."""
        deadline = time.monotonic() + MAX_IN_HAND_SECONDS
        while seconds > LEASE.total_seconds() and self._has_mails_in_hand() and time.monotonic() < deadline:
            time.sleep(0.1)
        self.control("POST", "clock", {"advance_seconds": seconds})

    def _has_mails_in_hand(self) -> bool:
        """Whether a worker has claimed a mail: for the first time and without a result, or within the last seconds."""
        at = self.clock.now()
        is_claimed = (Message.state == "queued") & (Message.next_try_at > at)
        is_first = (Message.attempts == 1) & Message.error.is_(None)
        is_late = Message.next_try_at > at + LEASE - timedelta(seconds=MAX_IN_HAND_SECONDS)
        in_hand = select(Message.id).where(is_claimed & (is_first | is_late)).limit(1)
        try:
            with reading() as session:
                return session.execute(in_hand).first() is not None
        except (OperationalError, DatabaseBusy):
            return True

    def provider(self) -> stripe.StripeClient:
        """The provider's dashboard."""
        return stripe.StripeClient(
            self.config.stripe_secret_key or "",
            base_addresses={"api": self.api_base},
            max_network_retries=5,
            http_client=stripe.RequestsClient(timeout=(3, 10), session=self.http),
        )

    def wait_for_web(self) -> None:
        """Whoever was killed is up again."""
        _wait_for(lambda: _answers(self.http, self.url))

    def truth(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.control("GET", "truth")["data"]
        return rows

    def violations(self) -> list[str]:
        """What was said to or by the sandbox against Stripe's document."""
        path = self.folder / "sandbox" / "violations.txt"
        return sorted(set(path.read_text(encoding="utf-8").splitlines())) if path.exists() else []

    def logs(self, lines_max: int = 60) -> str:
        """The last words of every program."""
        parts = []
        for program in self.programs.values():
            said = (self.folder / f"{program.name}.log").read_text(encoding="utf-8", errors="replace").splitlines()
            parts.append(f"--- {program.name}\n" + "\n".join(said[-lines_max:]))
        return "\n".join(parts)


@contextmanager
def installed(folder: Path, database: Database, shape: Shape = Shape()) -> Iterator[Installation]:  # frozen
    """A new installation with a campaign that takes gifts, until the block ends."""
    folder.mkdir(parents=True, exist_ok=True)
    migrate(database.url, instance=folder)
    web_port, api_port, mail_port = free_port(), free_port(), free_port()
    mailbox = MoodyMailbox()
    mail = Controller(mailbox, hostname="127.0.0.1", port=mail_port)
    mail.start()
    url, api_base = f"http://127.0.0.1:{web_port}", f"http://127.0.0.1:{api_port}"
    environment = _environment(folder, database, url=url, port=web_port, mail_port=mail_port)
    programs = _programs(folder, environment, shape, url=url, web_port=web_port, api_port=api_port)
    http = requests.Session()
    http.trust_env = False
    made = Installation(folder, url, api_base, database, mailbox, programs, http)
    stopping = threading.Event()
    keeper = threading.Thread(target=_keep_up, args=(programs, stopping), daemon=True)
    try:
        programs["sandbox"].start()
        _wait_for((folder / "sandbox" / "sandbox.json").exists)
        made.config = read_config(environment, dotenv=None)
        made.app = create_app(made.config)
        with made.app.app_context():
            today = SystemClock().now().date()
            a_campaign(starts_on=today - timedelta(days=2), ends_on=today + timedelta(days=3000))
            for name, program in programs.items():
                if name != "sandbox":
                    program.start()
            keeper.start()
            _wait_for(lambda: _answers(http, url))
            yield made
            db.session.remove()
            db.engine.dispose()
    finally:
        stopping.set()
        for program in reversed(programs.values()):
            program.end()
        http.close()
        mail.stop()
        shutil.rmtree(folder, ignore_errors=True)


INHERITED = ("PATH", "HOME", "LANG", "LD_PRELOAD", "FAKETIME", "FAKETIME_DONT_FAKE_MONOTONIC")
"""The last three set the clock on other days (tests/dates): all processes of an installation live in one time."""


def _environment(folder: Path, database: Database, *, url: str, port: int, mail_port: int) -> dict[str, str]:
    inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
    return {
        **inherited,
        "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]),
        "APP_ENV": "development",
        "INSTANCE_DIR": str(folder),
        "DATABASE_URL": database.url,
        "PUBLIC_URL": url,
        "PORT": str(port),
        "SECRET_KEY": "a key for stories that keeps nothing secret",
        "MAIL_URL": f"smtp://127.0.0.1:{mail_port}",
        "LOG_LEVEL": "WARNING",
        "PROXIES": "1",  # every donor has an address of their own
    }


def _programs(
    folder: Path, environment: dict[str, str], shape: Shape, *, url: str, web_port: int, api_port: int
) -> dict[str, Program]:
    ours = [sys.executable, "-m", "tests.chaos.mutants", shape.mutant]
    provider = [sys.executable, "-m", "tests.chaos.provider_process", str(folder / "sandbox")]
    (folder / "sandbox").mkdir(exist_ok=True)
    commands = {
        "sandbox": [*provider, f"{url}/webhooks/stripe", url, str(api_port)],
        "web": [*ours, "web", str(web_port), str(shape.web_workers)],
        **{f"worker{number}": [*ours, "worker"] for number in range(1, shape.workers + 1)},
    }
    return {name: Program(name, command, environment, folder) for name, command in commands.items()}


def _keep_up(programs: dict[str, Program], stopping: threading.Event) -> None:
    while not stopping.wait(0.1):
        for program in programs.values():
            program.keep_up()


def _wait_for(condition: Any) -> None:  # a function that gives a truth value
    deadline = time.monotonic() + MAX_START_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("the installation did not start")
        time.sleep(0.05)


def _answers(http: requests.Session, url: str) -> bool:
    try:
        return http.get(f"{url}/healthz", timeout=2).status_code == 200
    except requests.RequestException:
        return False
