"""Makes the files of a picture in a process of its own, bounded in time and memory."""

import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

from campaign.domain.picture import PictureFlaw, PictureFormat, PictureRefused, PicturesBusy

log = logging.getLogger(__name__)

PROGRAM = Path(__file__).with_name("picture_process.py")
CPU_SECONDS = 60
WALL_SECONDS = 90
MEMORY_BYTES = 2_000_000_000
"""Of addresses; a picture of 50 megapixels takes a third of it."""
WAIT_SECONDS = 20
_turn = BoundedSemaphore(1)
"""One picture at a time in each process of the web server, so that pages go on being served."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodedFile:
    """One file of a picture."""

    width: int
    height: int
    format: PictureFormat
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodedPicture:
    """A picture, upright, and its files."""

    width: int
    height: int
    files: tuple[EncodedFile, ...]


def encode_picture(data: bytes, *, ending: str, seconds: int = CPU_SECONDS) -> EncodedPicture:
    """Return the files of an uploaded picture.

    Args:
        data: The uploaded file.
        ending: What its name ends with, such as `jpg`; empty where it has none.
        seconds: Of a processor that it may take.

    Raises:
        PictureRefused: It does not become a picture.
        PicturesBusy: Others are being prepared.
    """
    command = [sys.executable, "-I", str(PROGRAM), ending, str(seconds), str(MEMORY_BYTES)]
    with _own_turn():
        try:
            ended = subprocess.run(command, input=data, capture_output=True, timeout=WALL_SECONDS, check=False)  # noqa: S603  # our own program
        except subprocess.TimeoutExpired:
            raise PictureRefused(PictureFlaw.TOO_SLOW) from None
    if ended.returncode != 0:
        log.warning("a picture was given up: exit %s, %s", ended.returncode, _last_line(ended.stderr))
        raise PictureRefused(PictureFlaw.TOO_SLOW if ended.returncode < 0 else PictureFlaw.DAMAGED)
    return _read(ended.stdout)


@contextmanager
def _own_turn() -> Iterator[None]:
    if not _turn.acquire(timeout=WAIT_SECONDS):
        raise PicturesBusy
    try:
        yield
    finally:
        _turn.release()


def _read(answer: bytes) -> EncodedPicture:
    line, _newline, rest = answer.partition(b"\n")
    facts: dict[str, Any] = json.loads(line)
    if "flaw" in facts:
        raise PictureRefused(PictureFlaw(facts["flaw"]))
    files, start = [], 0
    for each in facts["files"]:
        body = rest[start : start + each["length"]]
        start += each["length"]
        files.append(
            EncodedFile(width=each["width"], height=each["height"], format=PictureFormat(each["format"]), body=body)
        )
    return EncodedPicture(width=facts["width"], height=facts["height"], files=tuple(files))


def _last_line(errors: bytes) -> str:
    """Return the end of a traceback, without what the file held."""
    return errors.decode(errors="replace").strip().rpartition("\n")[2].partition(":")[0]
