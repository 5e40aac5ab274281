"""Pictures for tests: files drawn on the spot, and rows with files that no encoder had to make."""

import io
from typing import Any

from PIL import Image

from campaign.database import transaction
from campaign.domain.identity import new_public_id
from campaign.domain.picture import WIDTHS, PictureFormat, height_at, widths_of
from campaign.models.campaign import Campaign
from campaign.models.picture import Picture, PictureConsent, PictureFile, PicturePlace
from campaign.services.campaigns.revision import count_public_change
from tests.support.builders import NOW

DESCRIBED: dict[str, Any] = {"alt": {"en": "Women at a loom"}, "shows_people": False}


def drawn(size: tuple[int, int] = (400, 360), mode: str = "RGB") -> Image.Image:
    """A picture with a dark top left corner, so that it can be seen which side is up."""
    image = Image.new(mode, size, {"RGB": (200, 150, 90), "RGBA": (200, 150, 90, 120)}.get(mode, 1))
    image.paste({"RGB": (20, 20, 20), "RGBA": (20, 20, 20, 255)}.get(mode, 0), (0, 0, size[0] // 2, size[1] // 2))
    return image


def file_of(kind: str = "JPEG", size: tuple[int, int] = (400, 360), *, mode: str = "RGB", **settings: Any) -> bytes:
    """A picture as a file of this kind."""
    packed = io.BytesIO()
    drawn(size, mode).save(packed, kind, **settings)
    return packed.getvalue()


def a_picture(
    campaign: Campaign,
    *,
    place: str | None = None,
    consents: tuple[int, ...] = (),
    width: int = WIDTHS[-1],
    **facts: Any,
) -> str:
    """A picture that is described and shows nobody, with files that only say what they are; its public id."""
    public_id, size = new_public_id(), (width, width * 3 // 4)
    chosen = {"credit": "", "focal_x": 50, "focal_y": 50, **DESCRIBED, **facts}
    with transaction() as session:
        row = Picture(
            public_id=public_id,
            campaign_id=campaign.id,
            version=new_public_id(),
            width=size[0],
            height=size[1],
            recorded_at=NOW,
            **chosen,
        )
        session.add(row)
        session.flush()
        for each in widths_of(width):
            for kind in PictureFormat:
                body = f"{each}.{kind}".encode()
                height = height_at(each, of=size)
                file = {"width": each, "height": height, "format": kind.value, "length": len(body), "body": body}
                session.add(PictureFile(picture_id=row.id, **file))
        session.add_all(PictureConsent(picture_id=row.id, consent_id=consent) for consent in consents)
        if place:
            session.add(PicturePlace(campaign_id=campaign.id, place=place, picture_id=row.id))
            count_public_change(session, campaign.id)
    return public_id
