"""Which donors are one person: the one who is signed in, and those whom staff merged with them."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.models.donor import Donor
from campaign.services.privacy.donor_rows import merged_donors


def donor_ids_of(session: Session, donor_id: int) -> list[int]:
    """Return the donors whose gifts somebody who is signed in as `donor_id` sees."""
    donor = session.get_one(Donor, donor_id)
    others = merged_donors(session, donor)
    ids = session.execute(select(Donor.id).where(Donor.public_id.in_(others))).scalars().all() if others else []
    return [donor_id, *ids]
