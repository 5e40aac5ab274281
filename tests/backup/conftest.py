"""An installation with a little of everything, and empty places to restore it into."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from flask import Flask

from campaign import create_app
from campaign.domain.money import Money
from campaign.extensions import db
from campaign.gateways.context import Context
from tests.backup.places import Place
from tests.support.builders import NOW, a_campaign, a_donor, a_paid_gift, usd
from tests.support.databases import config_for, installed_postgresql, url_of
from tests.support.fakes import FakePayments, RecordingMailer, SettableClock


@pytest.fixture
def source(app: Flask, tmp_path: Path) -> Place:
    """An installation with gifts in two currencies, receipts, and the report of a drill."""
    campaign = a_campaign()
    a_paid_gift(campaign=campaign, donor_id=a_donor(email="aida@example.kg").id, payer_name="Aida Asanova")
    a_paid_gift(campaign=campaign, gift=usd(40_00), cover_minor=1_50, at=NOW + timedelta(days=40))
    a_paid_gift(campaign=campaign, gift=Money(3000_00, "KGS"), settled=usd(34_00))
    (tmp_path / "drill").mkdir()
    (tmp_path / "drill" / "report.json").write_text('{"version": "1"}', encoding="ascii")
    db.session.rollback()
    return Place(app, tmp_path)


@pytest.fixture
def empty_place(
    database_url: str, request: pytest.FixtureRequest, tmp_path: Path, clock: SettableClock, payments: FakePayments
) -> Iterator[Callable[[], Place]]:
    """Makes places of the same kind of database in which there is nothing."""
    made: list[Place] = []
    with ExitStack() as afterwards:

        def make() -> Place:
            instance = tmp_path / f"empty-{len(made)}"
            instance.mkdir()
            url = f"sqlite:///{instance / 'kurak.sqlite'}"
            if database_url.startswith("postgresql"):
                url = afterwards.enter_context(_empty_database(request.getfixturevalue("postgresql_server")))
            config = config_for(url, instance=instance)
            mailer = RecordingMailer()
            context = Context(clock=clock, payments=payments, mailer=mailer, public_url=config.public_url)
            made.append(Place(create_app(config, context), instance))
            return made[-1]

        yield make
        for place in made:
            place.close()  # before its database goes


@contextmanager
def _empty_database(conninfo: str) -> Iterator[str]:
    name = f"empty_{uuid4().hex}"
    with psycopg.connect(conninfo, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}".encode())
        yield url_of(conninfo, name)
        server.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture(autouse=True)
def client_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """pg_dump and pg_restore of the server that the tests use."""
    monkeypatch.setenv("PATH", f"{installed_postgresql() / 'bin'}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture(scope="module")
def blank_backup(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of a migrated SQLite database without rows."""
    folder = tmp_path_factory.mktemp("blank")
    shutil.copyfile(sqlite_template, folder / "kurak.sqlite")
    place = Place(create_app(config_for(f"sqlite:///{folder / 'kurak.sqlite'}", instance=folder)), folder)
    place.backup(folder / "blank.tar")
    place.close()
    return folder / "blank.tar"
