"""The limits: the least that Flask can do under the same server. One page cached as bytes, and one row stored by hand."""

import json
import os
import sqlite3
import threading
import time
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask, Response, request

COLUMNS = "event_id, type, object_id, api_version, livemode, created_at, raw, received_at, state, attempts, next_try_at"
INSERT = f"INSERT INTO provider_event ({COLUMNS}) VALUES ({', '.join('?' * 11)}) ON CONFLICT DO NOTHING"  # noqa: S608  # constants
INSERT_POSTGRESQL = INSERT.replace("?", "%s")
LIBRARIES = (
    "argon2",
    "cryptography.fernet",
    "flask_babel",
    "flask_limiter",
    "flask_security",
    "flask_sqlalchemy",
    "flask_wtf",
    "huey",
    "markdown_it",
    "nh3",
    "psycopg",
    "sqlalchemy.dialects.postgresql",
    "sqlalchemy.dialects.sqlite",
    "stripe",
)
"""Of pyproject.toml, what a web process loads."""
_per_thread = threading.local()
Values = tuple[Any, ...]  # of a row


def make_page() -> Flask:
    """Every address answers with the bytes of the file PAGE; MIMETYPE and ENCODING say what they are."""
    app = Flask("bare page")
    body = Path(os.environ["PAGE"]).read_bytes()
    mimetype, encoding = os.environ["MIMETYPE"], os.environ["ENCODING"]

    @app.get("/<path:address>")
    def page(address: str) -> Response:
        answer = Response(body, mimetype=mimetype)
        if encoding:
            answer.headers["Content-Encoding"] = encoding
        return answer

    return app


def make_libraries() -> Flask:
    """The bare page in a process that has loaded what our web process needs of others, and no line of ours."""
    for name in LIBRARIES:
        import_module(name)
    return make_page()


def make_inbox() -> Flask:
    """A delivery becomes one durable row of our own table, as a short script would do it: unsigned, unchecked.

    DATABASE is a file of SQLite's, or the connection string of PostgreSQL.
    """
    app = Flask("bare inbox")
    store = _store_in_postgresql if "host=" in os.environ["DATABASE"] else _store_in_sqlite

    @app.get("/healthz")
    def alive() -> str:
        return "ok"

    @app.post("/webhooks/stripe")
    def receive() -> dict[str, bool]:
        body = request.get_data(cache=False)
        event = json.loads(body)
        received = datetime.fromtimestamp(time.time(), UTC).isoformat(" ")[:26]
        made = datetime.fromtimestamp(event["created"], UTC).isoformat(" ")[:19] + ".000000"
        object_id = event["data"]["object"]["id"]
        row = (
            event["id"],
            event["type"],
            object_id,
            event["api_version"],
            False,
            made,
            body,
            received,
            "new",
            0,
            received,
        )
        store(row)
        return {"received": True}

    return app


def _store_in_postgresql(row: Values) -> None:
    if not hasattr(_per_thread, "server"):
        _per_thread.server = psycopg.connect(os.environ["DATABASE"], autocommit=True)
    _per_thread.server.execute(INSERT_POSTGRESQL, row)


def _store_in_sqlite(row: Values) -> None:
    database = _database()
    database.execute("BEGIN IMMEDIATE")
    database.execute(INSERT, row)
    database.execute("COMMIT")


def _database() -> sqlite3.Connection:
    """This thread's connection, as durable as ours."""
    if not hasattr(_per_thread, "database"):
        database = sqlite3.connect(os.environ["DATABASE"], isolation_level=None)
        for pragma in ("busy_timeout=5000", "journal_mode=WAL", "synchronous=FULL"):
            database.execute(f"PRAGMA {pragma}")
        _per_thread.database = database
    connection: sqlite3.Connection = _per_thread.database
    return connection
