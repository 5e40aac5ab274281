"""`make run`: the whole installation on this machine: sandbox where there is no Stripe key, web server, workers."""

import fcntl
import http.client
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from functools import partial
from pathlib import Path

from campaign.cli.programs import ProgramFailed
from campaign.cli.supervisor import Supervisor
from campaign.config import BadSetting, Config, read_config, refuse_to_serve
from campaign.gateways.worker_process import note_early_death, pid_file
from campaign.project import HOME

WEB_PROCESSES = 2
WEB_THREADS = 16
"""Two processes of sixteen threads: while Stripe is slow to answer some, pages are still served by others."""
WEB_CONNECTIONS = 4096
"""How many a process keeps open. Granian's own 512 are used up by readers who keep theirs, and then nobody gets in."""
WEB_OPTIONS = (
    *("--interface", "wsgi", "--no-ws", "--log-level", "error"),
    *("--http", "1"),  # proxies speak nothing else with us; a connection that might become HTTP/2 keeps 6 KB more
    *("--workers", str(WEB_PROCESSES), "--blocking-threads", str(WEB_THREADS)),
    *("--backlog", str(WEB_CONNECTIONS), "--backpressure", str(WEB_CONNECTIONS)),
)
MEMORY = {"MALLOC_ARENA_MAX": "2"}
"""In the environment: glibc's own choice is a heap for each thread, and what one has let go no other can use."""
MAX_START_SECONDS = 60.0
KURAK = (sys.executable, "-m", "campaign")


class CannotStart(Exception):
    """The program cannot start; the message is one sentence that says why, and what to do."""


def main() -> int:
    """Run until Ctrl-C or SIGTERM; return 1 with one sentence when it cannot start."""
    os.chdir(HOME)
    os.umask(0o077)  # as in wsgi.py, for what this program makes itself: the instance folder
    os.environ.update(MEMORY | os.environ)
    try:
        config = read_config(os.environ, dotenv=HOME / ".env")
        refuse_to_serve(config)
        for warning in warnings_about(config):
            _say(f"Warning: {warning}")
        with alone_in(config.instance_dir):
            _require_free_port(config)
            with Supervisor(_say) as supervisor:
                return _run(supervisor, config)
    except (BadSetting, CannotStart, ProgramFailed) as problem:
        sys.stderr.write(f"kurak: {problem}\n")
        return 1


def warnings_about(config: Config) -> list[str]:
    """Return what is allowed but usually a mistake, as sentences for the person at the terminal."""
    if config.is_development and config.host not in {"127.0.0.1", "::1", "localhost"}:
        risk = "everybody who reaches this machine can sign in as the demo staff and read all mail"
        return [f"HOST is {config.host} in development: {risk}. Set APP_ENV=production for others."]
    if not (config.is_development or config.proxies):
        return ["PROXIES is 0: without a proxy in front, a few slow senders stop every form (docs/operations.md)."]
    return []


def _run(supervisor: Supervisor, config: Config) -> int:
    """Start everything, print the addresses, and watch.

    The server starts beside the preparation: both only read the program.
    """
    has_sandbox = config.is_development and config.payment_mode in {"none", "sandbox"}
    if has_sandbox:
        addresses = config.instance_dir / "sandbox" / "sandbox.json"
        _start_sandbox(supervisor, config, addresses=addresses)
    preparation = supervisor.begin("preparation", [*KURAK, "prepare"])
    if has_sandbox and not supervisor.wait(addresses.exists, timeout_seconds=MAX_START_SECONDS):
        return 0
    supervisor.start("web server", _web_command(config))
    prepared = supervisor.result_of(preparation)
    if prepared is None:
        return 0
    if prepared[0]:
        supervisor.grace_seconds = 0  # nobody has been served yet
        return prepared[0]  # it has said why
    _start_worker(supervisor, config, "money")
    if supervisor.wait(lambda: _answers(config), timeout_seconds=MAX_START_SECONDS):
        _start_worker(supervisor, config, "mail")
        _say(f"\nKurak runs at {config.public_url}/   (Ctrl-C ends it)\n{prepared[1].rstrip()}")
        supervisor.watch()
    return 0


def _start_worker(supervisor: Supervisor, config: Config, kind: str) -> None:
    """Start a worker; the supervisor records one that dies before it has written its process id."""
    note = partial(note_early_death, pid_file(config.instance_dir, kind))
    supervisor.start(f"{kind} worker", [*KURAK, "jobs", "run", "--only", kind], is_vital=False, on_death=note)


def _start_sandbox(supervisor: Supervisor, config: Config, *, addresses: Path) -> None:
    """Start the stand-in for Stripe; when it listens, it writes its addresses into a file for the others."""
    addresses.parent.mkdir(exist_ok=True)
    addresses.unlink(missing_ok=True)
    webhooks = f"http://127.0.0.1:{config.port}/webhooks/stripe"
    options = ["--state-dir", str(addresses.parent), "--webhook-url", webhooks, "--public-url", config.public_url]
    supervisor.start("Stripe sandbox", [sys.executable, "-m", "campaign.sandbox", *options])


def _web_command(config: Config) -> list[str]:
    return [
        *(sys.executable, "-m", "campaign.web_server", *WEB_OPTIONS, "--host", config.host, "--port", str(config.port)),
        *("--respawn-failed-workers", "--workers-kill-timeout", "4", "campaign.wsgi:app"),
    ]


@contextmanager
def alone_in(instance: Path) -> Iterator[None]:
    """Lock the instance folder for this process: two installations in one folder would take each other's work."""
    try:
        instance.mkdir(parents=True, exist_ok=True)
        lock = (instance / "run.lock").open("a", encoding="ascii")
    except OSError as error:
        raise CannotStart(
            f"the folder {instance} cannot be written ({error.strerror}): name another one with INSTANCE_DIR=…"
        ) from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CannotStart(f"Kurak runs from {instance} already: stop it, or set another INSTANCE_DIR.") from None
        yield


def _require_free_port(config: Config) -> None:
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((config.host, config.port))
        except OSError as error:
            raise CannotStart(
                f"port {config.port} of {config.host} cannot be used ({error.strerror}): choose another one with PORT=…"
            ) from None


def _answers(config: Config) -> bool:
    host = "127.0.0.1" if config.host in {"", "0.0.0.0"} else config.host  # noqa: S104  # compared, not bound
    asking = closing(http.client.HTTPConnection(host, config.port, timeout=2))
    with suppress(OSError, http.client.HTTPException), asking as ask:
        ask.request("GET", "/healthz")
        return ask.getresponse().status == 200
    return False


def _say(text: str) -> None:
    with suppress(BrokenPipeError):
        sys.stdout.write(text + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
