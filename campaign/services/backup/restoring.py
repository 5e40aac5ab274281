"""Restores a backup into an empty place, verifies it against its manifest, and checks the ledger."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from campaign.extensions import db
from campaign.gateways.clock import Clock
from campaign.services.alarms.scheduled_checks import run_all_checks
from campaign.services.backup import postgresql, sqlite
from campaign.services.backup.archive import Archive, open_archive
from campaign.services.backup.leftovers import Leftovers, read_leftovers
from campaign.services.backup.manifest import KIND_NAMES, Manifest
from campaign.services.backup.problems import BackupProblem
from campaign.services.backup.restore_target import marked, require_empty
from campaign.services.backup.totals import differences, read_totals
from campaign.services.ledger.check import Problem
from campaign.services.observations import RESTORE, note
from campaign.services.schema import head, migrate_database

Step = Callable[[str], None]
"""Is given the name of each step as it begins."""


@dataclass(frozen=True, slots=True)
class Restored:
    """A restored backup: its manifest, the result of the ledger checks, and what was unfinished when it was made."""

    manifest: Manifest
    problems: tuple[Problem, ...]
    leftovers: Leftovers


def restore_backup(file: Path, *, instance: Path, clock: Clock, on_step: Step = lambda _: None) -> Restored:
    """Restore an archive and check the ledger; the result of the check is stored.

    Args:
        file: The archive.
        instance: The instance folder, for the state files.
        clock: The time of the restore.
        on_step: Is called with the name of each step as it begins.

    Raises:
        BackupProblem: nothing was restored, unless the message says otherwise.
    """
    on_step("reading")
    with open_archive(file) as archive:
        manifest = archive.manifest
        _require_fitting(manifest)
        with _sentences(instance), marked(instance):
            require_empty(instance, manifest)
            if manifest.database == "sqlite":
                _restore_sqlite(archive, instance, on_step)
            else:
                _restore_postgresql(archive, instance, on_step)
            db.engine.dispose()
            note(
                RESTORE, clock=clock, facts={"made_at": manifest.made_at.isoformat(), "version": manifest.version}
            )  # the checks are due now, whoever runs them
            on_step("checking")
            problems = run_all_checks(clock=clock)
    return Restored(manifest, tuple(problems), read_leftovers())


def _require_fitting(manifest: Manifest) -> None:
    kind = db.engine.dialect.name
    if manifest.database != kind:
        raise BackupProblem(
            f"The backup is of {KIND_NAMES[manifest.database]}, and DATABASE_URL names {KIND_NAMES[kind]}: a backup is "
            "restored into the same kind of database."
        )
    if manifest.schema > head():
        raise BackupProblem(
            f"The backup was made by a newer version of Kurak (migration {manifest.schema}; this one knows {head()}). "
            "Update the program, then restore."
        )


def _restore_sqlite(archive: Archive, instance: Path, on_step: Step) -> None:
    """Restore beside the target; the last step gives the copy its name."""
    file = sqlite.file_of(db.engine)
    try:
        on_step("loading")
        sqlite.write_unfinished(file, archive.chunks(archive.database), schema=archive.manifest.schema)
        on_step("verifying")
        with sqlite.unfinished_engine(file) as engine:
            migrate_database(engine)
            wrong = _wrong_totals(engine, archive.manifest)
        if wrong:
            raise BackupProblem(f"The totals are not those of the manifest. Nothing was restored.\n{wrong}")
        with _state_files(archive, instance):
            sqlite.put_in_place(file)
    finally:
        sqlite.remove_unfinished(file)


def _restore_postgresql(archive: Archive, instance: Path, on_step: Step) -> None:
    with _state_files(archive, instance):
        on_step("loading")
        postgresql.load_dump(db.engine, archive.chunks(archive.database))
    on_step("verifying")
    try:
        migrate_database(db.engine)
        wrong = _wrong_totals(db.engine, archive.manifest)
    except Exception as error:
        raise BackupProblem(
            f"The database was loaded, but could not be brought to this version ({type(error).__name__}). {_DO_NOT_USE}"
        ) from error
    if wrong:
        raise BackupProblem(
            f"The database was loaded, but its totals are not those of the manifest. {_DO_NOT_USE}\n{wrong}"
        )


_DO_NOT_USE = "Do not use it: make the database anew and restore another backup."


def _wrong_totals(engine: Engine, manifest: Manifest) -> str:
    with engine.connect() as connection:
        restored_totals = read_totals(connection.exec_driver_sql)
    return "\n".join(f"  {line}" for line in differences(manifest.totals, restored_totals))


@contextmanager
def _state_files(archive: Archive, instance: Path) -> Iterator[None]:
    """Write the state files; remove them when the block, which restores the database, fails."""
    written: list[Path] = []
    try:
        for name, member in archive.state_files.items():
            path = instance / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
                written.append(path)
                for chunk in archive.chunks(member):
                    target.write(chunk)
        yield
    except BaseException:
        for path in written:
            path.unlink(missing_ok=True)
        raise


@contextmanager
def _sentences(instance: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        place = error.filename or instance
        raise BackupProblem(f"{place} cannot be written ({error.strerror}). Nothing was restored.") from None
