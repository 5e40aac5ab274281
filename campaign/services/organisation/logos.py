"""The organisation's logo, icon and signature: stored, returned and removed."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, literal, select, true
from sqlalchemy.orm import Session

from campaign.database import reading, transaction
from campaign.domain.errors import NotFound
from campaign.domain.logo import LogoKind
from campaign.gateways.clock import Clock
from campaign.models.campaign import Campaign
from campaign.models.organisation import Organisation, OrganisationLogo
from campaign.services import audit
from campaign.services.campaigns.revision import count_public_change
from campaign.services.organisation.logo_files import ReadLogo
from campaign.services.organisation.profile import OrganisationProfile, profile_of

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
