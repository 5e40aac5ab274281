"""The archive of a backup: a plain tar, the manifest first, then exactly the members that it names.

A reader trusts nothing: every header, size and hash is checked before anything of the archive is used.
"""

import hashlib
import io
import os
import stat
import tarfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from campaign.services.backup.manifest import Kind, Manifest, Member, read_manifest
from campaign.services.backup.problems import DamagedBackup

MANIFEST = "manifest.json"
DATABASES: dict[Kind, str] = {"sqlite": "database.sqlite", "postgresql": "database.dump"}
"""The name of the database's copy, by its kind."""
STATE_FILES = ("drill/report.html", "drill/report.json", "drill/report.txt")
"""The files of the instance folder that are state. All else there is a secret, a queue, a cache, or the sandbox's."""
FILES = "files/"
"""The folder of the archive in which the state files lie."""
NAMES = {MANIFEST, *DATABASES.values(), *(FILES + name for name in STATE_FILES)}

MAX_MANIFEST_BYTES = 1_000_000
MAX_STATE_FILE_BYTES = 16_000_000
CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Archive:
    """An open archive with checked hashes. `offsets` says where each member's bytes begin."""

    file: BinaryIO
    manifest: Manifest
    offsets: dict[str, int]

    @property
    def database(self) -> Member:
        """Return the copy of the database."""
        return next(member for member in self.manifest.members if not member.name.startswith(FILES))

    @property
    def state_files(self) -> dict[str, Member]:
        """Return the state files, by their names in the instance folder."""
        members = (member for member in self.manifest.members if member.name.startswith(FILES))
        return {member.name.removeprefix(FILES): member for member in members}

    def chunks(self, member: Member) -> Iterator[bytes]:
        """Yield the bytes of a member.

        Raises:
            DamagedBackup: at the end, when they are not the bytes that were checked.
        """
        digest, left = hashlib.sha256(), member.size
        self.file.seek(self.offsets[member.name])
        while left:
            chunk = self.file.read(min(left, CHUNK_BYTES))
            if not chunk:
                raise DamagedBackup(f"The file ends within {member.name}: it is truncated.")
            left -= len(chunk)
            digest.update(chunk)
            yield chunk
        if digest.hexdigest() != member.sha256:
            raise DamagedBackup(f"{member.name} is damaged: its SHA-256 is not the one in the manifest.")


def describe(path: Path, *, name: str) -> Member:
    """Describe a file as a member of that name."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
    return Member(name=name, size=path.stat().st_size, sha256=digest.hexdigest())


def write_archive(path: Path, manifest: Manifest, files: Sequence[tuple[Member, Path]]) -> None:
    """Write a new archive, readable for its owner alone, and wait until it is on the disk."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
        with tarfile.open(fileobj=target, mode="w", format=tarfile.GNU_FORMAT) as tar:
            raw = manifest.as_json()
            tar.addfile(_header(MANIFEST, len(raw), manifest), io.BytesIO(raw))
            for member, file in files:
                with file.open("rb") as source:
                    tar.addfile(_header(member.name, member.size, manifest), source)
        target.flush()
        os.fsync(target.fileno())


def _header(name: str, size: int, manifest: Manifest) -> tarfile.TarInfo:
    header = tarfile.TarInfo(name)
    header.size, header.mode, header.mtime = size, 0o600, int(manifest.made_at.timestamp())
    return header


@contextmanager
def open_archive(path: Path) -> Iterator[Archive]:
    """Open an archive once every byte of it is checked; nothing is written.

    Raises:
        BackupProblem: it is of a newer version.
        DamagedBackup: it cannot be read, is damaged, or is no backup of Kurak.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError as error:
        raise DamagedBackup(f"{path} cannot be read ({error.strerror}).") from None
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise DamagedBackup(f"{path} is not a file.")
        yield _checked(file)


def _checked(file: BinaryIO) -> Archive:
    entries = dict(_entries(file))
    if next(iter(entries), None) != MANIFEST:
        raise DamagedBackup("The file is not a backup of Kurak: it does not begin with a manifest.")
    begin, size = entries.pop(MANIFEST)
    file.seek(begin)
    manifest = read_manifest(file.read(size))
    named = {member.name: member.size for member in manifest.members}
    if len(named) < len(manifest.members) or named != {name: entry[1] for name, entry in entries.items()}:
        raise DamagedBackup("The file does not hold what its manifest says.")
    if set(DATABASES.values()) & set(named) != {DATABASES[manifest.database]}:
        raise DamagedBackup("The file does not hold the database that its manifest names.")
    archive = Archive(file, manifest, {name: entry[0] for name, entry in entries.items()})
    for member in manifest.members:
        for _ in archive.chunks(member):
            pass
    return archive


def _entries(file: BinaryIO) -> Iterator[tuple[str, tuple[int, int]]]:
    """Yield name, beginning and size of each member.

    Only plain headers are read: no links, no extensions, no sparse files.
    """
    end, offset, names = file.seek(0, os.SEEK_END), 0, set[str]()
    while True:
        file.seek(offset)
        block = file.read(tarfile.BLOCKSIZE)
        if not any(block) and len(block) == tarfile.BLOCKSIZE:
            _require_padding(file, end - offset)
            return
        header = _read_header(block)
        begin = offset + tarfile.BLOCKSIZE
        if header.name in names or header.size > _max_size(header.name):
            raise DamagedBackup(f"The file is not a backup of Kurak: {header.name} is there twice or too large.")
        if begin + header.size > end:
            raise DamagedBackup("The file is truncated: it ends before its last member does.")
        names.add(header.name)
        yield header.name, (begin, header.size)
        offset = begin + -(-header.size // tarfile.BLOCKSIZE) * tarfile.BLOCKSIZE


def _read_header(block: bytes) -> tarfile.TarInfo:
    if not block:
        raise DamagedBackup("The file is truncated: its end is missing.")
    try:
        header = tarfile.TarInfo.frombuf(block, "ascii", "strict")
    except (tarfile.HeaderError, ValueError):
        raise DamagedBackup("The file is damaged, or not a backup of Kurak.") from None
    if header.type != tarfile.REGTYPE or header.name not in NAMES or header.size < 0:
        raise DamagedBackup("The file is not a backup of Kurak: it holds something that no backup holds.")
    return header


def _max_size(name: str) -> int:
    if name == MANIFEST:
        return MAX_MANIFEST_BYTES
    return MAX_STATE_FILE_BYTES if name.startswith(FILES) else 1 << 62


def _require_padding(file: BinaryIO, left: int) -> None:
    """Require that a tar ends with zeros, up to a whole record."""
    if left < 2 * tarfile.BLOCKSIZE:
        raise DamagedBackup("The file is truncated: its end is missing.")
    if left > tarfile.RECORDSIZE + tarfile.BLOCKSIZE or any(file.read(left)):
        raise DamagedBackup("The file is not a backup of Kurak: something follows its end.")
