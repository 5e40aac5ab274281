"""The campaign's page and its progress as JSON: beside a bare Flask page of the same bytes, at growing numbers of gifts."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from sqlalchemy import select

from campaign.extensions import db
from campaign.gateway_registry import current_context
from campaign.models.campaign import Campaign
from campaign.services.gifts.settlement import settle_next_event
from tests.bench.client import NotMeasured, ask_once, closed_loop, get
from tests.bench.installation import Installation
from tests.bench.processes import Server, free_port, granian
from tests.bench.ready import ReadyPayments, wait_in_the_inbox
from tests.bench.results import Row, at_least, at_most, flat

CONNECTIONS = 16
ROUNDS, ROUNDS_QUICK = 5, 2
ROUND_SECONDS, ROUND_SECONDS_QUICK = 1.5, 0.8
FRESH_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Rate:
    """How much of one address is served: by the clock, and by the second of the server's own CPU."""

    per_second: float
    per_cpu_second: float


def reading(folder: Path, installations: dict[int, Installation], *, quick: bool) -> list[Row]:
    """Rows for the page and the JSON at each size; the bare page is measured between, in the same minute."""
    rows: list[Row] = []
    addresses = {"campaign page": "/en/", "progress JSON": progress_address(next(iter(installations.values())))}
    base: dict[str, float] = {}
    for gifts, made in installations.items():
        port = free_port()
        with granian(
            "wsgi:app", folder=made.folder, environment=made.environment(port=port, provider_port=1), port=port
        ) as server:
            for name, path in addresses.items():
                ours, limit = _beside_the_bare_page(folder / f"{gifts}-{name}", server, path, quick=quick)
                what = f"{name}, {gifts:,} gifts"
                rows.append(at_least(f"{what}, by the clock", ours.per_second, limit.per_second, aim=0.9, unit="/s"))
                rows.append(
                    at_least(
                        f"{what}, by server CPU", ours.per_cpu_second, limit.per_cpu_second, aim=0.9, unit="/CPU s"
                    )
                )
                share = limit.per_cpu_second / ours.per_cpu_second
                base.setdefault(name, share)
                if gifts == max(installations):
                    rows.append(
                        flat(
                            f"{name}: cost at {gifts:,} gifts vs fewest", share, base[name], within=1.25, unit="× bare"
                        )
                    )
            rows.append(_freshness(made, server, gifts))
    return rows


def progress_address(made: Installation) -> str:
    """The address of the featured campaign's progress as JSON."""
    with made.app():
        slug = db.session.execute(select(Campaign.slug).where(Campaign.is_featured)).scalar_one()
    return f"/api/v1/campaigns/{slug}/progress"


def _beside_the_bare_page(folder: Path, server: Server, path: str, *, quick: bool) -> tuple[Rate, Rate]:
    rounds, seconds = (ROUNDS_QUICK, ROUND_SECONDS_QUICK) if quick else (ROUNDS, ROUND_SECONDS)
    ours: list[Rate] = []
    limit: list[Rate] = []
    with bare_page(folder, like=ask_and_require(server.port, path)) as bare:
        for number in range(rounds + 1):
            for target, rates in ((server, ours), (bare, limit)):
                rate = _rate(target, path, seconds=seconds)
                if number:  # the first round warms both up
                    rates.append(rate)
    return _middle(ours), _middle(limit)


@contextmanager
def bare_page(
    folder: Path, *, like: tuple[bytes, str, str], app: str = "tests.bench.bare_page:app"
) -> Iterator[Server]:
    """The limit: a Flask app that answers every address with these bytes, type and encoding."""
    body, mimetype, encoding = like
    folder.mkdir(parents=True)
    page = folder / "page"
    page.write_bytes(body)
    environment = {"PAGE": str(page), "MIMETYPE": mimetype, "ENCODING": encoding}
    port = free_port()
    with granian(app, folder=folder, environment=environment, port=port) as server:
        yield server


def ask_and_require(port: int, path: str) -> tuple[bytes, str, str]:
    """Body, type and encoding of a page that answers 200."""
    answer = ask_once(port, get(path))
    if answer.status != 200:
        raise NotMeasured(f"{path} answers {answer.status}")
    return answer.body, answer.header("content-type").partition(";")[0], answer.header("content-encoding")


def _rate(server: Server, path: str, *, seconds: float) -> Rate:
    request, before = get(path), server.cpu_seconds()
    measured = closed_loop(server.port, lambda: request, connections=CONNECTIONS, seconds=seconds).require(200)
    spent = server.cpu_seconds() - before
    return Rate(measured.per_second, sum(measured.statuses.values()) / spent)


def _middle(rates: list[Rate]) -> Rate:
    return Rate(median(rate.per_second for rate in rates), median(rate.per_cpu_second for rate in rates))


def _freshness(made: Installation, server: Server, gifts: int) -> Row:
    """From the commit of a gift's settlement until a reader sees another page than before."""
    with made.app(ReadyPayments()):
        wait_in_the_inbox(1)
        before = ask_once(server.port, get("/en/")).body
        if not settle_next_event(current_context()):
            raise NotMeasured("the gift was not settled")
    begin = time.perf_counter()
    while ask_once(server.port, get("/en/")).body == before:
        if time.perf_counter() - begin > 10 * FRESH_SECONDS:
            raise NotMeasured("the page does not change")
        time.sleep(0.02)
    what = f"campaign page, {gifts:,} gifts: fresh after a settled gift"
    return at_most(what, time.perf_counter() - begin, aim=FRESH_SECONDS, unit="s")
