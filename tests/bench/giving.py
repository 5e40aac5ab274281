"""Starting a gift: our own time when the provider answers at once, and everybody's pages while it is slow."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

from campaign.blueprints.donations.form_id import sign_form_id
from campaign.database import transaction
from campaign.domain.abuse import Kind, bucket_of
from campaign.gateways.clock import SystemClock
from campaign.models.abuse import AttemptCount
from tests.bench.client import Measured, Visitors, get, loopback_addresses, open_loop, post, wait_until_it_answers
from tests.bench.installation import SECRET_KEY, Installation, copy_of
from tests.bench.processes import MAX_START_SECONDS, Server, free_port, granian, program
from tests.bench.results import Row, at_most

STARTS_PER_SECOND = 20
PAGES_PER_SECOND = 40
SECONDS, SECONDS_QUICK = 12.0, 5.0
PAUSES_SECONDS = (0.3, 3.0)
OWN_TIME_MS, PAGE_MS = 25, 50
PAGES = ("/en/", "/ru/transparency", "/ky/donate")
"""The last is rendered for each request."""
FORM_AGE = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class _EarlierClock:
    """Stands where the forms were shown: nobody fills one in within a moment."""

    at: datetime

    def now(self) -> datetime:
        return self.at


def giving(folder: Path, template: Installation, *, quick: bool) -> list[Row]:
    """Starts at 20 a second in an open loop; pages of three kinds at 40 a second beside them."""
    seconds = SECONDS_QUICK if quick else SECONDS
    made = copy_of(template, folder / "web")
    _let_it_know_bursts(made)
    port, provider_port = free_port(), free_port()
    provider = [sys.executable, "-m", "tests.bench.provider", str(provider_port), f"http://127.0.0.1:{port}"]
    with (
        program(provider, folder=folder / "provider", environment={}),
        granian(
            "wsgi:app",
            folder=made.folder,
            environment=made.environment(port=port, provider_port=provider_port),
            port=port,
        ) as server,
    ):
        wait_until_it_answers(provider_port, "/pause/0", timeout_seconds=MAX_START_SECONDS)
        presses = _presses(made, how_many=int((len(PAUSES_SECONDS) + 1) * STARTS_PER_SECOND * (seconds + 3)))
        rows = [_own_time(server, presses, seconds=seconds)]
        undisturbed_ms = _undisturbed(server, seconds=seconds)
        for pause in PAUSES_SECONDS:
            wait_until_it_answers(provider_port, f"/pause/{pause}", timeout_seconds=MAX_START_SECONDS)
            measured = _start(server, presses, seconds=seconds, with_pages=True)
            rows.append(_pages_meanwhile(measured, pause=pause, undisturbed_ms=undisturbed_ms))
    return rows


def _let_it_know_bursts(made: Installation) -> None:
    """A campaign that has seen as much before: else its shield goes up, for nobody pays here."""
    yesterday = bucket_of(SystemClock().now() - timedelta(days=1))
    with made.app(), transaction() as session:
        session.add(AttemptCount(kind=Kind.CAMPAIGN.value, key="bench", bucket_at=yesterday, started=10_000))


def _own_time(server: Server, presses: list[bytes], *, seconds: float) -> Row:
    _start(server, presses, seconds=2.0, with_pages=True)  # templates and catalogues are loaded when first wanted
    measured = _start(server, presses, seconds=seconds)["starts"].require(303)
    what = f"donation start at {STARTS_PER_SECOND}/s, p99, provider answers at once"
    return at_most(what, measured.percentile_ms(0.99), aim=OWN_TIME_MS, unit="ms")


def _undisturbed(server: Server, *, seconds: float) -> float:
    """The same pages' p99 while nobody gives: what this machine can do today."""
    pages = Visitors("pages", PAGES_PER_SECOND, in_turn(*PAGES))
    return open_loop(server.port, [pages], seconds=seconds)["pages"].require(200).percentile_ms(0.99)


def _pages_meanwhile(measured: dict[str, Measured], *, pause: float, undisturbed_ms: float) -> Row:
    pages, starts = measured["pages"].require(200), measured["starts"].require(303, 503)
    what = (
        f"pages' p99 while the provider takes {pause:g} s "
        f"({starts.statuses.get(303, 0)} starts went through, {starts.statuses.get(503, 0)} were told to wait)"
    )
    return at_most(
        what, pages.percentile_ms(0.99), aim=PAGE_MS, unit="ms", limit=f"{undisturbed_ms:.3g} ms undisturbed"
    )


def _start(server: Server, presses: list[bytes], *, seconds: float, with_pages: bool = False) -> dict[str, Measured]:
    visitors = [Visitors("starts", STARTS_PER_SECOND, presses.pop, sources=loopback_addresses())]
    if with_pages:
        visitors.append(Visitors("pages", PAGES_PER_SECOND, in_turn(*PAGES)))
    return open_loop(server.port, visitors, seconds=seconds)


def in_turn(*paths: str) -> Callable[[], bytes]:
    """GETs of these pages, one after the other, again and again."""
    requests = [get(path) for path in paths]

    def next_one() -> bytes:
        requests.append(requests.pop(0))
        return requests[-1]

    return next_one


def _presses(made: Installation, *, how_many: int) -> list[bytes]:
    """The button of so many forms, each shown and signed by the same key some seconds ago."""
    clock = _EarlierClock(SystemClock().now() - FORM_AGE)
    with made.app() as app:
        app.secret_key = SECRET_KEY
        forms = [sign_form_id(clock=clock) for _ in range(how_many)]
    return [_press(form_id, number) for number, form_id in enumerate(forms)]


def _press(form_id: str, number: int) -> bytes:
    filled = {
        "frequency": "once",
        "amount": "other",
        "other_amount": "35",
        "currency": "USD",
        "cover_fees": "yes",
        "email": f"donor{number}@example.org",
        "public_name": "Demo donor",
        "form_id": form_id,
    }
    headers = "Content-Type: application/x-www-form-urlencoded\r\nSec-Fetch-Site: same-origin\r\n"
    return post("/en/donate", urlencode(filled).encode("ascii"), headers=headers)
