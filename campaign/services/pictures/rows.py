"""What the acts on pictures share: the locked row, and its record in the audit trail."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.domain.errors import NotFound
from campaign.domain.picture import PictureChanged
from campaign.models.picture import Picture
from campaign.services import audit


def lock_picture(session: Session, campaign_id: int, public_id: str, *, revision: int | None = None) -> Picture:
    """Return the row of a picture, locked until the transaction ends.

    Raises:
        NotFound: The campaign has no such picture, or it is removed.
        PictureChanged: It has a newer revision than this one.
    """
    query = select(Picture).where(Picture.campaign_id == campaign_id, Picture.public_id == public_id).with_for_update()
    row = session.execute(query).scalar_one_or_none()
    if row is None or row.removed_at is not None:
        raise NotFound(f"picture:{public_id}")
    if revision is not None and row.revision != revision:
        raise PictureChanged(public_id)
    return row


def record(
    session: Session,
    act: str,
    public_id: str,
    *,
    actor_id: int | None,
    at: datetime,
    detail: dict[str, object] | None = None,
) -> None:
    """Record an act on a picture in the audit trail."""
    audit.record(
        session, actor_id=actor_id, action=f"picture:{act}", subject=f"picture:{public_id}", at=at, detail=detail or {}
    )
