"""The database of a story: SQLite or PostgreSQL, and how either can be gone for a while."""

import contextlib
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psycopg

from tests.support.databases import url_of


@dataclass(slots=True)
class Database:
    """Where it is; `server` is the conninfo of its PostgreSQL, if it is one."""

    url: str
    server: str | None = None
    outages: int = 0

    def be_gone(self, seconds: float) -> threading.Thread:
        """Nobody gets in for a while, and who is in is thrown out where the database can do that."""
        self.outages += 1
        thread = threading.Thread(target=self._shut if self.server else self._hold, args=(seconds,), daemon=True)
        thread.start()
        return thread

    def _hold(self, seconds: float) -> None:
        """SQLite has no server that could go; a long writer keeps everybody else waiting."""
        with contextlib.closing(sqlite3.connect(self.url.removeprefix("sqlite:///"), timeout=20)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            time.sleep(seconds)
            connection.rollback()

    def _shut(self, seconds: float) -> None:
        assert self.server is not None
        name = self.url.partition("@/")[2].partition("?")[0]
        with psycopg.connect(self.server, autocommit=True) as server:
            server.execute(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false".encode())
            server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
            time.sleep(seconds)
            server.execute(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS true".encode())


@contextmanager
def a_database(kind: str, folder: Path, server: str | None) -> Iterator[Database]:
    """An empty database for one installation."""
    if kind == "sqlite":
        folder.mkdir(parents=True, exist_ok=True)
        yield Database(f"sqlite:///{folder / 'kurak.sqlite'}")
        return
    assert server is not None
    name = f"story_{uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    try:
        yield Database(url_of(server, name), server)
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
