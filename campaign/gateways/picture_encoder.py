"""Makes the files of a picture in a process of its own, bounded in time and memory."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from campaign.domain.picture import PictureFlaw, PictureFormat, PictureRefused
from campaign.gateways.file_process import CPU_SECONDS, FileBroken, FileTooSlow, run_program

PROGRAM = Path(__file__).with_name("picture_process.py")
SCAN = "scan"
"""Instead of the files of a picture: one JPEG, large enough to read handwriting on a page."""


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
    return _read(_run(data, ending, "", seconds=seconds))


def encode_scan(data: bytes, *, ending: str) -> bytes:
    """Return a photo of a paper as one JPEG without what a camera wrote beside it; raises as `encode_picture` does."""
    return _read(_run(data, ending, SCAN)).files[0].body


def _run(data: bytes, ending: str, kind: str, *, seconds: int = CPU_SECONDS) -> bytes:
    try:
        return run_program(PROGRAM, data, ending, kind, seconds=seconds)
    except FileTooSlow:
        raise PictureRefused(PictureFlaw.TOO_SLOW) from None
    except FileBroken:
        raise PictureRefused(PictureFlaw.DAMAGED) from None


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
