"""Files that prove a consent: a scan of the signed paper, or the recorded voice. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath

from campaign.domain.errors import DomainError
from campaign.domain.typed_text import one_line

MAX_BYTES = 25_000_000
MAX_FILES = 10
"""Of one consent."""
MAX_NAME = 100


class FileType(StrEnum):
    """What a file is, and how its name ends once it is stored; a picture is stored as JPEG."""

    PDF = "pdf"
    PICTURE = "jpg"
    M4A = "m4a"
    AAC = "aac"
    MP3 = "mp3"
    OGG = "ogg"
    WAV = "wav"
    AMR = "amr"


MEDIA_TYPES: Mapping[FileType, str] = {
    FileType.PDF: "application/pdf",
    FileType.PICTURE: "image/jpeg",
    FileType.M4A: "audio/mp4",
    FileType.AAC: "audio/aac",
    FileType.MP3: "audio/mpeg",
    FileType.OGG: "audio/ogg",
    FileType.WAV: "audio/wav",
    FileType.AMR: "audio/amr",
}
ENDINGS: Mapping[str, tuple[FileType, ...]] = {
    "pdf": (FileType.PDF,),
    **dict.fromkeys(("jpg", "jpeg", "jfif", "png", "heic", "heif"), (FileType.PICTURE,)),
    **dict.fromkeys(("m4a", "m4b", "mp4", "3gp", "3gpp", "3ga"), (FileType.M4A, FileType.AAC)),
    "aac": (FileType.AAC, FileType.M4A),
    "mp3": (FileType.MP3,),
    **dict.fromkeys(("ogg", "oga", "opus", "spx"), (FileType.OGG,)),
    **dict.fromkeys(("wav", "wave"), (FileType.WAV,)),
    **dict.fromkeys(("amr", "awb"), (FileType.AMR, FileType.M4A)),  # some phones name a 3GP so
}
"""The types that a name may stand for; any other ending says nothing."""


class ConsentFileFlaw(StrEnum):
    """Why a file is not attached to a consent."""

    EMPTY = "empty"
    TOO_BIG = "too_big"
    OTHER_TYPE = "other_type"
    VIDEO = "video"
    LYING_NAME = "lying_name"
    """The name says another type than the content."""
    DAMAGED = "damaged"
    LOCKED = "locked"
    """A PDF that needs a password."""
    TOO_LARGE = "too_large"
    """More pixels or pages than can be prepared."""
    TOO_SMALL = "too_small"
    REPEATED = "repeated"
    TOO_MANY = "too_many"


@dataclass(frozen=True, slots=True)
class RefusedFile:
    """A file that is not attached, and why."""

    name: str
    flaw: ConsentFileFlaw


class ConsentFilesRefused(DomainError):
    """Nothing is saved, because of these files.

    Attributes:
        files: Which ones, and why.
    """

    def __init__(self, files: Sequence[RefusedFile]) -> None:
        super().__init__(", ".join(file.flaw for file in files))
        self.files = tuple(files)


def ending_of(name: str) -> str:
    """Return what a file’s name ends with, such as `pdf`, in lower case; empty where it has no ending."""
    return PurePosixPath(_plain(name)).suffix.removeprefix(".").lower()


def stored_name(name: str, kind: FileType) -> str:
    """Return the name under which a file of a type is downloaded: its own, on one line, with the ending of the type."""
    stem = PurePosixPath(_plain(name)).stem[:MAX_NAME].strip(" .") or "file"
    return f"{stem}.{kind}"


def is_lying(name: str, kind: FileType) -> bool:
    """Return whether a name stands for another type than the content has."""
    return kind not in ENDINGS.get(ending_of(name), (kind,))


def _plain(name: str) -> str:
    return one_line(name).replace("\\", "/")
