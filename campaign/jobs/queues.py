"""The queues that wake the workers: rows hold the state, so a queue that is lost or late loses no work.

Money has a queue and a worker of its own, so that nothing waits behind a receipt or a mail server that does not answer.
"""

import fcntl
import logging
import sqlite3
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from huey import Huey, storage

log = logging.getLogger(__name__)

WAKE_SECONDS = 1.0
"""A wake-up within this time of the last one is not needed: the job that was woken is still awake."""


def _queue(name: str) -> Any:  # Huey has no types; its storage comes with the app
    return Huey(name, storage_class=storage.MemoryStorage, results=False)


huey = _queue("kurak")
"""The queue of money: events, refunds, monthly gifts, payment pages, and what is done by the clock."""
mail_huey = _queue("kurak-mail")
"""The queue of documents and mail."""
QUEUES = {"money": huey, "mail": mail_huey}
"""The queue of each kind of worker."""
TASKS: dict[str, Any] = {}
"""The task behind each name that `wake` takes; filled where the jobs are defined."""
_woken: dict[str, float] = {}
_url: list[str] = []


def connect_queues(app: Flask) -> None:
    """Connect the queues to the storage of the setting JOBS_URL; to memory while that cannot be opened, with a warning."""
    _woken.clear()
    url: str = app.config["KURAK"].jobs_url
    _url[:] = [url]
    try:
        _open(url)
    except Exception as problem:  # of any of the storages: the sweep does without
        log.warning("the queue cannot be opened; until then workers look for work every minute", exc_info=problem)
        _connect(storage.MemoryStorage)


def reconnect_queues() -> None:
    """Open the queues again where that failed before."""
    if _url and not _url[0].startswith("memory") and isinstance(huey.storage, storage.MemoryStorage):
        with suppress(Exception):
            _open(_url[0])


def _open(url: str) -> None:
    match urlsplit(url).scheme.partition("+")[0]:
        case "sqlite":
            file = Path(url.removeprefix("sqlite:///"))
            file.parent.mkdir(parents=True, exist_ok=True)
            _replace_if_damaged(file)
            _connect(storage.SqliteStorage, filename=str(file))
        case "postgresql":
            _connect(storage.PostgresStorage, dsn=url.replace("+psycopg", ""))
        case "redis" | "rediss":
            _connect(storage.RedisStorage, url=url)
        case _:
            _connect(storage.MemoryStorage)


def _connect(storage_class: Any, **settings: str) -> None:
    made = {name: storage_class(queue.name, **settings) for name, queue in QUEUES.items()}
    for name, queue in QUEUES.items():
        queue.storage_class, queue.storage_kwargs, queue.storage = storage_class, settings, made[name]


def _replace_if_damaged(file: Path) -> None:
    """Move a damaged queue away, so that a new one is made: only wake-ups are lost with it."""
    if not file.exists() or not is_damaged(file):
        return
    with file.with_suffix(".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not is_damaged(file):
            return  # another process was faster
        log.warning("the queue %s is damaged; it is moved aside, and a new one is made", file.name)
        for suffix in ("-wal", "-shm"):
            file.with_name(file.name + suffix).unlink(missing_ok=True)
        file.replace(file.with_suffix(".damaged"))


def is_damaged(file: Path) -> bool:
    """Return whether an SQLite file is damaged. What cannot be read now is not damaged: it may be locked."""
    try:
        with closing(sqlite3.connect(file, timeout=5)) as opened:
            return bool(opened.execute("PRAGMA quick_check(1)").fetchone() != ("ok",))
    except sqlite3.OperationalError:
        return False
    except sqlite3.DatabaseError:
        return True


def wake(name: str) -> None:
    """Wake a worker: inbox, outbox, refunds, receipts or pages. Never raises: the sweep is behind it."""
    at = time.monotonic()
    if at - _woken.get(name, -WAKE_SECONDS) < WAKE_SECONDS:
        return
    _woken[name] = at
    reconnect_queues()
    try:
        TASKS[name]()
    except Exception:  # the row is stored; only its wake-up was lost
        log.warning("could not wake %s; the sweep will", name, exc_info=True)
        _reconnect()


def _reconnect() -> None:
    """Open SQLite's queues anew next time: a worker may have replaced a damaged one."""
    for queue in QUEUES.values():
        if isinstance(queue.storage, storage.SqliteStorage):
            with suppress(sqlite3.Error):
                queue.storage.close()
