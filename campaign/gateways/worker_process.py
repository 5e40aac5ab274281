"""The workers' processes on this machine: each one's number stands in a file that it keeps locked while it lives."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

KINDS = ("money", "mail")
"""The kinds of workers; one process may be both."""


def pid_file(instance: Path, kind: str) -> Path:
    """The file in which the worker of a kind writes its process id."""
    return instance / f"worker-{kind}.pid"


@contextmanager
def named_in(file: Path) -> Iterator[int]:
    """Write this process down as the worker; beside another worker that one stays the named one.

    Yields how many workers died before it: they did not come to their own end and take their numbers out.
    """
    with file.open("a+", encoding="ascii") as pid_file:
        try:
            fcntl.flock(pid_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield 0
            return
        pid_file.seek(0)
        deaths = len(pid_file.read().split())
        pid_file.truncate(0)
        pid_file.write(f"{os.getpid()}\n")
        pid_file.flush()
        yield deaths
        pid_file.truncate(0)


def note_early_death(file: Path, pid: int) -> None:
    """Write down a worker that died before it could do so itself, for the next one to tell; others stand there already."""
    with suppress(OSError), file.open("a+", encoding="ascii") as pid_file:
        fcntl.flock(pid_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        pid_file.seek(0)
        if str(pid) not in pid_file.read().split():
            pid_file.write(f"{pid}\n")


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
