"""Where files are stored that are not in the database: a folder, or anything else that knows three verbs."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from campaign.domain.errors import DomainError


class FileStoreUnavailable(DomainError):
    """The place where files are stored does not answer, or is full."""


class FileStore(Protocol):
    """Files by name. A name is ours: letters, digits, `/`, `-` and `.`; what it names never changes."""

    def put(self, name: str, body: bytes, *, mimetype: str) -> None:
        """Store a file; the same one stored again changes nothing.

        Raises:
            FileStoreUnavailable: It cannot be stored now.
        """
        ...

    def get(self, name: str) -> bytes | None:
        """Return a file; None where there is none of this name.

        Raises:
            FileStoreUnavailable: It cannot be read now.
        """
        ...

    def delete(self, name: str) -> None:
        """Delete a file; one that is gone already is no error.

        Raises:
            FileStoreUnavailable: It cannot be deleted now.
        """
        ...


class FolderFiles:
    """Files in a folder of this machine, or of one that all machines share."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, name: str, body: bytes, *, mimetype: str) -> None:  # noqa: ARG002  # a folder knows no types
        path = self._folder / name
        unfinished = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            unfinished.write_bytes(body)
            unfinished.replace(path)
        except OSError as error:
            raise FileStoreUnavailable(str(error.strerror)) from error

    def get(self, name: str) -> bytes | None:
        try:
            return (self._folder / name).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise FileStoreUnavailable(str(error.strerror)) from error

    def delete(self, name: str) -> None:
        path = self._folder / name
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise FileStoreUnavailable(str(error.strerror)) from error
        with suppress(OSError):
            path.parent.rmdir()  # only when it is empty
