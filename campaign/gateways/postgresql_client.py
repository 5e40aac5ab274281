"""PostgreSQL's own client programs, pg_dump and pg_restore, found in PATH and never older than the server."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from typing import BinaryIO

from psycopg.conninfo import make_conninfo

MAX_ANSWER_SECONDS = 10
CHUNK_BYTES = 1 << 20


class ClientProblem(Exception):
    """A client program is missing, too old or failed; the message is one sentence."""


def dump(target: BinaryIO, options: Iterable[str], *, connect: Mapping[str, str], server: int) -> None:
    """Write a dump of the database with pg_dump; `server` is the server's major version."""
    with tempfile.TemporaryFile() as errors:
        command = [_program("pg_dump", server), *options, *_connection(connect)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, env=_environment(connect)) as running:  # noqa: S603
            assert running.stdout  # noqa: S101  # it is a pipe
            shutil.copyfileobj(running.stdout, target, CHUNK_BYTES)
        _require_success("pg_dump", running.returncode, errors)


def restore(chunks: Iterable[bytes], options: Iterable[str], *, connect: Mapping[str, str], server: int) -> None:
    """Feed a dump to pg_restore; when this process ends, so does its input, so that it cannot continue alone."""
    with tempfile.TemporaryFile() as errors:
        command = [_program("pg_restore", server), *options, *_connection(connect)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=errors, env=_environment(connect)) as running:  # noqa: S603
            assert running.stdin  # noqa: S101  # it is a pipe
            try:
                for chunk in chunks:
                    running.stdin.write(chunk)
                running.stdin.close()
            except BrokenPipeError:
                pass  # it has ended, and says why
            except BaseException:
                running.kill()
                raise
        _require_success("pg_restore", running.returncode, errors)


def require_client(name: str, *, server: int) -> None:
    """Require a program at least as new as the server.

    Raises:
        ClientProblem: it is missing or older.
    """
    _program(name, server)


def _program(name: str, server: int) -> str:
    path = shutil.which(name)
    advice = f"install PostgreSQL's client programs, version {server} or newer, and put their folder into PATH"
    if path is None:
        raise ClientProblem(f"{name} was not found: {advice}.")
    command = [path, "--version"]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=MAX_ANSWER_SECONDS, check=False)  # noqa: S603
    version = re.search(r"(\d+)(\.\d+|devel|beta|rc)", answer.stdout)
    if version is None:
        raise ClientProblem(f"{path} does not tell its version: {advice}.")
    if int(version[1]) < server:
        raise ClientProblem(f"{path} is version {version[1]}, older than the server ({server}): {advice}.")
    return path


def _connection(connect: Mapping[str, str]) -> list[str]:
    """Return the connection without the password, because everybody on the machine can read a command line."""
    return ["--no-password", "--dbname", make_conninfo(**{k: v for k, v in connect.items() if k != "password"})]


def _environment(connect: Mapping[str, str]) -> dict[str, str]:
    secret = {"PGPASSWORD": connect["password"]} if "password" in connect else {}
    return {**os.environ, **secret, "LC_MESSAGES": "C"}


def _require_success(name: str, code: int, errors: BinaryIO) -> None:
    if code == 0:
        return
    errors.seek(0)
    lines = errors.read(100_000).decode(errors="replace").splitlines()
    error = next((line for line in lines if "error:" in line), "")  # later lines may quote rows
    raise ClientProblem(f"{name} failed (it ended with {code}). {error}".rstrip())
