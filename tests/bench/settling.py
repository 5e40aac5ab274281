"""Settling gifts, one thread, the provider's answers at hand: ours beside the same rows by Core."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from sqlalchemy import Engine, select

from campaign.extensions import db
from campaign.gateways.clock import SystemClock
from campaign.gateways.context import Context
from campaign.models.inbox import ProviderEvent
from campaign.services.gifts.settlement import settle_next_event
from campaign.services.ledger.check import check_books
from tests.bench.by_hand import settle_by_hand
from tests.bench.client import NotMeasured
from tests.bench.installation import Installation, install
from tests.bench.ready import ReadyPayments, facts_of, wait_in_the_inbox
from tests.bench.results import Row, at_least
from tests.support.databases import postgresql, url_of

GIFTS = 5
"""A turn is short, so that what else the machine does falls on all ways alike."""
ROUNDS, ROUNDS_QUICK = 60, 20
DURABLE = {"shared_buffers": "32MB", "timezone": "UTC", "max_connections": "120"}
PUBLIC_URL = "http://127.0.0.1"


def settling(folder: Path, *, quick: bool) -> list[Row]:
    """On SQLite and PostgreSQL, each as durable as in production."""
    rows = _rows("SQLite", install(folder / "sqlite", gifts=1000), quick=quick)
    with durable_postgresql() as url:
        rows += _rows("PostgreSQL", install(folder / "postgresql", gifts=1000, database_url=url), quick=quick)
    return rows


def _rows(kind: str, made: Installation, *, quick: bool) -> list[Row]:
    rounds = ROUNDS_QUICK if quick else ROUNDS
    payments, clock = ReadyPayments(), SystemClock()
    context = Context(payments=payments, clock=clock, public_url=PUBLIC_URL)
    with made.app(payments):
        engine = db.engine
        ways: dict[str, Callable[[], bool]] = {
            "ours": lambda: settle_next_event(context),
            "two": lambda: settle_by_hand(engine, facts_of, clock=clock, commits=2),
            "one": lambda: settle_by_hand(engine, facts_of, clock=clock, commits=1),
        }
        rates: dict[str, list[float]] = {name: [] for name in ways}
        busy: dict[str, list[float]] = {name: [] for name in ways}
        for number in range(rounds + 1):
            for name, way in ways.items():
                seconds, cpu_seconds = _timed(way, wait_in_the_inbox(GIFTS), engine)
                if number:  # the first round fills the caches
                    rates[name].append(GIFTS / seconds)
                    busy[name].append(GIFTS / cpu_seconds)
        if check_books(db.session()):
            raise NotMeasured("the books are broken after settling")
    what = f"settling, {kind}"
    peer = {name: median(values) for name, values in rates.items()}
    work = {name: median(values) for name, values in busy.items()}
    return [
        at_least(f"{what}, vs Core in the same two commits", peer["ours"], peer["two"], aim=0.8, unit="gifts/s"),
        at_least(f"{what}, vs Core in one commit", peer["ours"], peer["one"], aim=0.8, unit="gifts/s"),
        at_least(f"{what}, our own CPU alone, two commits", work["ours"], work["two"], aim=0.8, unit="gifts/CPU s"),
    ]


def _timed(way: Callable[[], bool], gifts: int, engine: Engine) -> tuple[float, float]:
    """Wall and CPU seconds of settling all that waits."""
    begin, begin_cpu = time.perf_counter(), time.process_time()
    for _ in range(gifts):
        if not way():
            raise NotMeasured("an event was not there to be settled")
    took = time.perf_counter() - begin, time.process_time() - begin_cpu
    with engine.connect() as connection:
        waiting = connection.execute(select(ProviderEvent.id).where(ProviderEvent.state != "processed")).first()
    if waiting is not None:
        raise NotMeasured("an event was not settled")
    return took


@contextmanager
def durable_postgresql() -> Iterator[str]:
    """A database on a PostgreSQL of our own that waits for the disk at every commit."""
    import psycopg

    with postgresql(DURABLE) as conninfo:
        with psycopg.connect(conninfo, autocommit=True) as server:
            server.execute("CREATE DATABASE bench")
        yield url_of(conninfo, "bench")
