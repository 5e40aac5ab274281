"""Makes a backup while the site and its workers run."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from campaign.days import time_zone
from campaign.extensions import db
from campaign.gateways.clock import Clock, machine_clock
from campaign.services.backup import postgresql, sqlite
from campaign.services.backup.archive import (
    DATABASES,
    FILES,
    MAX_STATE_FILE_BYTES,
    STATE_FILES,
    describe,
    write_archive,
)
from campaign.services.backup.databases import Snapshot
from campaign.services.backup.manifest import Kind, Manifest, Member
from campaign.services.backup.problems import BackupProblem
from campaign.services.drill.version import fingerprint


def take_backup(file: Path, *, instance: Path, clock: Clock, replace: bool = False) -> Manifest:
    """Write the whole state into a new archive, which has another name until it is complete.

    Args:
        file: The path of the archive.
        instance: The instance folder, whose state files belong to the backup.
        clock: The time; the manifest has the machine's.
        replace: Whether an existing file may be replaced.

    Raises:
        BackupProblem: the message says why there is no backup.
    """
    if file.exists() and not replace:
        raise BackupProblem(f"{file} exists already. Name another file, or replace it with --force.")
    try:
        with _unfinished_folder(file) as folder:
            manifest = _write(folder, instance, clock)
            _put_in_place(folder / "archive", file, replace=replace)
    except OSError as error:
        raise BackupProblem(f"{file} cannot be written ({error.strerror}).") from None
    return manifest


def _write(folder: Path, instance: Path, clock: Clock) -> Manifest:
    kind: Kind = "sqlite" if db.engine.dialect.name == "sqlite" else "postgresql"
    made_at, copy = machine_clock(clock).now(), folder / "database"
    snapshot = _copy_database(kind, copy)
    files = [(describe(copy, name=DATABASES[kind]), copy), *_copy_state_files(instance, folder)]
    manifest = Manifest(
        version=fingerprint(),
        schema=snapshot.schema,
        database=kind,
        database_version=snapshot.version,
        made_at=made_at,
        time_zone=time_zone().key,
        members=tuple(member for member, _ in files),
        totals=snapshot.totals,
    )
    write_archive(folder / "archive", manifest, files)
    return manifest


def _copy_database(kind: Kind, target: Path) -> Snapshot:
    if kind == "sqlite":
        return sqlite.copy_database(db.engine, target)
    return postgresql.dump_database(db.engine, target)


def _copy_state_files(instance: Path, folder: Path) -> Iterator[tuple[Member, Path]]:
    """Copy the files, because one that changes while it is read would not match its hash."""
    for name in STATE_FILES:
        source, copy = instance / name, folder / name.replace("/", "-")
        if source.is_file() and not _is_too_large(source):
            shutil.copyfile(source, copy)
            yield describe(copy, name=FILES + name), copy


def files_left_out(instance: Path) -> list[Path]:
    """Return the state files that are too large for a backup and must be copied by other means."""
    return [instance / name for name in STATE_FILES if _is_too_large(instance / name)]


def _is_too_large(file: Path) -> bool:
    return file.is_file() and file.stat().st_size > MAX_STATE_FILE_BYTES


@contextmanager
def _unfinished_folder(file: Path) -> Iterator[Path]:
    """Make a folder beside the file for this process; remove those of killed backups."""
    folder = file.with_name(f".{file.name}.unfinished")
    folder.mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupProblem(f"Another backup is being written to {file}.") from None
        for left in folder.iterdir():
            left.unlink()
        try:
            yield folder
        finally:
            shutil.rmtree(folder)
    finally:
        os.close(descriptor)


def _put_in_place(archive: Path, file: Path, *, replace: bool) -> None:
    if replace:
        archive.replace(file)
    else:
        try:
            os.link(archive, file)
        except FileExistsError:
            raise BackupProblem(f"{file} exists already. Name another file, or replace it with --force.") from None
    descriptor = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
