"""Counts the public changes of a campaign: a page is rendered once per count and then cached."""

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from campaign.models.campaign import CampaignRevision


def count_public_change(session: Session, campaign_id: int) -> None:
    """Record, inside the caller's transaction, that the campaign's public pages have changed."""
    session.execute(_COUNT, {"campaign": campaign_id})


def count_change_for_all(session: Session) -> None:
    """Record, inside the caller's transaction, that every campaign's public pages have changed."""
    session.execute(update(CampaignRevision).values(revision=CampaignRevision.revision + 1))


_REVISION = CampaignRevision.__table__
_COUNT = (
    update(_REVISION).where(_REVISION.c.campaign_id == bindparam("campaign")).values(revision=_REVISION.c.revision + 1)
)
