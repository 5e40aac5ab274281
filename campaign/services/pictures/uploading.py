"""Uploading a picture, and another one in the place of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from sqlalchemy import delete, select

from campaign.database import insert_once_for_key, reading, transaction
from campaign.domain.errors import NotFound
from campaign.domain.identity import new_public_id
from campaign.domain.picture import CENTRE, MAX_BYTES, PictureFlaw, PictureRefused
from campaign.gateways.clock import Clock
from campaign.gateways.file_store import FileStore
from campaign.gateways.picture_encoder import EncodedPicture, encode_picture
from campaign.models.picture import Picture, PictureConsent
from campaign.services.campaigns.revision import count_public_change
from campaign.services.pictures.rows import lock_picture, record
from campaign.services.pictures.storage import add_files, delete_outside, file_name, store_outside, take_files

MAX_ENDING = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """An uploaded file. `public_id` comes with the form, so that a form sent twice makes one picture."""

    campaign_id: int
    public_id: str
    file_name: str
    data: bytes
    actor_id: int

    @property
    def ending(self) -> str:
        """What the file's name ends with, such as `jpg`; empty where it has no ending."""
        ending = PurePosixPath(self.file_name).suffix.removeprefix(".").lower()
        return ending if ending.isascii() and ending.isalnum() and len(ending) <= MAX_ENDING else ""


def add_picture(upload: Upload, *, store: FileStore | None, clock: Clock) -> None:
    """Make a picture of a file; nobody sees it before it is described and placed.

    Raises:
        PictureRefused: It does not become a picture.
        PicturesBusy: Others are being prepared.
    """
    if _is_known(upload):
        return
    encoded, version, at = _encoded(upload), new_public_id(), clock.now()
    with _stored(upload, encoded, version, store=store) as rows, transaction() as session:
        picture_id = insert_once_for_key(session, Picture, _row(upload, encoded, version, at=at))
        if picture_id is None:  # the same form came twice at the same time
            raise _SentTwice
        add_files(session, picture_id, rows)
        record(session, "add", upload.public_id, actor_id=upload.actor_id, at=at)


def replace_picture(upload: Upload, *, revision: int, store: FileStore | None, clock: Clock) -> None:
    """Show another file in all places of a picture. Who is on it must be said again, and until then nobody sees it.

    Raises:
        NotFound: The campaign has no such picture.
        PictureChanged: Somebody else changed it meanwhile.
        PictureRefused, PicturesBusy: As in `add_picture`.
    """
    encoded, version = _encoded(upload), new_public_id()
    with _stored(upload, encoded, version, store=store) as rows, transaction() as session:
        picture = lock_picture(session, upload.campaign_id, upload.public_id, revision=revision)
        outside = take_files(session, picture.id, public_id=picture.public_id, version=picture.version)
        picture.version, picture.width, picture.height = version, encoded.width, encoded.height
        picture.shows_people = None
        picture.revision += 1
        session.execute(delete(PictureConsent).where(PictureConsent.picture_id == picture.id))
        add_files(session, picture.id, rows)
        count_public_change(session, upload.campaign_id)
        record(session, "replace", upload.public_id, actor_id=upload.actor_id, at=clock.now())
    delete_outside(store, outside)


class _SentTwice(Exception):
    """Another request has made this picture meanwhile."""


@contextmanager
def _stored(
    upload: Upload, encoded: EncodedPicture, version: str, *, store: FileStore | None
) -> Iterator[list[dict[str, Any]]]:
    """Store the files and yield their rows; the files are deleted again where nothing comes of the picture."""
    rows = store_outside(store, encoded.files, public_id=upload.public_id, version=version)
    try:
        yield rows
    except BaseException as error:
        names = [file_name(upload.public_id, version, row["width"], row["format"]) for row in rows]
        delete_outside(store, names)
        if not isinstance(error, _SentTwice):
            raise


def _row(upload: Upload, encoded: EncodedPicture, version: str, *, at: datetime) -> dict[str, Any]:
    return {
        "public_id": upload.public_id,
        "campaign_id": upload.campaign_id,
        "revision": 1,
        "version": version,
        "width": encoded.width,
        "height": encoded.height,
        "alt": {},
        "is_decorative": False,
        "credit": "",
        "focal_x": CENTRE,
        "focal_y": CENTRE,
        "recorded_at": at,
        "recorded_by": upload.actor_id,
    }


def _encoded(upload: Upload) -> EncodedPicture:
    if len(upload.data) > MAX_BYTES:
        raise PictureRefused(PictureFlaw.TOO_BIG)
    if not upload.data:
        raise PictureRefused(PictureFlaw.EMPTY)
    return encode_picture(upload.data, ending=upload.ending)


def _is_known(upload: Upload) -> bool:
    """Return whether this form has made its picture already.

    Raises:
        NotFound: The name is another campaign's.
    """
    with reading() as session:
        query = select(Picture.campaign_id).where(Picture.public_id == upload.public_id)
        campaign_id = session.execute(query).scalar()
    if campaign_id not in {None, upload.campaign_id}:
        raise NotFound(f"picture:{upload.public_id}")
    return campaign_id is not None
