"""The pictures that everybody may see today: those with a place, a description, and the consent of the people on them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.domain.campaign_state import CampaignStage
from campaign.domain.picture import ConsentTerm, PictureFacts, gaps_of, height_at, widths_of
from campaign.models.campaign import Campaign
from campaign.models.picture import Consent, Picture, PictureConsent, PicturePlace

HERO = "hero"
MAX_AT_PLACE = 6
"""How many pictures an update, an event or a grant can have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicPicture:
    """A picture as a page shows it."""

    public_id: str
    version: str
    width: int
    height: int
    alt: Mapping[str, str]
    is_decorative: bool
    credit: str
    focal_x: int
    focal_y: int
    is_of_draft: bool = False
    """Its campaign is not public yet: staff alone get its files, from the staff pages."""

    @property
    def widths(self) -> tuple[int, ...]:
        return widths_of(self.width)

    @property
    def size(self) -> tuple[int, int]:
        """Return width and height of the largest file."""
        width = self.widths[-1]
        return width, height_at(width, of=(self.width, self.height))

    def path(self, width: int, file_format: str = "jpg") -> str:
        """Return the address of a file on this site."""
        folder = f"/staff/pictures/{self.public_id}/files" if self.is_of_draft else f"/pictures/{self.public_id}"
        return f"{folder}/{width}.{file_format}?v={self.version}"

    def srcset(self, file_format: str) -> str:
        """Return all files of a format with their widths, for the attribute of this name."""
        return ", ".join(f"{self.path(width, file_format)} {width}w" for width in self.widths)


def numbered(place: str) -> tuple[str, ...]:
    """Return the places that belong to an update, an event or a grant: `event:abc`, `event:abc:2` and so on."""
    return (place, *(f"{place}:{number}" for number in range(2, MAX_AT_PLACE + 1)))


def pictures_shown(session: Session, campaign_id: int, *, day: date) -> dict[str, PublicPicture]:
    """Return place → picture, of those that may be shown on a day."""
    rows = session.execute(
        select(PicturePlace.place, Picture, Campaign.stage)
        .join(Picture, Picture.id == PicturePlace.picture_id)
        .join(Campaign, Campaign.id == PicturePlace.campaign_id)
        .where(PicturePlace.campaign_id == campaign_id, Picture.removed_at.is_(None))
    ).all()
    terms = consent_terms(session, {picture.id for _place, picture, _stage in rows if picture.shows_people})
    return {
        place: replace(public_picture(picture), is_of_draft=stage == CampaignStage.DRAFT)
        for place, picture, stage in rows
        if not gaps_of(facts_of(picture), terms.get(picture.id, ()), day=day)
    }


def consent_terms(session: Session, picture_ids: Iterable[int]) -> Mapping[int, tuple[ConsentTerm, ...]]:
    """Return how long the people on each of these pictures may be shown."""
    ids = set(picture_ids)
    if not ids:
        return {}
    rows = session.execute(
        select(PictureConsent.picture_id, Consent.valid_until, Consent.withdrawn_at)
        .join(Consent, Consent.id == PictureConsent.consent_id)
        .where(PictureConsent.picture_id.in_(ids))
    )
    terms: dict[int, list[ConsentTerm]] = defaultdict(list)
    for picture_id, valid_until, withdrawn_at in rows:
        terms[picture_id].append(ConsentTerm(valid_until=valid_until, is_withdrawn=withdrawn_at is not None))
    return {picture_id: tuple(each) for picture_id, each in terms.items()}


def facts_of(row: Picture) -> PictureFacts:
    """Return what staff said about a picture."""
    return PictureFacts(
        alt=row.alt,
        is_decorative=row.is_decorative,
        credit=row.credit,
        focal_x=row.focal_x,
        focal_y=row.focal_y,
        shows_people=row.shows_people,
    )


def public_picture(row: Picture) -> PublicPicture:
    """Return a picture as a page shows it, whether it may be shown or not."""
    return PublicPicture(
        public_id=row.public_id,
        version=row.version,
        width=row.width,
        height=row.height,
        alt=row.alt,
        is_decorative=row.is_decorative,
        credit=row.credit,
        focal_x=row.focal_x,
        focal_y=row.focal_y,
    )
