"""Until when a monthly gift goes on: until the end of its campaign, or of the successor in which its donor continues."""

from datetime import date

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session, aliased

from campaign.domain.campaign_state import CampaignStage
from campaign.domain.succession import SuccessionAnswer
from campaign.models.campaign import Campaign
from campaign.models.pledge import Pledge
from campaign.models.succession import PledgeSuccession

SUCCESSOR = aliased(Campaign)
AGREED = and_(
    PledgeSuccession.pledge_id == Pledge.id,
    PledgeSuccession.from_campaign_id == Pledge.campaign_id,
    PledgeSuccession.answer == SuccessionAnswer.YES,
    PledgeSuccession.moved_at.is_(None),
)
"""The row of a donor who agreed to continue, and whose gift has not gone over yet."""
OWN_LAST_DAY = func.coalesce(Campaign.closed_on, Campaign.ends_on)
"""`Campaign.last_day`, in queries."""
CONTINUES = and_(SUCCESSOR.stage == CampaignStage.PUBLISHED, SUCCESSOR.ends_on > OWN_LAST_DAY)
"""`domain.succession.continues_until`, as a condition on a query with both campaigns."""
LAST_DAY = case((CONTINUES, SUCCESSOR.ends_on), else_=OWN_LAST_DAY)


def last_day_of(session: Session, pledge: Pledge) -> date:
    """Return the last day of a monthly gift's campaign, or of the one in which it continues."""
    query = (
        select(LAST_DAY)
        .select_from(Pledge)
        .join(Campaign, Campaign.id == Pledge.campaign_id)
        .outerjoin(PledgeSuccession, AGREED)
        .outerjoin(SUCCESSOR, SUCCESSOR.id == PledgeSuccession.campaign_id)
        .where(Pledge.id == pledge.id)
    )
    day: date = session.execute(query).scalar_one()
    return day
