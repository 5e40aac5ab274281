"""The files of pictures: in the database, or in a store outside it. Nothing else knows which."""

import logging
from collections.abc import Iterable
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from campaign.domain.picture import PictureFormat
from campaign.gateways.file_store import FileStore, FileStoreUnavailable
from campaign.gateways.picture_encoder import EncodedFile
from campaign.models.picture import PictureFile

log = logging.getLogger(__name__)


def file_name(public_id: str, version: str, width: int, file_format: str) -> str:
    """Return the name of a file in a store."""
    return f"pictures/{public_id}/{version}/{width}.{file_format}"


def store_outside(
    store: FileStore | None, encoded: Iterable[EncodedFile], *, public_id: str, version: str
) -> list[dict[str, Any]]:
    """Store the files where they do not go into the database, and return the rows for them.

    It runs before the transaction: a file without a row is never shown, a row without its file would be a broken picture.
    """
    rows = []
    for each in encoded:
        if store is not None:
            name = file_name(public_id, version, each.width, each.format)
            store.put(name, each.body, mimetype=each.format.mimetype)
        rows.append(
            {
                "width": each.width,
                "height": each.height,
                "format": each.format.value,
                "length": len(each.body),
                "body": each.body if store is None else None,
            }
        )
    return rows


def add_files(session: Session, picture_id: int, rows: Iterable[dict[str, Any]]) -> None:
    """Write the rows of a picture's files."""
    session.add_all(PictureFile(picture_id=picture_id, **row) for row in rows)


def take_files(session: Session, picture_id: int, *, public_id: str, version: str) -> list[str]:
    """Delete the rows of a picture's files and return the names of those outside, to be deleted after the transaction."""
    query = select(PictureFile.width, PictureFile.format, PictureFile.body.is_(None)).where(
        PictureFile.picture_id == picture_id
    )
    names = [
        file_name(public_id, version, width, kind) for width, kind, is_outside in session.execute(query) if is_outside
    ]
    session.execute(delete(PictureFile).where(PictureFile.picture_id == picture_id))
    return names


def delete_outside(store: FileStore | None, names: Iterable[str]) -> None:
    """Delete files that no row names any more; one that cannot be deleted is logged, for nobody is sent it any more."""
    if store is None:
        return
    for name in names:
        try:
            store.delete(name)
        except FileStoreUnavailable:
            log.exception("the file %s could not be deleted: delete it in the store", name)


def read_body(store: FileStore | None, name: str, body: bytes | None) -> bytes | None:
    """Return the bytes of a file, of its row or of the store; None where they are lost."""
    if body is not None or store is None:
        return body
    return store.get(name)


def mimetype_of(file_format: str) -> str:
    """Return the media type of a file."""
    return PictureFormat(file_format).mimetype
