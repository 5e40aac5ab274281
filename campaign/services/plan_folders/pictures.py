"""Pictures of a folder: the widest JPEG of each stands in `pictures/`, and an import makes the other files of it again.

Who is on a picture and agreed to it is not exported: consents belong to an installation. A picture that shows people is
imported with its place, and nobody sees it before their consent is recorded here.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from PIL import Image
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from campaign.domain.errors import DomainError
from campaign.domain.identity import new_public_id
from campaign.domain.picture import PictureFormat, PictureRefused
from campaign.gateways.file_store import FileStore
from campaign.gateways.picture_encoder import EncodedFile, EncodedPicture, encode_picture
from campaign.models.campaign import Update
from campaign.models.fund import Fund
from campaign.models.picture import Picture, PictureConsent, PictureFile, PicturePlace
from campaign.services.campaigns.shown_pictures import numbered
from campaign.services.pictures.storage import add_files, file_name, read_body, store_outside, take_files
from campaign.services.plan_folders.problems import Problems
from campaign.services.plan_folders.reading import CampaignFiles, PlanRow


class PictureLost(DomainError):
    """The file of a picture is not where it was stored."""


@dataclass(frozen=True, slots=True)
class PreparedPicture:
    """A picture of a folder with its files, ready to be written."""

    row: PlanRow
    public_id: str
    version: str
    size: tuple[int, int]
    files: Sequence[dict[str, Any]]


def pictures_in(session: Session, campaign_id: int) -> list[Picture]:
    """Return the pictures of a campaign that are not removed, the oldest first."""
    query = select(Picture).where(Picture.campaign_id == campaign_id, Picture.removed_at.is_(None))
    return list(session.execute(query.order_by(Picture.id)).scalars())


def widest_jpeg(session: Session, picture: Picture, store: FileStore | None) -> bytes:
    """Return the largest file of a picture that every program can open.

    Raises:
        PictureLost: It is not there.
    """
    query = select(PictureFile.width, PictureFile.body).where(
        PictureFile.picture_id == picture.id, PictureFile.format == PictureFormat.JPEG
    )
    row = session.execute(query.order_by(PictureFile.width.desc()).limit(1)).first()
    name = file_name(picture.public_id, picture.version, row[0], PictureFormat.JPEG) if row else ""
    body = read_body(store, name, row[1]) if row else None
    if body is None:
        raise PictureLost(picture.public_id)
    return body


def place_names(session: Session, campaign_id: int) -> dict[str, str]:
    """Return how a folder calls each place whose own name has an address that an import changes: `event:EVENT-1`."""
    updates = session.execute(select(Update.public_id).where(Update.campaign_id == campaign_id).order_by(Update.id))
    funds = session.execute(
        select(Fund.kind, Fund.public_id, Fund.code).where(
            Fund.campaign_id == campaign_id, Fund.kind.in_(("event", "grant"))
        )
    )
    whole = {
        f"update:{public_id}": f"update:{number:02}" for number, public_id in enumerate(updates.scalars(), start=1)
    }
    whole |= {f"{kind}:{public_id}": f"{kind}:{code}" for kind, public_id, code in funds}
    return {own: name for pair in whole.items() for own, name in zip(*map(numbered, pair), strict=True)}


def places_showing(session: Session, picture: Picture) -> list[str]:
    """Return the places where a picture is shown, as rows of this installation call them."""
    query = select(PicturePlace.place).where(PicturePlace.picture_id == picture.id).order_by(PicturePlace.place)
    return list(session.execute(query).scalars())


def prepare_pictures(files: CampaignFiles, store: FileStore | None) -> list[PreparedPicture]:
    """Make the files of every picture before the transaction; it takes some seconds for each.

    Raises:
        FolderRefused: A file does not become a picture.
        PicturesBusy: Others are being prepared.
    """
    problems, prepared = Problems(), []
    for row, path in zip(files.lists["pictures"], files.pictures, strict=True):
        data = path.read_bytes()
        try:
            encoded = encode_picture(data, ending=path.suffix.removeprefix("."))
        except PictureRefused as refusal:
            flaw = refusal.flaw.value.replace("_", " ")
            problems.add(f"pictures/{path.name}", 0, f"The file does not become a picture: {flaw}.")
            continue
        public_id, version = new_public_id(), new_public_id()
        rows = store_outside(store, _with_own_jpeg(encoded, data), public_id=public_id, version=version)
        prepared.append(PreparedPicture(row, public_id, version, (encoded.width, encoded.height), rows))
    problems.refuse_if_any()
    return prepared


def _with_own_jpeg(encoded: EncodedPicture, data: bytes) -> list[EncodedFile]:
    """Take the file itself as the widest JPEG where it is one already, bare: an export then has the same bytes."""
    widest = max((each for each in encoded.files if each.format is PictureFormat.JPEG), key=lambda each: each.width)
    image = Image.open(io.BytesIO(data))
    segments = {name for name, _ in getattr(image, "applist", [("unknown", b"")])}
    is_bare = image.format == "JPEG" and segments <= {"APP0"} and data.endswith(b"\xff\xd9")
    is_its_size = image.size == (widest.width, widest.height)
    own = replace(widest, body=data)
    return [own if each is widest and is_bare and is_its_size else each for each in encoded.files]


def write_pictures(session: Session, campaign_id: int, pictures: Sequence[PreparedPicture], *, at: datetime) -> None:
    """Write pictures with their files, and show each in its places; a place that is not there is passed over."""
    ids = {name: own for own, name in place_names(session, campaign_id).items()}
    for each in pictures:
        values = dict(each.row.values)
        places = values.pop("places", [])
        picture = Picture(
            public_id=each.public_id,
            campaign_id=campaign_id,
            version=each.version,
            width=each.size[0],
            height=each.size[1],
            recorded_at=at,
            **{"alt": {}, **values},
        )
        session.add(picture)
        session.flush()
        add_files(session, picture.id, each.files)
        for place in places:
            own = ids.get(place, place)
            if own in ids.values() or not place.startswith(("update:", "event:", "grant:")):
                session.add(PicturePlace(campaign_id=campaign_id, place=own, picture_id=picture.id))


def remove_pictures(session: Session, campaign_id: int, *, at: datetime) -> list[str]:
    """Remove the pictures of a draft; return the names of files outside, to be deleted after the transaction."""
    session.execute(delete(PicturePlace).where(PicturePlace.campaign_id == campaign_id))
    names = []
    for picture in pictures_in(session, campaign_id):
        session.execute(delete(PictureConsent).where(PictureConsent.picture_id == picture.id))
        names += take_files(session, picture.id, public_id=picture.public_id, version=picture.version)
        picture.removed_at = at
    return names
