"""Goals by number of gifts, by donors and by what monthly gifts bring, beside the goal in money."""

from dataclasses import asdict, dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.database import reading, transaction
from campaign.domain.form_version import check_version
from campaign.gateways.clock import Clock
from campaign.models.campaign import Campaign
from campaign.models.goal import CampaignGoals
from campaign.services import audit


@dataclass(frozen=True, slots=True, kw_only=True)
class Goals:
    """What a campaign pursues besides its sum; None: not this."""

    gifts: int | None = None
    donors: int | None = None
    monthly_minor: int | None = None


def goals_of(campaign_id: int) -> Goals:
    """Return the goals of a campaign."""
    with reading() as session:
        return goals_in(session, campaign_id)


def goals_in(session: Session, campaign_id: int) -> Goals:
    """Return the goals of a campaign in the caller's snapshot."""
    columns = (CampaignGoals.gifts, CampaignGoals.donors, CampaignGoals.monthly_minor)
    row = session.execute(select(*columns).where(CampaignGoals.campaign_id == campaign_id)).one_or_none()
    return Goals(gifts=row[0], donors=row[1], monthly_minor=row[2]) if row else Goals()


def set_goals(campaign_id: int, goals: Goals, *, version: str, actor_id: int, clock: Clock) -> bool:
    """Store the goals of a campaign; return whether anything has changed.

    Raises:
        ChangedMeanwhile: Somebody else changed them since the version that the person has read.
    """
    with transaction() as session:
        query = select(Campaign.slug, Campaign.currency).where(Campaign.id == campaign_id).with_for_update()
        slug, currency = session.execute(query).one()
        before = goals_in(session, campaign_id)
        if before == goals:
            return False
        check_version(version, before)
        session.merge(CampaignGoals(campaign_id=campaign_id, **asdict(goals)))
        detail: dict[str, object] = {"gifts": goals.gifts, "donors": goals.donors}
        if goals.monthly_minor:
            detail |= {"minor": goals.monthly_minor, "currency": currency}
        audit.record(
            session,
            actor_id=actor_id,
            action="campaign:goals",
            subject=f"campaign:{slug}",
            at=clock.now(),
            detail=detail,
        )
    return True
