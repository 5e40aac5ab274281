"""Installations that are backed up and restored, through the commands."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from sqlalchemy import inspect, text

from campaign.extensions import db
from campaign.services.backup.archive import open_archive
from campaign.services.backup.manifest import Manifest

QUEUE_AND_CACHE = ("jobs.", "compiled-by-jinja", "run.lock")


@dataclass(frozen=True)
class CommandResult:
    """The exit code of a command and its output."""

    code: int
    output: str


@dataclass(frozen=True)
class Place:
    """An app and its instance folder."""

    app: Flask
    instance: Path

    def run(self, *arguments: str) -> CommandResult:
        with self.app.app_context():
            result = self.app.test_cli_runner().invoke(args=arguments)
            db.session.remove()
        if isinstance(result.exception, SystemExit) and isinstance(result.exception.code, str):
            return CommandResult(1, result.exception.code)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return CommandResult(result.exit_code, result.output)

    def backup(self, file: Path) -> Manifest:
        """Make a backup that must succeed: its manifest."""
        result = self.run("backup", str(file))
        assert result.code == 0, result.output
        return manifest_of(file)

    def restore(self, file: Path) -> CommandResult:
        return self.run("restore", str(file))

    def digests(self) -> dict[str, str]:
        """A digest of the rows of each table."""
        with self.app.app_context(), db.engine.connect() as connection:
            names = inspect(connection).get_table_names()
            return {
                name: hashlib.sha256(
                    repr(sorted(map(repr, connection.execute(text(f'SELECT * FROM "{name}"'))))).encode()  # noqa: S608
                ).hexdigest()
                for name in names
            }

    def files(self) -> set[str]:
        """What lies in the instance folder, without the queue and caches, which every command makes."""
        paths = (path.relative_to(self.instance) for path in self.instance.rglob("*") if path.is_file())
        return {str(path) for path in paths if not str(path).startswith(QUEUE_AND_CACHE)}

    def close(self) -> None:
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()


def manifest_of(file: Path) -> Manifest:
    with open_archive(file) as archive:
        return archive.manifest
