"""The pictures of a campaign as staff see them, and the files that everybody or only staff may see."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from campaign.database import reading
from campaign.domain.campaign_state import CampaignStage
from campaign.domain.errors import NotFound
from campaign.domain.news import UpdateState
from campaign.domain.picture import PictureFacts, PictureGap, PictureGone, gaps_of
from campaign.gateways.file_store import FileStore
from campaign.models.campaign import Campaign, Update
from campaign.models.picture import Consent, Picture, PictureConsent, PictureFile, PicturePlace
from campaign.models.staff import Staff
from campaign.services.campaigns.quoted_texts import UPDATE, hidden_pieces, piece_name
from campaign.services.campaigns.shown_pictures import PublicPicture, consent_terms, facts_of, public_picture
from campaign.services.pictures.places import PlaceView, read_places
from campaign.services.pictures.storage import file_name, mimetype_of, read_body

PAGE_ROWS = 48
MAX_WIDTH_DIGITS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureView:
    """One picture as staff pages show it."""

    public_id: str
    revision: int
    picture: PublicPicture
    facts: PictureFacts
    gaps: tuple[PictureGap, ...]
    places: tuple[PlaceView, ...]
    consents: frozenset[str]  # public ids
    recorded_at: datetime
    recorded_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileView:
    """A file as it is sent; `is_of_people` keeps it out of shared caches, for a consent can be withdrawn."""

    body: bytes
    mimetype: str
    version: str
    is_of_people: bool


def list_pictures(campaign_id: int, *, before: str = "", day: date) -> tuple[list[PictureView], bool]:
    """Return a page of pictures, the last one uploaded first, and whether there are older ones."""
    query = _rows(campaign_id).order_by(Picture.id.desc()).limit(PAGE_ROWS + 1)
    if before:
        query = query.where(Picture.id < select(Picture.id).where(Picture.public_id == before).scalar_subquery())
    with reading() as session:
        views = _views(session, campaign_id, session.execute(query).all(), day=day)
    return views[:PAGE_ROWS], len(views) > PAGE_ROWS


def one_picture(campaign_id: int, public_id: str, *, day: date) -> PictureView:
    """Return one picture.

    Raises:
        NotFound: The campaign has no such picture, or it is removed.
    """
    with reading() as session:
        rows = session.execute(_rows(campaign_id).where(Picture.public_id == public_id)).all()
        if not rows:
            raise NotFound(f"picture:{public_id}")
        return _views(session, campaign_id, rows, day=day)[0]


def next_undescribed(campaign_id: int, *, but: str) -> str | None:
    """Return the public id of the oldest picture of which nobody has said who is on it; `but` one that is left out."""
    query = (
        select(Picture.public_id)
        .where(
            Picture.campaign_id == campaign_id,
            Picture.removed_at.is_(None),
            Picture.shows_people.is_(None),
            Picture.public_id != but,
        )
        .order_by(Picture.id)
        .limit(1)
    )
    with reading() as session:
        return session.execute(query).scalar_one_or_none()


def read_file_name(name: str) -> tuple[int, str]:
    """Return width and format of a file's name in an address, such as 480.avif; what cannot be read names no file."""
    width, _dot, file_format = name.partition(".")
    is_number = width.isascii() and width.isdigit() and len(width) <= MAX_WIDTH_DIGITS
    return (int(width) if is_number else 0), file_format


def public_file(
    public_id: str, width: int, file_format: str, *, store: FileStore | None, day: date, preview_of: int | None = None
) -> FileView:
    """Return a file of a picture that everybody may see, or would see once the campaign `preview_of` is no draft any more.

    Raises:
        NotFound: There is none, it is not shown anywhere, or its campaign is a draft.
        PictureGone: The picture was removed, or the consent to show it has ended.
    """
    with reading() as session:
        picture = session.execute(select(Picture).where(Picture.public_id == public_id)).scalar_one_or_none()
        if picture is None:
            raise NotFound(f"picture:{public_id}")
        gaps = gaps_of(facts_of(picture), consent_terms(session, [picture.id]).get(picture.id, ()), day=day)
        if picture.removed_at is not None or PictureGap.CONSENT_ENDED in gaps:
            raise PictureGone(public_id)
        places = session.execute(select(PicturePlace.place).where(PicturePlace.picture_id == picture.id)).scalars()
        stage = session.get_one(Campaign, picture.campaign_id).stage
        is_draft = stage == CampaignStage.DRAFT and picture.campaign_id != preview_of
        if is_draft or gaps or set(places) <= _unpublished_places(session, picture.campaign_id, day=day):
            raise NotFound(f"picture:{public_id}")
        stored = _stored(session, picture, width, file_format)
    return _sent(stored, store)


