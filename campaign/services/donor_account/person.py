"""Which donors are one person: the one who is signed in, and those whom staff merged with them."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.models.donor import Donor
from campaign.services.privacy.donor_rows import merged_donor_ids


def donor_ids_of(session: Session, donor_id: int) -> list[int]:
    """Return the donors whose gifts somebody who is signed in as `donor_id` sees; none that was erased."""
    others = merged_donor_ids(session, donor_id)
    if not others:
        return [donor_id]
    known = select(Donor.id).where(Donor.id.in_(others), Donor.erased_at.is_(None)).order_by(Donor.id)
    return [donor_id, *session.execute(known).scalars()]
