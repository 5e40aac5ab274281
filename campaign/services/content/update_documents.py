"""Updates that were published, as documents: their corrections are drafts first, and have versions as every text has."""

from datetime import datetime

from sqlalchemy.orm import Session

from campaign.domain.documents.kinds import UPDATE, UpdateDocument
from campaign.domain.errors import NotFound
from campaign.domain.news import UpdateState
from campaign.models.campaign import Update
from campaign.services.news.updates import lock_update


def read_update(session: Session, campaign_id: int, name: str) -> UpdateDocument:
    """Return what an update says in public, or said before it was withdrawn.

    Raises:
        NotFound: The campaign has no such update, or it was never published.
    """
    row = _lock(session, campaign_id, name)
    return UpdateDocument(title=row.title, body=row.body, author=row.author)


def write_update(
    session: Session, campaign_id: int, name: str, document: UpdateDocument, *, at: datetime, actor_id: int | None
) -> None:
    """Correct an update; a withdrawn one is published again."""
    row = _lock(session, campaign_id, name)
    row.title, row.body, row.author = document.title, document.body, document.author
    row.state, row.withdrawn_at = UpdateState.PUBLISHED, None
    row.corrected_at = row.changed_at = at
    row.changed_by = actor_id
    row.revision += 1


def _lock(session: Session, campaign_id: int, name: str) -> Update:
    row = lock_update(session, campaign_id, name.removeprefix(UPDATE))
    if row is None or row.state not in {UpdateState.PUBLISHED, UpdateState.WITHDRAWN}:
        raise NotFound(name)
    return row
