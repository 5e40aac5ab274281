"""On PostgreSQL, durable: deliveries to the web processes as deployed, and gifts settled by 1, 2 and 4 workers.

Each beside the same rows written by hand by as many processes, in turns.
"""

from pathlib import Path
from statistics import median

import psycopg

from campaign.extensions import db
from campaign.services.ledger.check import check_books
from tests.bench.client import NotMeasured
from tests.bench.crew import Crew, crew_of
from tests.bench.installation import Installation, install
from tests.bench.processes import free_port, granian
from tests.bench.ready import wait_in_the_inbox
from tests.bench.receiving import turns
from tests.bench.results import Row, at_least
from tests.bench.settling import durable_postgresql

WORKERS = (1, 2, 4)
GIFTS = 40
ROUNDS, ROUNDS_QUICK = 15, 3
GIFTS_BEFORE = 1000


def crowding(folder: Path, *, quick: bool) -> list[Row]:
    """Two rows of answers, then two for each number of workers."""
    with durable_postgresql() as url:
        made = install(folder / "settled", gifts=GIFTS_BEFORE, database_url=url)
        with made.app(), crew_of(max(WORKERS), made) as crew:
            rows = [row for workers in WORKERS for row in _settled(crew, workers, quick=quick)]
            if check_books(db.session()):
                raise NotMeasured("the books are broken after settling")
        return _answered(folder, url, quick=quick) + rows


def _answered(folder: Path, url: str, *, quick: bool) -> list[Row]:
    """The web server and the bare view, each on a database of its own."""
    for name in ("ours", "hand"):
        with psycopg.connect(_conninfo(url, "postgres"), autocommit=True) as server:
            server.execute(f"CREATE DATABASE {name} TEMPLATE bench")
    port, bare_port = free_port(), free_port()
    ours = Installation(folder / "answers", url.replace("/bench?", "/ours?"))
    ours.folder.mkdir()
    settings = ours.environment(port=port, provider_port=1)
    with (
        granian("wsgi:app", folder=ours.folder, environment=settings, port=port) as server,
        granian(
            "tests.bench.bare_inbox:app",
            folder=folder / "by hand",
            environment={"DATABASE": _conninfo(url, "hand")},
            port=bare_port,
        ) as bare,
    ):
        mine, limit = turns(server, bare, quick=quick)
    what = "webhook's answer, PostgreSQL"
    return [
        at_least(f"{what}, by the clock", mine[0], limit[0], aim=0.6, unit="/s"),
        at_least(f"{what}, by server CPU", mine[1], limit[1], aim=0.6, unit="/CPU s"),
    ]


def _settled(crew: Crew, workers: int, *, quick: bool) -> list[Row]:
    rounds = ROUNDS_QUICK if quick else ROUNDS
    rates: dict[str, list[float]] = {"ours": [], "hand": []}
    busy: dict[str, list[float]] = {"ours": [], "hand": []}
    for number in range(rounds + 1):
        for way in ("ours", "hand"):
            seconds, workers_done = crew.settle(way, wait_in_the_inbox(GIFTS), workers=workers)
            if number:  # the first round fills the caches
                rates[way].append(GIFTS / seconds)
                busy[way].append(GIFTS / sum(one.cpu_seconds for one in workers_done))
    what = f"settling, PostgreSQL, {workers} worker{'s' if workers > 1 else ''}"
    rate, work = ({way: median(values) for way, values in kind.items()} for kind in (rates, busy))
    return [
        at_least(f"{what}, vs Core by as many", rate["ours"], rate["hand"], aim=0.8, unit="gifts/s"),
        at_least(f"{what}, their own CPU alone", work["ours"], work["hand"], aim=0.8, unit="gifts/CPU s"),
    ]


def _conninfo(url: str, database: str) -> str:
    """The connection string for psycopg, from SQLAlchemy's address."""
    return f"host={url.partition('host=')[2]} user=postgres dbname={database}"