def staff_file(campaign_id: int, public_id: str, width: int, file_format: str, *, store: FileStore | None) -> FileView:
    """Return a file of a picture for staff, whether everybody may see it or not.

    Raises:
        NotFound: The campaign has no such picture.
    """
    with reading() as session:
        query = select(Picture).where(
            Picture.campaign_id == campaign_id, Picture.public_id == public_id, Picture.removed_at.is_(None)
        )
        picture = session.execute(query).scalar_one_or_none()
        if picture is None:
            raise NotFound(f"picture:{public_id}")
        stored = _stored(session, picture, width, file_format)
    return _sent(stored, store)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A file as its row says; without a body it is outside the database."""

    name: str
    body: bytes | None
    format: str
    version: str
    is_of_people: bool


def _unpublished_places(session: Session, campaign_id: int, *, day: date) -> frozenset[str]:
    """Return the places that nobody reads: those of updates that are not published, not any more, or hidden."""
    query = select(Update.public_id).where(Update.campaign_id == campaign_id, Update.state != UpdateState.PUBLISHED)
    hidden = {name for name in hidden_pieces(session, campaign_id, day=day) if name.startswith(piece_name(UPDATE, ""))}
    return frozenset(hidden) | {piece_name(UPDATE, public_id) for public_id in session.execute(query).scalars()}


def _stored(session: Session, picture: Picture, width: int, file_format: str) -> StoredFile:
    query = select(PictureFile.body).where(
        PictureFile.picture_id == picture.id, PictureFile.width == width, PictureFile.format == file_format
    )
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound(f"picture:{picture.public_id}")
    return StoredFile(
        name=file_name(picture.public_id, picture.version, width, file_format),
        body=row.body,
        format=file_format,
        version=picture.version,
        is_of_people=bool(picture.shows_people),
    )


def _sent(stored: StoredFile, store: FileStore | None) -> FileView:
    """Return the file, read outside the transaction where it is outside the database."""
    body = read_body(store, stored.name, stored.body)
    if body is None:
        raise NotFound(stored.name)
    return FileView(
        body=body, mimetype=mimetype_of(stored.format), version=stored.version, is_of_people=stored.is_of_people
    )


def _rows(campaign_id: int) -> Select[Picture, str]:
    return (
        select(Picture, Staff.name)
        .outerjoin(Staff, Staff.id == Picture.recorded_by)
        .where(Picture.campaign_id == campaign_id, Picture.removed_at.is_(None))
    )


def _views(session: Session, campaign_id: int, rows: Iterable[tuple[Picture, str]], *, day: date) -> list[PictureView]:
    pictures = list(rows)
    keys = {picture.id for picture, _name in pictures}
    terms, consents = consent_terms(session, keys), _consents(session, keys)
    places = _places(session, campaign_id)
    return [
        PictureView(
            public_id=row.public_id,
            revision=row.revision,
            picture=public_picture(row),
            facts=facts_of(row),
            gaps=gaps_of(facts_of(row), terms.get(row.id, ()), day=day),
            places=tuple(places[row.id]),
            consents=frozenset(consents[row.id]),
            recorded_at=row.recorded_at,
            recorded_by=name,
        )
        for row, name in pictures
    ]


def _places(session: Session, campaign_id: int) -> Mapping[int, list[PlaceView]]:
    query = select(PicturePlace.place, PicturePlace.picture_id).where(PicturePlace.campaign_id == campaign_id)
    shown = dict(session.execute(query).all())
    by_picture: dict[int, list[PlaceView]] = defaultdict(list)
    for place in read_places(session, campaign_id):
        if place.name in shown:
            by_picture[shown[place.name]].append(place)
    return by_picture


def _consents(session: Session, picture_ids: set[int]) -> Mapping[int, list[str]]:
    by_picture: dict[int, list[str]] = defaultdict(list)
    query = (
        select(PictureConsent.picture_id, Consent.public_id)
        .join(Consent, Consent.id == PictureConsent.consent_id)
        .where(PictureConsent.picture_id.in_(picture_ids))
    )
    for picture_id, public_id in session.execute(query):
        by_picture[picture_id].append(public_id)
    return by_picture
