"""Pictures: their sizes, their limits, and what must be known of one before everybody may see it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from campaign.domain.errors import Conflict, DomainError

MAX_BYTES = 25_000_000
"""Of an uploaded file."""
MAX_PIXELS = 50_500_000
"""Phones take pictures of up to 50 megapixels; more is a decompression bomb."""
MIN_SIDE = 320
MAX_RATIO = 4
"""How many times longer than the shorter side the longer one may be."""
WIDTHS = (480, 960, 1600)
MAX_ALT = 300
MAX_CREDIT = 200
FOCAL_STEPS = (15, 50, 85)
"""Percent from the left, and from the top, of the nine points to choose from."""
CENTRE = 50


class PictureFormat(StrEnum):
    """The formats in which a picture is sent, the best first."""

    AVIF = "avif"
    WEBP = "webp"
    JPEG = "jpg"

    @property
    def mimetype(self) -> str:
        return "image/jpeg" if self is PictureFormat.JPEG else f"image/{self}"


class PictureFlaw(StrEnum):
    """Why a file does not become a picture."""

    EMPTY = "empty"
    TOO_BIG = "too_big"  # bytes
    SVG = "svg"
    ANIMATED = "animated"
    NO_PICTURE = "no_picture"
    OTHER_TYPE = "other_type"
    """A picture of a type that is not accepted."""
    LYING_NAME = "lying_name"
    """The name says another type than the content."""
    DAMAGED = "damaged"
    TOO_SMALL = "too_small"  # pixels
    TOO_LARGE = "too_large"  # pixels
    TOO_NARROW = "too_narrow"
    TOO_SLOW = "too_slow"
    """Decoding took too much time or memory."""


class PictureRefused(DomainError):
    """A file does not become a picture.

    Attributes:
        flaw: Why.
    """

    def __init__(self, flaw: PictureFlaw) -> None:
        super().__init__(flaw.value)
        self.flaw = flaw


class PicturesBusy(DomainError):
    """Other pictures are being prepared; trying again in a minute helps."""


class PictureChanged(Conflict):
    """Somebody else changed the picture after this person opened it."""


class PictureGone(DomainError):
    """The picture was removed, or the consent to show it has ended."""


class PictureNotReady(DomainError):
    """Something must be known of the picture before everybody may see it.

    Attributes:
        gaps: What.
    """

    def __init__(self, gaps: tuple["PictureGap", ...]) -> None:
        super().__init__(", ".join(gaps))
        self.gaps = gaps


class PictureGap(StrEnum):
    """What is missing before everybody may see a picture."""

    TEXT = "text"
    PEOPLE = "people"
    """Nobody said whether people can be recognised on it."""
    CONSENT = "consent"
    CONSENT_ENDED = "consent_ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentTerm:
    """How long people may be shown: until a day, that day included, unless they withdraw before."""

    valid_until: date | None
    is_withdrawn: bool

    def holds_on(self, day: date) -> bool:
        """Return whether it covers a day."""
        return not self.is_withdrawn and (self.valid_until is None or day <= self.valid_until)


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureFacts:
    """What staff said about a picture."""

    alt: Mapping[str, str]
    is_decorative: bool
    credit: str
    focal_x: int
    focal_y: int
    shows_people: bool | None  # None: nobody has said it yet


def widths_of(width: int) -> tuple[int, ...]:
    """Return the widths that are made of a picture of this width: never more than it has."""
    return (*(known for known in WIDTHS if known < width), min(width, WIDTHS[-1]))[: len(WIDTHS)]


def height_at(width: int, *, of: tuple[int, int]) -> int:
    """Return the height of a picture of the size `of` when it is drawn at this width."""
    return max(1, round(of[1] * width / of[0]))


def gaps_of(facts: PictureFacts, consents: tuple[ConsentTerm, ...], *, day: date) -> tuple[PictureGap, ...]:
    """Return what is missing before everybody may see a picture on a day; nothing where it may be shown."""
    gaps = []
    if not facts.is_decorative and not any(facts.alt.values()):
        gaps.append(PictureGap.TEXT)
    if facts.shows_people is None:
        gaps.append(PictureGap.PEOPLE)
    if facts.shows_people:
        if not consents:
            gaps.append(PictureGap.CONSENT)
        elif not all(consent.holds_on(day) for consent in consents):
            gaps.append(PictureGap.CONSENT_ENDED)
    return tuple(gaps)
