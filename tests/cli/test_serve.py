"""`make run` for a newcomer: an obstacle is reported in one sentence, and no process is left running."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from http.client import HTTPConnection
from pathlib import Path

import pytest

from campaign.gateways.worker_process import pid_file
from campaign.services.schema import head
from tests.support.databases import migrate
from tests.support.tree import ROOT

pytestmark = pytest.mark.faults

MAX_SECONDS = 120.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(instance: Path, **changed: str) -> dict[str, str]:
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return {**inherited, "INSTANCE_DIR": str(instance), "PORT": str(free_port()), **changed}


def refused(instance: Path, **changed: str) -> str:
    """Return the one sentence with which it refuses to start; the output must be free of tracebacks."""
    command = [sys.executable, "-m", "campaign.cli.serve"]
    given = environment(instance, **changed)
    done = subprocess.run(
        command, cwd=ROOT, env=given, capture_output=True, text=True, timeout=MAX_SECONDS, check=False
    )
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    sentences = [line for line in done.stderr.splitlines() if line.startswith("kurak: ")]
    assert len(sentences) == 1, done.stderr
    return sentences[0]


def test_a_port_in_use_is_reported(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        sentence = refused(tmp_path, PORT=port)
    assert (
        sentence
        == f"kurak: port {port} of 127.0.0.1 cannot be used (Address already in use): choose another one with PORT=…"
    )


def test_likely_mistakes_are_reported_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    command = [sys.executable, "-m", "campaign.cli.serve"]
    given = environment(tmp_path / "file" / "instance", HOST="0.0.0.0", SECRET_KEY="s")  # noqa: S104  # it never listens
    done = subprocess.run(
        command, cwd=ROOT, env=given, capture_output=True, text=True, timeout=MAX_SECONDS, check=False
    )
    assert done.returncode == 1
    assert done.stdout.startswith("Warning: HOST is 0.0.0.0 in development")


def test_a_folder_that_cannot_be_written_is_reported(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("", encoding="ascii")
    sentence = refused(in_the_way / "instance", SECRET_KEY="k" * 40)
    assert sentence.startswith(f"kurak: the folder {in_the_way}/instance cannot be written (Not a directory)")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_is_reported(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert "cannot be written (Permission denied)" in refused(tmp_path / "instance")


def test_an_unknown_setting_is_reported(tmp_path: Path) -> None:
    assert "STRIPE_KEY is not a setting of Kurak" in refused(tmp_path, STRIPE_KEY="sk_test_1")


def test_a_database_of_a_newer_version_is_reported_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "kurak.sqlite"
    migrate(f"sqlite:///{path}", instance=tmp_path)
    with sqlite3.connect(path) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    sentence = refused(tmp_path)
    assert sentence.startswith(f"kurak: the database is from a newer version (at 9999; this one knows {head()})")


def test_a_file_that_is_no_database_is_reported(tmp_path: Path) -> None:
    (tmp_path / "kurak.sqlite").write_bytes(b"not a database" * 500)
    assert refused(tmp_path).startswith("kurak: the database cannot be used (file is not a database)")


def test_a_missing_database_is_reported(tmp_path: Path) -> None:
    sentence = refused(tmp_path, DATABASE_URL="sqlite:////no/such/folder/kurak.sqlite")
    assert sentence.startswith("kurak: the database cannot be used (unable to open database file)")


@pytest.fixture
def running(tmp_path: Path) -> Iterator[tuple["subprocess.Popen[str]", int, Path]]:
    """The server as it starts, its port and its folder."""
    given = environment(tmp_path)
    died = pid_file(tmp_path, "money")  # as the worker of a machine that lost its power leaves it
    died.touch(mode=0o600)
    died.write_text("4194304", encoding="ascii")
    command = [sys.executable, "-m", "campaign.cli.serve"]
    server = subprocess.Popen(command, cwd=ROOT, env=given, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    with server:
        yield server, int(given["PORT"]), tmp_path
        server.terminate()
        server.communicate(timeout=MAX_SECONDS)


def test_everything_runs_and_ends(running: tuple["subprocess.Popen[str]", int, Path]) -> None:
    server, port, instance = running
    output = lines_until(server, "approver@")
    assert f"Kurak runs at http://127.0.0.1:{port}/" in output
    assert all(f"{role}@demo.kurak.example" in output for role in ("campaign", "finance", "approver"))
    assert status_of(port, "/readyz") == 200
    assert status_of(port, "/") in {302, 303}
    files = [path for path in instance.rglob("*") if path.is_file()]
    assert files
    assert not any(path.stat().st_mode & 0o077 for path in files)  # names and addresses are for this account alone
    assert "Kurak runs from" in refused(instance)
    wait_for(lambda: "worker_deaths" in observations(instance))  # of the worker whose pid file was left behind
    for _ in range(3):
        for kind in ("money", "mail"):
            wait_for(lambda kind=kind: workers(server, kind) != [])  # type: ignore[misc]  # bound at once
            os.kill(workers(server, kind)[0], signal.SIGKILL)
    output = lines_until(server, "The mail worker was ended by signal 9; it does not stay up")
    assert "The money worker was ended by signal 9; it does not stay up" in output
    assert status_of(port, "/readyz") == 200
    server.terminate()
    assert server.wait(MAX_SECONDS) == 0
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


def observations(instance: Path) -> list[str]:
    with closing(sqlite3.connect(instance / "kurak.sqlite")) as database:
        return [name for (name,) in database.execute("SELECT name FROM observation")]


def workers(server: "subprocess.Popen[str]", kind: str) -> list[int]:
    """The living processes of this kind that the server has started."""
    numbers = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            state, parent = (process / "stat").read_text(encoding="ascii").rpartition(")")[2].split()[:2]
            words = (process / "cmdline").read_bytes().split(b"\0")
            if state != "Z" and int(parent) == server.pid and words[-3:-1] == [b"--only", kind.encode()]:
                numbers.append(int(process.name))
    return numbers


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + MAX_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def lines_until(server: "subprocess.Popen[str]", last: str) -> str:
    assert server.stdout
    deadline = time.monotonic() + MAX_SECONDS
    output = ""
    while last not in output:
        line = server.stdout.readline()
        assert line, output
        assert time.monotonic() < deadline, output
        output += line
    return output


def status_of(port: int, path: str) -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()
