"""The app on a fresh database of its own, on SQLite and on PostgreSQL, and a client to speak to it."""

import contextvars
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from psycopg.conninfo import make_conninfo
from sqlalchemy.orm import Session

from campaign import create_app
from campaign.extensions import db
from campaign.gateways.context import Context
from tests.support.books import problems_of_filled_tables
from tests.support.databases import config_for, migrate, postgresql, url_of
from tests.support.db_snapshot import Beginning
from tests.support.fakes import FakeAccount, FakePayments, RecordingMailer, SettableClock
from tests.support.pytest_hooks import pytest_collection_finish, pytest_collection_modifyitems, pytest_configure
from tests.support.search_texts import stale_search_texts

__all__ = [
    "pytest_collection_finish",
    "pytest_collection_modifyitems",
    "pytest_configure",
]  # pytest finds its hooks here

DATABASES = ("sqlite", "postgresql")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """What touches the database runs on both, unless the test pins one: @pytest.mark.database("sqlite")."""
    if "database_url" in metafunc.fixturenames:
        pinned = metafunc.definition.get_closest_marker("database")
        metafunc.parametrize("database_url", pinned.args if pinned else DATABASES, indirect=True)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file at the head of the migrations, to be copied."""
    path = tmp_path_factory.mktemp("sqlite") / "template.sqlite"
    migrate(f"sqlite:///{path}", instance=path.parent)
    return path


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The conninfo of a PostgreSQL server of our own."""
    with postgresql() as conninfo:
        yield conninfo


@pytest.fixture(scope="session")
def postgresql_beginning(postgresql_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Beginning]:
    """A database at the head of the migrations, lent to one test after the other."""
    with psycopg.connect(postgresql_server, autocommit=True) as server:
        server.execute("CREATE DATABASE template_migrated")
    migrate(url_of(postgresql_server, "template_migrated"), instance=tmp_path_factory.mktemp("postgresql"))
    _clone_template(postgresql_server)
    beginning = Beginning.of(make_conninfo(postgresql_server, dbname="lent"))
    yield beginning
    beginning.close()


def _clone_template(conninfo: str) -> None:
    with psycopg.connect(conninfo, autocommit=True) as server:
        server.execute("DROP DATABASE IF EXISTS lent WITH (FORCE)")
        server.execute("CREATE DATABASE lent TEMPLATE template_migrated")


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A migrated, empty database for this test alone; the test runs once for each kind."""
    if request.param == "sqlite":
        path = tmp_path / "kurak.sqlite"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    conninfo: str = request.getfixturevalue("postgresql_server")
    beginning: Beginning = request.getfixturevalue("postgresql_beginning")
    yield url_of(conninfo, "lent")
    if not beginning.restore():
        _clone_template(conninfo)


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock()


@pytest.fixture
def payments(clock: SettableClock) -> FakePayments:
    return FakePayments(clock=clock)


@pytest.fixture
def mailer() -> RecordingMailer:
    return RecordingMailer()


@pytest.fixture
def app(
    request: pytest.FixtureRequest,
    database_url: str,
    tmp_path: Path,
    clock: SettableClock,
    payments: FakePayments,
    mailer: RecordingMailer,
) -> Iterator[Flask]:
    """The whole app with its context pushed; afterwards the books must be clean."""
    place = request.node.get_closest_marker("time_zone")
    config = config_for(database_url, instance=tmp_path, time_zone=place.args[0] if place else "UTC")
    context = Context(
        clock=clock, payments=payments, account=FakeAccount(), mailer=mailer, public_url=config.public_url
    )
    app = create_app(config, context)
    app.test_client_class = SeparateClient
    with app.app_context():
        yield app
        db.session.rollback()
        problems = [] if request.node.get_closest_marker("broken_books") else problems_of_filled_tables(db.session())
        stale = stale_search_texts(db.session())
        db.session.remove()
        db.engine.dispose()
        assert not problems
        assert not stale


@pytest.fixture
def session(app: Flask) -> Session:
    """The test's own session, for looking; writing goes through services and builders."""
    return db.session()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


class SeparateClient(FlaskClient):
    """A client whose requests share nothing with the test: each has its own context and database session."""

    def open(self, *args: Any, **kwargs: Any) -> Any:  # as Flask types it
        answer = contextvars.Context().run(super().open, *args, **kwargs)
        db.session.rollback()  # what the test has read is read anew after a request
        return answer
