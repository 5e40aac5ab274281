"""Donors' rows: one for each mailbox. Names belong to the gifts."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.database import insert_once_for_key
from campaign.domain.email_address import email_key
from campaign.domain.identity import new_public_id
from campaign.models.donor import Donor
from campaign.services.gifts.gift_lock import DonorOfGift


def donor_of_mailbox(session: Session, email: str, *, language: str, at: datetime) -> DonorOfGift:
    """The donor of this mailbox, written down now where it is new. What is known of it goes nowhere else."""
    key = email_key(email)
    row = {
        "public_id": new_public_id(),
        "email": email,
        "email_key": key,
        "language": language,
        "created_at": at,
    }
    donor_id: int | None = insert_once_for_key(session, Donor, row)
    if donor_id is not None:
        return DonorOfGift(donor_id, email)
    known = session.execute(select(Donor.id, Donor.email).where(Donor.email_key == key)).one()
    return DonorOfGift(known[0], known[1])
