"""Which donors a campaign has: those with a gift to it, and those to whom one is credited.

Whoever knows an address can credit a gift to it. So a credit brings a donor into the list, with what this campaign knows of
them; what other campaigns share with the mailbox (consents, merges) needs a gift of their own.
"""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from campaign.database import reading
from campaign.domain.errors import NotFound
from campaign.models.donation import Donation
from campaign.models.donor import Donor, DonorMerge, SoftCredit


def gave_to(campaign_id: int) -> ColumnElement[bool]:
    """Return donors with a gift to the campaign, or a part in one."""
    credit = select(SoftCredit.id).where(SoftCredit.donor_id == Donor.id, SoftCredit.campaign_id == campaign_id)
    return or_(has_gift_in(campaign_id), credit.exists())


def has_gift_in(campaign_id: int) -> ColumnElement[bool]:
    """Return donors with a gift of their own to the campaign."""
    return select(Donation.id).where(Donation.donor_id == Donor.id, Donation.campaign_id == campaign_id).exists()


def donor_of(session: Session, campaign_id: int, public_id: str) -> Donor:
    """Return a donor of the campaign.

    Raises:
        NotFound: The campaign has no such donor.
    """
    return _only(session, public_id, gave_to(campaign_id))


def giver_of(session: Session, campaign_id: int, public_id: str) -> Donor:
    """Return a donor with a gift of their own to the campaign; a credit is not enough.

    Raises:
        NotFound: The campaign has no such donor.
    """
    return _only(session, public_id, has_gift_in(campaign_id))


def mailboxes_of(campaign_id: int, public_id: str) -> Mapping[str, int]:
    """Return public id → id of a donor with a gift of their own, and of those whom this campaign merged into them.

    Raises:
        NotFound: The campaign has no such donor.
    """
    with reading() as session:
        donor = giver_of(session, campaign_id, public_id)
        rows, newest = {donor.public_id: donor.id}, [donor.id]
        while newest:
            merged = (DonorMerge.campaign_id == campaign_id, DonorMerge.undone_at.is_(None))
            sources = select(Donor.public_id, Donor.id).join(DonorMerge, DonorMerge.source_id == Donor.id)
            named = session.execute(sources.where(*merged, DonorMerge.target_id.in_(newest))).all()
            newest = [row.id for row in named if row.public_id not in rows]
            rows |= {row.public_id: row.id for row in named}
        return rows


def _only(session: Session, public_id: str, condition: ColumnElement[bool]) -> Donor:
    donor = session.execute(select(Donor).where(Donor.public_id == public_id, condition)).scalar_one_or_none()
    if donor is None:
        raise NotFound(f"donor:{public_id}")
    return donor
