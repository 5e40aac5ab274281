"""SQLite: a copy by its online backup API, and a restore beside the target that replaces it at the end."""

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import NullPool

from campaign.database import BUSY_TIMEOUT_MS, set_up_engine
from campaign.services.backup.databases import Snapshot, read_snapshot
from campaign.services.backup.problems import BackupProblem, DamagedBackup

SIDE_FILES = ("-wal", "-shm", "-journal")
"""What SQLite puts beside a database; without it they belong to nobody, and a new database must not find them."""


def file_of(engine: Engine) -> Path:
    """Return the file of the database.

    Raises:
        BackupProblem: it is in memory.
    """
    name = engine.url.database
    if not name or name == ":memory:":
        raise BackupProblem("The database lies in memory alone: it cannot be backed up or restored. See DATABASE_URL.")
    return Path(name)


def copy_database(engine: Engine, target: Path) -> Snapshot:
    """Copy the database in one read transaction, without blocking writers, and check the copy.

    Raises:
        BackupProblem: there is no database, or it is damaged.
    """
    source_file = file_of(engine)
    os.close(os.open(target, os.O_CREAT | os.O_EXCL, 0o600))
    try:
        with closing(_open(source_file)) as source, closing(sqlite3.connect(target)) as copy:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")  # the copy is one file
            _require_intact(copy)
            if not tables_in(copy):
                raise BackupProblem("The database is empty: there is nothing to back up.")
            return read_snapshot(copy.execute, version=sqlite3.sqlite_version)
    except sqlite3.OperationalError as error:
        raise BackupProblem(f"The database {source_file} cannot be read ({error}).") from None
    except sqlite3.DatabaseError as error:
        raise BackupProblem(f"The database {source_file} is damaged ({error}): no backup was made of it.") from None


def reason_not_empty(file: Path) -> str | None:
    """Return why a database cannot be restored here, in one sentence; None when the place is empty."""
    if file.exists():
        try:
            with closing(_open(file)) as database:
                count = len(tables_in(database))
        except sqlite3.DatabaseError as error:
            return f"{file} exists and is not an empty database ({error})."
        return f"The database {file} has {count} tables." if count else None
    left = [name for suffix in SIDE_FILES if (name := file.with_name(file.name + suffix)).exists()]
    return f"{left[0]} is left over from another database: move it away." if left else None


def unfinished_file(file: Path) -> Path:
    """Return the path of a database until its restore is complete."""
    return file.with_name(f"{file.name}.restoring")


def write_unfinished(file: Path, chunks: Iterable[bytes], *, schema: str) -> None:
    """Write the copy beside its target and check that it is an intact database at this migration.

    Raises:
        DamagedBackup: it is not.
    """
    unfinished = unfinished_file(file)
    unfinished.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
        for chunk in chunks:
            target.write(chunk)
    try:
        with closing(_open(unfinished)) as database:
            _require_intact(database)
            revision = database.execute("SELECT version_num FROM alembic_version").fetchone()
    except (sqlite3.DatabaseError, BackupProblem) as error:
        raise DamagedBackup(f"The database in the backup is damaged ({error}).") from None
    if revision != (schema,):
        raise DamagedBackup("The database in the backup is not at the migration that the manifest names.")


@contextmanager
def unfinished_engine(file: Path) -> Iterator[Engine]:
    """Return an engine on the copy that is not in its place yet."""
    engine = create_engine(f"sqlite:///{unfinished_file(file)}", poolclass=NullPool, hide_parameters=True)
    set_up_engine(engine)
    try:
        yield engine
    finally:
        engine.dispose()


def put_in_place(file: Path) -> None:
    """Give the complete copy its name, in one step.

    Raises:
        BackupProblem: there is a database by now.
    """
    unfinished = unfinished_file(file)
    with closing(_open(unfinished)) as database:
        database.execute("PRAGMA journal_mode=DELETE")  # nothing is left beside it
    reason = reason_not_empty(file)
    if reason:
        raise BackupProblem(f"The place was filled during the restore: {reason} Stop Kurak, then start again.")
    for suffix in ("", *SIDE_FILES):
        file.with_name(file.name + suffix).unlink(missing_ok=True)
    _sync(unfinished)
    os.link(unfinished, file)  # fails where there is one
    unfinished.unlink()
    _sync(file.parent)


def remove_unfinished(file: Path) -> None:
    """Remove a copy that was not put in its place."""
    for suffix in ("", *SIDE_FILES):
        unfinished = unfinished_file(file)
        unfinished.with_name(unfinished.name + suffix).unlink(missing_ok=True)


def tables_in(database: sqlite3.Connection) -> list[str]:
    """Return the names of the tables."""
    return [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]


def _open(file: Path) -> sqlite3.Connection:
    """Open an existing file; a missing one is not created."""
    address = f"file:{quote(str(file.resolve()))}?mode=rw"
    return sqlite3.connect(address, uri=True, timeout=BUSY_TIMEOUT_MS / 1000, isolation_level=None)


def _require_intact(database: sqlite3.Connection) -> None:
    (result,) = database.execute("PRAGMA integrity_check(1)").fetchone()
    if result != "ok":
        raise BackupProblem(f"The database is damaged ({result}): no backup was made of it.")


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
