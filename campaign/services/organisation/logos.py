"""The organisation's logo, icon and signature: checked, stored and removed. A PNG loses its texts, dates and places."""

import hashlib
import io
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, literal, select, true
from sqlalchemy.orm import Session

from campaign.database import reading, transaction
from campaign.domain.errors import NotFound
from campaign.domain.logo import (
    MAX_BYTES,
    MAX_PIXELS,
    MIN_PIXELS,
    PNG,
    SVG,
    LogoKind,
    LogoProblem,
    LogoRefused,
    check_svg,
    is_printable_svg,
)
from campaign.gateways.clock import Clock
from campaign.models.campaign import Campaign
from campaign.models.organisation import Organisation, OrganisationLogo
from campaign.services import audit
from campaign.services.campaigns.revision import count_public_change
from campaign.services.organisation.profile import OrganisationProfile, profile_of

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
STORED_PIXELS = {LogoKind.LOGO: (1200, 480), LogoKind.ICON: (512, 512), LogoKind.SIGNATURE: (1200, 480)}
"""The largest size at which a PNG is stored."""
SQUARE = 1.1
"""How many times longer one side of an icon may be than the other."""


LOGO_FACTS = tuple(
    getattr(OrganisationLogo, name) for name in ("kind", "media_type", "width", "height", "digest", "is_printed")
)


@dataclass(frozen=True, slots=True)
class LogoFacts:
    """What pages need to show a picture; its address carries the digest."""

    kind: str
    media_type: str
    width: int
    height: int
    digest: str
    is_printed: bool


@dataclass(frozen=True, slots=True)
class ReadLogo:
    """A file that was checked, as it will be stored."""

    media_type: str
    content: bytes
    width: int
    height: int
    is_printed: bool = True


def profile_and_logos() -> tuple[OrganisationProfile, dict[str, LogoFacts]]:
    """Return what the frame of every page needs, in one query, whether there is a profile yet or not."""
    one = select(literal(1)).subquery()
    query = select(Organisation, *LOGO_FACTS).select_from(one).outerjoin(Organisation, true())
    with reading() as session:
        rows = session.execute(query.outerjoin(OrganisationLogo, true())).all()
    logos = {row.kind: LogoFacts(*row[1:]) for row in rows if row.kind is not None}
    return OrganisationProfile() if rows[0][0] is None else profile_of(rows[0][0]), logos


def logos() -> dict[str, LogoFacts]:
    """Return the pictures that there are, by kind, without their content."""
    with reading() as session:
        return logos_in(session)


def logos_in(session: Session) -> dict[str, LogoFacts]:
    """Return the pictures within the caller's transaction."""
    return {row.kind: LogoFacts(*row) for row in session.execute(select(*LOGO_FACTS))}


def logo_file(kind: LogoKind) -> tuple[str, bytes, str]:
    """Return media type, content and digest of a picture.

    Raises:
        NotFound: There is none.
    """
    row = OrganisationLogo
    with reading() as session:
        match = session.execute(select(row.media_type, row.content, row.digest).where(row.kind == kind)).first()
    if match is None:
        raise NotFound(f"logo:{kind}")
    return match.media_type, match.content, match.digest


def read_logo(data: bytes, kind: LogoKind) -> ReadLogo:
    """Check an uploaded file by its content; its name and declared type count for nothing.

    Raises:
        LogoRefused: It is no PNG or SVG, too large, damaged, does more than draw, or is a signature that cannot be printed.
    """
    if not data:
        raise LogoRefused(LogoProblem.MISSING)
    if len(data) > MAX_BYTES:
        raise LogoRefused(LogoProblem.TOO_LARGE)
    if data.startswith(PNG_SIGNATURE):
        picture = _read_png(data, kind)
    elif data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        picture = ReadLogo(SVG, data, *check_svg(data), is_printable_svg(data))
    else:
        raise LogoRefused(LogoProblem.OTHER_FORMAT)
    if kind is LogoKind.ICON and max(picture.width, picture.height) > SQUARE * min(picture.width, picture.height):
        raise LogoRefused(LogoProblem.NOT_SQUARE)
    if kind is LogoKind.SIGNATURE and not picture.is_printed:
        raise LogoRefused(LogoProblem.NOT_PRINTABLE)
    return picture


def save_logos(pictures: Mapping[LogoKind, ReadLogo], *, actor_id: int, clock: Clock) -> None:
    """Store pictures in place of the ones before; pages show them at once."""
    with transaction() as session:
        for kind, picture in pictures.items():
            session.execute(delete(OrganisationLogo).where(OrganisationLogo.kind == kind))
            session.add(_row(kind, picture, at=clock.now()))
            _record(session, "organisation:set_logo", kind, actor_id=actor_id, clock=clock)


def remove_logo(kind: LogoKind, *, actor_id: int, clock: Clock) -> None:
    """Remove a picture; pages show the standard one.

    Raises:
        NotFound: There is none.
    """
    with transaction() as session:
        removed = session.execute(
            delete(OrganisationLogo).where(OrganisationLogo.kind == kind).returning(OrganisationLogo.kind)
        ).all()
        if not removed:
            raise NotFound(f"logo:{kind}")
        _record(session, "organisation:remove_logo", kind, actor_id=actor_id, clock=clock)


def _row(kind: LogoKind, picture: ReadLogo, *, at: datetime) -> OrganisationLogo:
    sha256 = hashlib.sha256(picture.content).hexdigest()
    return OrganisationLogo(
        kind=kind,
        media_type=picture.media_type,
        content=picture.content,
        width=picture.width,
        height=picture.height,
        digest=sha256[:16],
        sha256=sha256,
        is_printed=picture.is_printed,
        updated_at=at,
    )


def _record(session: Session, action: str, kind: LogoKind, *, actor_id: int, clock: Clock) -> None:
    for campaign_id in session.execute(select(Campaign.id)).scalars().all():
        count_public_change(session, campaign_id)
    audit.record(
        session,
        actor_id=actor_id,
        action=action,
        subject="organisation:1",
        at=clock.now(),
        detail={"logo": kind.value},
    )


def _read_png(data: bytes, kind: LogoKind) -> ReadLogo:
    """Decode a PNG of a bounded size and encode it anew: texts, dates and places in the file are lost."""
    from PIL import Image, ImageFile  # loaded by those who upload

    ImageFile.LOAD_TRUNCATED_IMAGES = False  # WeasyPrint turns it on for the whole process that imports it

    try:
        with Image.open(io.BytesIO(data), formats=("PNG",)) as image:
            _check_size(image.size)  # before any pixel is decoded
            pixels = image.convert("RGBA")
    except Image.DecompressionBombError:
        raise LogoRefused(LogoProblem.SIZE) from None
    except (OSError, SyntaxError, ValueError, EOFError, struct.error, zlib.error):
        raise LogoRefused(LogoProblem.DAMAGED) from None
    pixels.thumbnail(STORED_PIXELS[kind])
    clean = Image.new("RGBA", pixels.size)
    clean.paste(pixels)
    packed = io.BytesIO()
    clean.save(packed, "PNG", optimize=True)
    return ReadLogo(PNG, packed.getvalue(), *clean.size)


def _check_size(size: tuple[int, int]) -> None:
    if min(size) < MIN_PIXELS or max(size) > MAX_PIXELS:
        raise LogoRefused(LogoProblem.SIZE)
