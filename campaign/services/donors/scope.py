"""Which donors a campaign has: those with a gift to it, and those to whom one is credited."""

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from campaign.domain.errors import NotFound
from campaign.models.donation import Donation
from campaign.models.donor import Donor, SoftCredit


def gave_to(campaign_id: int) -> ColumnElement[bool]:
    """Return donors with a gift to the campaign, or a part in one."""
    gift = select(Donation.id).where(Donation.donor_id == Donor.id, Donation.campaign_id == campaign_id)
    credit = select(SoftCredit.id).where(SoftCredit.donor_id == Donor.id, SoftCredit.campaign_id == campaign_id)
    return or_(gift.exists(), credit.exists())


def donor_of(session: Session, campaign_id: int, public_id: str) -> Donor:
    """Return a donor of the campaign.

    Raises:
        NotFound: No gift of this donor belongs to the campaign.
    """
    query = select(Donor).where(Donor.public_id == public_id, gave_to(campaign_id))
    donor = session.execute(query).scalar_one_or_none()
    if donor is None:
        raise NotFound(f"donor:{public_id}")
    return donor
