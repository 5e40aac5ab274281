"""The target of a restore: the database and the instance folder, which must be empty, and the mark of one in progress."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from campaign.extensions import db
from campaign.services.backup import postgresql, sqlite
from campaign.services.backup.archive import STATE_FILES
from campaign.services.backup.manifest import Manifest
from campaign.services.backup.problems import BackupProblem

MARK = "restoring"
"""The folder that exists in the instance folder while a restore is under way, or after one was interrupted."""


@contextmanager
def marked(instance: Path) -> Iterator[None]:
    """Mark the place while the block runs.

    The mark goes when the block ends or raises, and stays when the process is killed.

    Raises:
        BackupProblem: another restore is in progress, or one was interrupted.
    """
    instance.mkdir(parents=True, exist_ok=True)
    mark = instance / MARK
    try:
        mark.mkdir(mode=0o700)
    except FileExistsError:
        raise _interrupted(mark) from None
    descriptor = os.open(mark, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        shutil.rmtree(mark)
        os.close(descriptor)


def _interrupted(mark: Path) -> BackupProblem:
    descriptor = os.open(mark, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return BackupProblem("Another restore is under way here.")
    finally:
        os.close(descriptor)
    reason = _reason_database_not_empty()
    if reason:
        return BackupProblem(
            f"This place is half restored: an earlier restore was interrupted. {reason} {_how_to_empty()} "
            f"Then delete {mark} and run the command again."
        )
    left = [path for path in (mark, *_left_behind(mark.parent)) if path.exists()]
    return BackupProblem(
        "This place is half restored: an earlier restore was interrupted before its end. Nothing of it is in use. "
        f"Delete {', '.join(map(str, left))} and run the command again."
    )


def _left_behind(instance: Path) -> Iterator[Path]:
    yield from (instance / name for name in STATE_FILES)
    if db.engine.dialect.name == "sqlite":
        unfinished = sqlite.unfinished_file(sqlite.file_of(db.engine))
        yield from (unfinished.with_name(unfinished.name + suffix) for suffix in ("", *sqlite.SIDE_FILES))


def require_empty(instance: Path, manifest: Manifest) -> None:
    """Require that there is no database with tables, and no file that belongs to a backup.

    Raises:
        BackupProblem: there is one.
    """
    reason = (
        sqlite.reason_not_empty(sqlite.file_of(db.engine))
        if manifest.database == "sqlite"
        else postgresql.reason_not_restorable(db.engine, version=manifest.database_version)
    )
    if reason is None:
        existing = next((instance / name for name in STATE_FILES if (instance / name).exists()), None)
        reason = f"{existing} exists." if existing else None
    if reason:
        raise BackupProblem(f"A backup is restored into an empty place only. {reason} Nothing was changed.")


def _reason_database_not_empty() -> str | None:
    if db.engine.dialect.name == "sqlite":
        return sqlite.reason_not_empty(sqlite.file_of(db.engine))
    return postgresql.reason_not_empty(db.engine)


def _how_to_empty() -> str:
    if db.engine.dialect.name == "sqlite":
        file = sqlite.file_of(db.engine)
        return f"Check it with `flask --app wsgi ledger check`, or move {file} away to begin again."
    name = db.engine.url.database
    return (
        f"Check it with `flask --app wsgi ledger check`, or make {name} anew (dropdb {name}, createdb {name}) "
        "to begin again."
    )
