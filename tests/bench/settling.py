"""Settling gifts, one thread, the provider's answers at hand: ours beside the same rows by Core."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from pathlib import Path
from statistics import median

from sqlalchemy import Engine, insert, select

from campaign.database import transaction
from campaign.domain.donation import Fact
from campaign.domain.journal import Settled
from campaign.domain.money import Money
from campaign.extensions import db
from campaign.gateways.clock import SystemClock
from campaign.gateways.payments import PaymentFacts
from campaign.models.campaign import Campaign
from campaign.models.donation import Donation
from campaign.models.fund import Fund
from campaign.models.inbox import ProviderEvent
from campaign.services.ledger_check import check_books
from campaign.services.settlement import settle_next_event
from tests.bench.by_hand import settle_by_hand
from tests.bench.client import NotMeasured
from tests.bench.installation import Installation, install
from tests.bench.results import Row, at_least
from tests.bench.tables import table_of
from tests.databases import postgresql, url_of
from tests.fakes import FakePayments

GIFTS, GIFTS_QUICK = 100, 40
ROUNDS, ROUNDS_QUICK = 7, 3
RAW = b'{"object": "event"}'
DURABLE = {"shared_buffers": "32MB", "timezone": "UTC", "max_connections": "60"}
PUBLIC_URL = "http://127.0.0.1"
_numbers = count(1)


def settling(folder: Path, *, quick: bool) -> list[Row]:
    """On SQLite and PostgreSQL, each as durable as in production."""
    rows = _rows("SQLite", install(folder / "sqlite", gifts=1000), quick=quick)
    with _postgresql() as url:
        rows += _rows("PostgreSQL", install(folder / "postgresql", gifts=1000, database_url=url), quick=quick)
    return rows


def _rows(kind: str, made: Installation, *, quick: bool) -> list[Row]:
    gifts, rounds = (GIFTS_QUICK, ROUNDS_QUICK) if quick else (GIFTS, ROUNDS)
    payments, clock = FakePayments(), SystemClock()
    with made.app(payments):
        engine = db.engine
        ways: dict[str, Callable[[], bool]] = {
            "ours": lambda: settle_next_event(payments=payments, clock=clock, public_url=PUBLIC_URL),
            "two": lambda: settle_by_hand(engine, payments.facts, clock=clock, commits=2),
            "one": lambda: settle_by_hand(engine, payments.facts, clock=clock, commits=1),
        }
        wall: dict[str, list[float]] = {name: [] for name in ways}
        busy: dict[str, list[float]] = {name: [] for name in ways}
        for number in range(rounds + 1):
            for name, way in ways.items():
                seconds, cpu_seconds = _timed(way, wait_in_the_inbox(payments, gifts), engine)
                if number:  # the first round fills the caches
                    wall[name].append(gifts / seconds)
                    busy[name].append(gifts / cpu_seconds)
        if check_books(db.session()):
            raise NotMeasured("the books are broken after settling")
    told = f"settling, {kind}"
    peer = {name: median(values) for name, values in wall.items()}
    work = {name: median(values) for name, values in busy.items()}
    return [
        at_least(f"{told}, vs Core in the same two commits", peer["ours"], peer["two"], aim=0.8, unit="gifts/s"),
        at_least(f"{told}, vs Core in one commit", peer["ours"], peer["one"], aim=0.8, unit="gifts/s"),
        at_least(f"{told}, our own CPU alone, two commits", work["ours"], work["two"], aim=0.8, unit="gifts/CPU s"),
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


def wait_in_the_inbox(payments: FakePayments, gifts: int) -> int:
    """New open gifts, each paid at the provider, whose event has just come in."""
    now = SystemClock().now()
    donations, events = [], []
    with transaction() as session:
        campaign = session.execute(select(Campaign).where(Campaign.is_featured)).scalar_one()
        fund_id = session.execute(select(Fund.id).where(Fund.kind == "theme")).scalars().first()
        for number in (next(_numbers) for _ in range(gifts)):
            facts = _facts(number)
            payments.facts[str(facts.checkout_id)] = facts
            donations.append(
                {
                    "public_id": f"bench{number:011}",
                    "campaign_id": campaign.id,
                    "fund_id": fund_id,
                    "form_id": f"bench{number}",
                    "language": "en",
                    "frequency": "once",
                    "currency": "USD",
                    "gift_minor": facts.amount.minor,
                    "cover_minor": 0,
                    "fee_bearer": "fund",
                    "is_anonymous": True,
                    "wall": "shown",
                    "state": "open",
                    "version": 0,
                    "attempt": 1,
                    "livemode": False,
                    "checkout_params": {},
                    "checkout_id": facts.checkout_id,
                    "refunded_minor": 0,
                    "created_at": now,
                    "expires_at": now + timedelta(hours=1),
                }
            )
            events.append(
                {
                    "event_id": f"evt_bench{number}",
                    "type": "checkout.session.completed",
                    "object_id": facts.checkout_id,
                    "livemode": False,
                    "created_at": now,
                    "raw": RAW,
                    "received_at": now,
                    "state": "new",
                    "attempts": 0,
                    "next_try_at": now,
                }
            )
        session.execute(insert(table_of(Donation)), donations)
        session.execute(insert(table_of(ProviderEvent)), events)
    db.session.remove()
    return gifts


def _facts(number: int) -> PaymentFacts:
    now, name = SystemClock().now().replace(microsecond=0), f"bench{number:011}"
    return PaymentFacts(
        checkout_id=f"cs_{name}",
        donation_public_id=name,
        livemode=False,
        fact=Fact.PAID,
        amount=Money(25_00, "USD"),
        email=f"{name}@donor.example",
        name="Demo donor",
        payment_id=f"pi_{name}",
        charge_id=f"ch_{name}",
        paid_at=now,
        method="card",
        method_brand="visa",
        method_last4="4242",
        settled=Settled(f"txn_{name}", Money(25_00, "USD"), Money(1_03, "USD")),
        settled_on=now,
        rate=None,
        refunds=(),
        disputes=(),
        warnings=(),
    )


@contextmanager
def _postgresql() -> Iterator[str]:
    """A database on a PostgreSQL of our own that waits for the disk at every commit."""
    import psycopg

    with postgresql(DURABLE) as conninfo:
        with psycopg.connect(conninfo, autocommit=True) as server:
            server.execute("CREATE DATABASE bench")
        yield url_of(conninfo, "bench")
