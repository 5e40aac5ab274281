"""The web process by itself: how soon it answers, how much memory it keeps, and how it bears people who watch."""

import time
from pathlib import Path
from statistics import median

from tests.bench.client import Visitors, get, open_loop, wait_until_it_answers
from tests.bench.giving import PAGE_MS, PAGES, in_turn
from tests.bench.installation import Installation, copy_of
from tests.bench.processes import MAX_START_SECONDS, free_port, granian
from tests.bench.reading import ask_and_require, bare_page, progress_address
from tests.bench.results import Row, at_most

READERS, EVERY_SECONDS = 2000, 10
PAGES_PER_SECOND = 40
FIRST_SECONDS = 1.0
SECONDS, SECONDS_QUICK = 20.0, 12.0
STARTS, STARTS_QUICK = 5, 2
START_SECONDS, RESIDENT_MB = 1.5, 80


def serving(folder: Path, template: Installation, *, quick: bool) -> list[Row]:
    """Start, readers that poll, and then the memory of the process that has served them."""
    made = copy_of(template, folder / "web")
    rows = [_start(made, starts=STARTS_QUICK if quick else STARTS)]
    seconds = SECONDS_QUICK if quick else SECONDS
    port = free_port()
    environment = made.environment(port=port, provider_port=1)
    with granian("wsgi:app", folder=made.folder, environment=environment, port=port) as server:
        rows.append(_first_visitors(server.port))
        rows.append(_polling(server.port, progress_address(made), seconds=seconds))
        visit_every_kind(server.port)
        resident_mb, whole_mb = server.resident_mb(), server.whole_mb()
        like = ask_and_require(server.port, progress_address(made))
    libraries_mb = _resident_with_libraries_alone(folder / "libraries", like=like, seconds=seconds)
    label = (
        f"web process: resident memory after serving pages, the form and the sign-in, and {READERS:,} readers "
        f"({whole_mb:.0f} MB for the whole server)"
    )
    limit = f"{libraries_mb:.0f} MB: the same libraries, readers and one view"
    rows.append(at_most(label, resident_mb, aim=RESIDENT_MB, unit="MB", limit=limit))
    return rows


def _resident_with_libraries_alone(folder: Path, *, like: tuple[bytes, str, str], seconds: float) -> float:
    """What a process keeps that has loaded what others wrote and answers as many readers."""
    with bare_page(folder, like=like, app="tests.bench.bare_libraries:app") as server:
        request = get("/progress")
        readers = Visitors("readers", READERS / EVERY_SECONDS, lambda: request, connections=READERS)
        open_loop(server.port, [readers], seconds=seconds)["readers"].require(200)
        return server.resident_mb()


def visit_every_kind(port: int) -> None:
    """Pages whose code and templates are loaded at their first request."""
    for language in ("en", "ru", "ky"):
        for page in ("", "donate", "transparency", "events/", "grants/", "supporters/", "updates/", "verify/"):
            wait_until_it_answers(port, f"/{language}/{page}", timeout_seconds=MAX_START_SECONDS)
    wait_until_it_answers(port, "/staff/login", timeout_seconds=MAX_START_SECONDS)


def _start(made: Installation, *, starts: int) -> Row:
    """From the command to the first campaign page, the server alone; the middle of a few.

    Its cost in CPU is reported too, for the clock depends on other work.
    """
    took: list[float] = []
    worked: list[float] = []
    for _ in range(starts):
        port = free_port()
        environment = made.environment(port=port, provider_port=1)
        begin = time.perf_counter()
        with granian("wsgi:app", folder=made.folder, environment=environment, port=port, answers=None) as server:
            wait_until_it_answers(port, "/en/", timeout_seconds=MAX_START_SECONDS)
            took.append(time.perf_counter() - begin)
            worked.append(server.cpu_seconds())
    what = f"web server: start to the first campaign page ({median(worked):.1f} s of CPU in all processes)"
    return at_most(what, median(took), aim=START_SECONDS, unit="s")


def _first_visitors(port: int) -> Row:
    """What those see who come in the first second of both processes, before any page has been made."""
    pages = Visitors("pages", PAGES_PER_SECOND, in_turn(*PAGES))
    first = open_loop(port, [pages], seconds=FIRST_SECONDS)["pages"].require(200)
    label = f"slowest page of a server's first {FIRST_SECONDS:g} s (middle: {first.percentile_ms(0.5):.0f} ms)"
    return Row(what=label, ours=f"{first.percentile_ms(1):.0f} ms")


def _polling(port: int, progress: str, *, seconds: float) -> Row:
    """Each reader has a connection of their own, opened at their first turn and used again at each turn.

    Two turns are measured, of a server that has served before: its first visitors have a figure of their own.
    """
    request = get(progress)
    readers = Visitors("readers", READERS / EVERY_SECONDS, lambda: request, connections=READERS)
    pages = Visitors("pages", PAGES_PER_SECOND, in_turn(*PAGES))
    measured = open_loop(port, [readers, pages], seconds=seconds)
    measured["readers"].require(200)
    label = (
        f"pages' p99 while {READERS:,} readers poll every {EVERY_SECONDS} s "
        f"(their own p99: {measured['readers'].percentile_ms(0.99):.0f} ms)"
    )
    return at_most(label, measured["pages"].require(200).percentile_ms(0.99), aim=PAGE_MS, unit="ms")
