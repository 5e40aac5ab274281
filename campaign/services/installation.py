"""The contents of an installation before it goes live: campaigns, demo data, people who can sign in."""

from dataclasses import dataclass

from sqlalchemy import func, select

from campaign.database import reading
from campaign.models.campaign import Campaign
from campaign.models.staff import Staff


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """`demo_campaigns` are slugs; `active_staff` counts people who may sign in."""

    campaigns: int
    demo_campaigns: tuple[str, ...]
    active_staff: int


def contents() -> Contents:
    """Count the contents."""
    with reading() as session:
        return Contents(
            campaigns=session.execute(select(func.count()).select_from(Campaign)).scalar_one(),
            demo_campaigns=tuple(
                session.execute(select(Campaign.slug).where(Campaign.is_demo).order_by(Campaign.id)).scalars()
            ),
            active_staff=session.execute(select(func.count()).select_from(Staff).where(Staff.active)).scalar_one(),
        )
