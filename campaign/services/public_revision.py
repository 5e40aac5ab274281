"""Counts the public changes of a campaign: a page is rendered once per count and then kept."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from campaign.models.campaign import CampaignRevision


def count_public_change(session: Session, campaign_id: int) -> None:
    """Say, inside the caller's transaction, that the campaign's public pages have changed."""
    counted = update(CampaignRevision).where(CampaignRevision.campaign_id == campaign_id)
    session.execute(counted.values(revision=CampaignRevision.revision + 1))
