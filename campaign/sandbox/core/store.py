"""The sandbox's storage: one SQLite file, written in whole transactions by one thread at a time."""

import json
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from campaign.sandbox.core.json_types import Json

SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS objects (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    created INTEGER NOT NULL,
    body TEXT NOT NULL,
    hidden TEXT NOT NULL DEFAULT '{}'
);
CREATE INDEX IF NOT EXISTS objects_by_kind ON objects (kind, seq);
CREATE INDEX IF NOT EXISTS objects_by_intent
    ON objects (kind, json_extract(body, '$.payment_intent'), seq);
CREATE INDEX IF NOT EXISTS objects_by_charge ON objects (kind, json_extract(body, '$.charge'), seq);
CREATE INDEX IF NOT EXISTS objects_by_source ON objects (kind, json_extract(body, '$.source'), seq);
CREATE INDEX IF NOT EXISTS objects_by_customer ON objects (kind, json_extract(body, '$.customer'), seq);
CREATE INDEX IF NOT EXISTS objects_by_payout ON objects (kind, json_extract(hidden, '$.payout'), seq);
CREATE TABLE IF NOT EXISTS deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id TEXT NOT NULL,
    endpoint_id TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('due', 'delivered', 'failed')),
    due REAL NOT NULL,
    position INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    losses INTEGER NOT NULL DEFAULT 0,
    fault TEXT,
    payload TEXT,
    log TEXT NOT NULL DEFAULT '[]'
);
CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (state, due, position);
CREATE INDEX IF NOT EXISTS deliveries_by_event ON deliveries (event_id);
CREATE TABLE IF NOT EXISTS jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT, due REAL NOT NULL, name TEXT NOT NULL, object_id TEXT NOT NULL,
    clock TEXT
);
CREATE INDEX IF NOT EXISTS jobs_due ON jobs (due, id);
CREATE INDEX IF NOT EXISTS jobs_by_clock ON jobs (clock, due, id);
CREATE TABLE IF NOT EXISTS idempotency (
    key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL,
    request_id TEXT NOT NULL, created INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS faults (id INTEGER PRIMARY KEY AUTOINCREMENT, rule TEXT NOT NULL);
"""


class Store:
    """Rows of JSON objects with transactions; safe to use from any thread."""

    def __init__(self, path: Path, *, survives_power_cut: bool = True) -> None:
        self._lock = threading.RLock()
        self._depth = 0
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        # Both survive kill -9 of the process. With NORMAL a power cut can lose the last commits, with OFF the file.
        self._connection.execute(f"PRAGMA synchronous = {'NORMAL' if survives_power_cut else 'OFF'}")
        self._connection.execute("PRAGMA journal_mode = WAL")
        for table, column in (("jobs", "clock"), ("deliveries", "fault"), ("deliveries", "payload")):
            columns = {row["name"] for row in self._connection.execute(f"PRAGMA table_info({table})")}
            if columns and column not in columns:  # a file of an older version
                self._connection.execute(f"ALTER TABLE {table} ADD COLUMN {column} TEXT")
        self._connection.executescript(f"BEGIN;{SCHEMA}COMMIT;")

    def close(self) -> None:
        """Close the file; the store cannot be used afterwards."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit everything written inside, or nothing if an exception leaves the block. Transactions nest."""
        with self._lock:
            outermost = self._depth == 0
            if outermost:
                self._connection.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
            except BaseException:
                if outermost:
                    self._connection.execute("ROLLBACK")
                raise
            else:
                if outermost:
                    self._connection.execute("COMMIT")
            finally:
                self._depth -= 1

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[sqlite3.Row]:
        """Return the rows of a query."""
        with self._lock:
            return self._connection.execute(sql, values).fetchall()

    def run(self, sql: str, values: Sequence[object] = ()) -> int:
        """Execute a statement that writes; return the id of the last inserted row."""
        with self.transaction():
            return self._connection.execute(sql, values).lastrowid or 0

    def meta(self, name: str, default: str | None = None) -> str | None:
        """Return a named value of the installation, such as a key."""
        rows = self.rows("SELECT value FROM meta WHERE name = ?", (name,))
        return str(rows[0]["value"]) if rows else default

    def set_meta(self, name: str, value: str) -> None:
        """Store a named value."""
        self.run("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", (name, value))

    def find(self, object_id: str) -> Json | None:
        """Return the object with this id, of whatever kind."""
        rows = self.rows("SELECT body FROM objects WHERE id = ?", (object_id,))
        return _object(rows[0]["body"]) if rows else None

    def hidden(self, object_id: str) -> Json:
        """Return what the sandbox stores about an object and the API does not show."""
        rows = self.rows("SELECT hidden FROM objects WHERE id = ?", (object_id,))
        return _object(rows[0]["hidden"]) if rows else {}

    def put(self, body: Json, hidden: Json | None = None) -> None:
        """Insert or replace an object by its id; `hidden` stays as it is when not given, and so does its moment."""
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        self.run(
            "INSERT INTO objects (id, kind, created, body) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET body = excluded.body",
            (body["id"], body["object"], body.get("created", 0), text),
        )
        if hidden is not None:
            secret = json.dumps(hidden, ensure_ascii=False, separators=(",", ":"))
            self.run("UPDATE objects SET hidden = ? WHERE id = ?", (secret, body["id"]))

    def remove(self, object_id: str) -> None:
        """Delete an object for good."""
        self.run("DELETE FROM objects WHERE id = ?", (object_id,))

    def all(self, kind: str, **equal: str) -> list[Json]:
        """Return the objects of a kind, oldest first, with these top-level fields."""
        where = "".join(f" AND json_extract(body, '$.{name}') = ?" for name in equal)
        sql = f"SELECT body FROM objects WHERE kind = ?{where} ORDER BY seq"  # noqa: S608 - names of ours
        return [_object(row["body"]) for row in self.rows(sql, (kind, *equal.values()))]


def _object(text: str) -> Json:
    body: Json = json.loads(text)
    return body
