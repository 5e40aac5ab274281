"""Runs a program of ours on somebody’s file, in a process of its own, bounded in time and memory."""

import logging
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import BoundedSemaphore

from campaign.domain.picture import PicturesBusy

log = logging.getLogger(__name__)

CPU_SECONDS = 60
WALL_SECONDS = 90
MEMORY_BYTES = 2_000_000_000
"""Of addresses; a picture of 50 megapixels takes a third of it."""
WAIT_SECONDS = 20
_turn = BoundedSemaphore(1)
"""One file at a time in each process of the web server, so that pages go on being served."""


class FileTooSlow(Exception):
    """The program took too much time or memory."""


class FileBroken(Exception):
    """The program failed at the file."""


def run_program(program: Path, data: bytes, *arguments: str, seconds: int = CPU_SECONDS) -> bytes:
    """Return what a program writes about a file that it reads from its standard input.

    Args:
        program: Our own Python file; it gets `arguments`, the seconds and the bytes of memory that it may take.
        data: The file.
        arguments: More for the program.
        seconds: Of a processor that it may take.

    Raises:
        FileTooSlow, FileBroken: See there.
        PicturesBusy: Other files are being prepared.
    """
    command = [sys.executable, "-I", str(program), *arguments, str(seconds), str(MEMORY_BYTES)]
    with _own_turn():
        try:
            ended = subprocess.run(command, input=data, capture_output=True, timeout=WALL_SECONDS, check=False)  # noqa: S603  # our own program
        except subprocess.TimeoutExpired:
            raise FileTooSlow from None
    if ended.returncode != 0:
        log.warning("a file was given up: exit %s, %s", ended.returncode, _last_line(ended.stderr))
        raise FileTooSlow if ended.returncode < 0 else FileBroken
    return ended.stdout


@contextmanager
def _own_turn() -> Iterator[None]:
    if not _turn.acquire(timeout=WAIT_SECONDS):
        raise PicturesBusy
    try:
        yield
    finally:
        _turn.release()


def _last_line(errors: bytes) -> str:
    """Return the end of a traceback, without what the file held."""
    return errors.decode(errors="replace").strip().rpartition("\n")[2].partition(":")[0]
