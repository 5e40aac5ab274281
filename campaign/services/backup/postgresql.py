"""PostgreSQL: a dump by pg_dump in a snapshot shared with our totals, and a restore in one transaction by pg_restore."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError

from campaign.gateways import postgresql_client
from campaign.gateways.postgresql_client import ClientProblem
from campaign.services.backup.databases import Snapshot, read_snapshot
from campaign.services.backup.problems import BackupProblem

QUEUE_TABLES = "huey_*"
"""The queue's tables, where JOBS_URL names this database: rows wake nobody twice, so they are no state."""
DUMP_OPTIONS = (
    "--format=custom",
    "--no-owner",
    "--no-privileges",
    f"--exclude-table={QUEUE_TABLES}",
    "--lock-wait-timeout=10s",
)
RESTORE_OPTIONS = ("--single-transaction", "--no-owner", "--no-privileges")
TABLES = text(
    "SELECT COUNT(*) FROM pg_catalog.pg_tables "
    r"WHERE schemaname NOT IN ('pg_catalog', 'information_schema') AND tablename NOT LIKE 'huey\_%'"
)


def dump_database(engine: Engine, target: Path) -> Snapshot:
    """Dump the database in one read-only snapshot, without blocking writers.

    Raises:
        BackupProblem: there is no database, or pg_dump is missing, older than the server, or failed.
    """
    options: Any = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    try:
        with engine.connect() as connection:
            if not connection.execute(TABLES).scalar_one():
                raise BackupProblem("The database is empty: there is nothing to back up.")
        with engine.connect().execution_options(**options) as connection:
            name = connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one()
            snapshot = read_snapshot(connection.exec_driver_sql, version=_version(connection))
            with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                postgresql_client.dump(
                    file,
                    [*DUMP_OPTIONS, f"--snapshot={name}"],
                    connect=_connection(engine),
                    server=_major(snapshot.version),
                )
    except ClientProblem as problem:
        raise BackupProblem(f"No backup was made: {problem}") from None
    except OperationalError as error:
        raise _unreachable(error) from None
    return snapshot


def reason_not_empty(engine: Engine) -> str | None:
    """Return why nothing can be restored into this database, in one sentence; None when it has no tables."""
    try:
        with engine.connect() as connection:
            count = connection.execute(TABLES).scalar_one()
    except OperationalError as error:
        raise _unreachable(error) from None
    return f"The database {engine.url.database} has {count} tables." if count else None


def reason_not_restorable(engine: Engine, *, version: str) -> str | None:
    """Return why a dump of that version of PostgreSQL cannot be restored here, in plain sentences; None when it can."""
    reason = reason_not_empty(engine)
    if reason:
        return reason
    with engine.connect() as connection:
        server = _major(_version(connection))
    if server < _major(version):
        return f"The backup was made by PostgreSQL {_major(version)}; this server is version {server}. Update it first."
    try:
        postgresql_client.require_client("pg_restore", server=server)
    except ClientProblem as problem:
        return str(problem)
    return None


def load_dump(engine: Engine, chunks: Iterable[bytes]) -> None:
    """Restore the dump, whole or not at all.

    Raises:
        BackupProblem: pg_restore failed.
    """
    with engine.connect() as connection:
        server = _major(_version(connection))
    try:
        postgresql_client.restore(chunks, RESTORE_OPTIONS, connect=_connection(engine), server=server)
    except ClientProblem as problem:
        raise BackupProblem(f"Nothing was restored: {problem}") from None


def _connection(engine: Engine) -> dict[str, str]:
    """Return where the database is, in libpq's words."""
    _, words = engine.dialect.create_connect_args(engine.url)
    return {name: str(value) for name, value in words.items() if name != "context"}


def _version(connection: Connection) -> str:
    number = int(connection.exec_driver_sql("SHOW server_version_num").scalar_one())
    return f"{number // 10_000}.{number % 10_000}"


def _major(version: str) -> int:
    return int(version.partition(".")[0])


def _unreachable(error: OperationalError) -> BackupProblem:
    reason = str(error.orig).strip().splitlines()[0]
    return BackupProblem(f"The database cannot be used ({reason}): see DATABASE_URL.")
