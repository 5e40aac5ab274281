"""The workers' processes on this machine: each one's number stands in a file that it keeps locked while it lives."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

KINDS = ("money", "mail")
"""The kinds of workers; one process may be both."""


def pid_file(instance: Path, kind: str) -> Path:
    """The file in which the worker of a kind writes its process id."""
    return instance / f"worker-{kind}.pid"


@contextmanager
def named_in(file: Path) -> Iterator[bool]:
    """Write this process down as the worker; beside another worker that one stays the named one.

    Yields whether the worker before it died: it did not come to its own end and take its number out.
    """
    with file.open("a+", encoding="ascii") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        held.seek(0)
        has_died = bool(held.read())
        held.truncate(0)
        held.write(str(os.getpid()))
        held.flush()
        yield has_died
        held.truncate(0)


def living_worker(file: Path) -> int | None:
    """The worker's process id; None when none lives here, for a number that nobody holds may be another program's."""
    try:
        with file.open(encoding="ascii") as named:
            try:
                fcntl.flock(named, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return int(named.read())
    except (OSError, ValueError):
        return None
    return None
