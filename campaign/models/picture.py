"""Pictures: what staff say about one, its files, and the consents of the people whom it shows."""

from datetime import date, datetime

from sqlalchemy import CHAR, CheckConstraint, ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from campaign.domain.consent import ConsentForm
from campaign.domain.consent_file import FileType
from campaign.domain.picture import PictureFormat
from campaign.extensions import Key, Model
from campaign.models.columns import PrimaryKey, PublicId, Texts, check_values


class Picture(Model):
    """A picture of a campaign. A removed one remains without files, so that its address answers that it is gone."""

    __tablename__ = "picture"
    __table_args__ = (
        CheckConstraint("width > 0 AND height > 0", "size"),
        CheckConstraint("focal_x BETWEEN 0 AND 100 AND focal_y BETWEEN 0 AND 100", "focal_point"),
    )

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId]
    campaign_id: Mapped[int] = mapped_column(Key, ForeignKey("campaign.id"), index=True)
    revision: Mapped[int] = mapped_column(default=1)
    """Counts the changes: who saves must have read the newest."""
    version: Mapped[str] = mapped_column(CHAR(16))
    """Part of the files' addresses; a replaced picture gets another one, so that caches ask again."""
    width: Mapped[int]
    height: Mapped[int]
    alt: Mapped[Texts]
    is_decorative: Mapped[bool] = mapped_column(default=False)
    credit: Mapped[str]
    focal_x: Mapped[int]
    """In percent, from the left; `focal_y` from the top: what stays visible when the picture is cut."""
    focal_y: Mapped[int]
    shows_people: Mapped[bool | None]
    """Whether people can be recognised; NULL: nobody has said it yet, and it is not shown."""
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int | None] = mapped_column(Key, ForeignKey("staff.id"))
    removed_at: Mapped[datetime | None]


class PictureFile(Model):
    """One file of a picture: a width in a format."""

    __tablename__ = "picture_file"
    __table_args__ = (UniqueConstraint("picture_id", "width", "format"), check_values("format", PictureFormat))

    id: Mapped[PrimaryKey]
    picture_id: Mapped[int] = mapped_column(Key, ForeignKey("picture.id"))
    width: Mapped[int]
    height: Mapped[int]
    format: Mapped[str]
    length: Mapped[int]
    body: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    """NULL where the files are stored outside the database."""


class Consent(Model):
    """Somebody agreed to be shown, until a day or until they withdraw it."""

    __tablename__ = "consent"
    __table_args__ = (check_values("form", ConsentForm),)

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId]
    campaign_id: Mapped[int] = mapped_column(Key, ForeignKey("campaign.id"), index=True)
    person: Mapped[str]
    """Who agreed; of a child, also who agreed for them."""
    purpose: Mapped[str]
    form: Mapped[str]
    language: Mapped[str]
    """In which it was explained to them."""
    stored_at: Mapped[str]
    """Where the paper or the recording is."""
    given_on: Mapped[date]
    valid_until: Mapped[date | None]
    """The last day; NULL: until it is withdrawn."""
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int | None] = mapped_column(Key, ForeignKey("staff.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawal_places: Mapped[Texts]
    """Where the pictures were shown when it was withdrawn: a picture's public id → the places, one per line."""


class ConsentFile(Model):
    """A scan of the signed paper, or the recorded voice. Campaign staff alone can download it; it is never public."""

    __tablename__ = "consent_file"
    __table_args__ = (UniqueConstraint("consent_id", "digest"), check_values("kind", FileType))

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId]
    consent_id: Mapped[int] = mapped_column(Key, ForeignKey("consent.id"))
    name: Mapped[str]
    kind: Mapped[str]
    length: Mapped[int]
    digest: Mapped[str] = mapped_column(CHAR(64))
    """Of the file as it came, so that it is not attached twice."""
    version: Mapped[str] = mapped_column(CHAR(16))
    """Part of its name outside the database."""
    body: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    """NULL where files are stored outside the database."""
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int | None] = mapped_column(Key, ForeignKey("staff.id"))


class PictureConsent(Model):
    """A picture shows somebody who gave this consent."""

    __tablename__ = "picture_consent"

    picture_id: Mapped[int] = mapped_column(Key, ForeignKey("picture.id"), primary_key=True)
    consent_id: Mapped[int] = mapped_column(Key, ForeignKey("consent.id"), primary_key=True)


class PicturePlace(Model):
    """Where a campaign shows a picture: `hero`, `section:slug`, or `update:`, `event:` or `grant:` with a public id.

    A row of its own, and no column of those tables: whoever writes their texts anew leaves the pictures where they are.
    """

    __tablename__ = "picture_place"

    campaign_id: Mapped[int] = mapped_column(Key, ForeignKey("campaign.id"), primary_key=True)
    place: Mapped[str] = mapped_column(primary_key=True)
    picture_id: Mapped[int] = mapped_column(Key, ForeignKey("picture.id"), index=True)


class TextConsent(Model):
    """A piece of a campaign’s text quotes somebody or names them, and is shown while they agree.

    A piece is called by its place and its own name there, such as `story:workshop` or `update:` and a public id; it is a row of
    its own, so that whoever writes a text anew, or restores an older version, leaves this as it is.
    """

    __tablename__ = "text_consent"
    __table_args__ = (UniqueConstraint("campaign_id", "piece", "consent_id"),)

    id: Mapped[PrimaryKey]
    campaign_id: Mapped[int] = mapped_column(Key, ForeignKey("campaign.id"))
    piece: Mapped[str]
    consent_id: Mapped[int | None] = mapped_column(Key, ForeignKey("consent.id"), index=True)
    """NULL: it came with a campaign’s folder, and the consent is not recorded here yet; nobody sees the piece."""
