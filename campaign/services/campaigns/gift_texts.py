"""The name, message and address of a gift of the queue: what a block can be made of."""

from dataclasses import dataclass

from sqlalchemy import select

from campaign.database import reading
from campaign.domain.errors import NotFound
from campaign.models.donation import Donation
from campaign.models.donor import Donor
from campaign.services.search_index import address_in


@dataclass(frozen=True, slots=True, kw_only=True)
class GiftTexts:
    """What of a gift a block can be made of."""

    public_id: str
    name: str
    message: str | None
    language: str
    email: str | None


def gift_texts(campaign_id: int, public_id: str) -> GiftTexts:
    """Return the name, message and address of a gift of the queue.

    Raises:
        NotFound: The campaign has no such gift.
    """
    with reading() as session:
        named = (Donation.campaign_id == campaign_id, Donation.public_id == public_id)
        query = select(Donation, Donor.email).outerjoin(Donor, Donor.id == Donation.donor_id).where(*named)
        row = session.execute(query).one_or_none()
        if row is None:
            raise NotFound(f"donation:{public_id}")
        gift, email = row
        return GiftTexts(
            public_id=public_id,
            name=gift.public_name or "",
            message=gift.message,
            language=gift.language,
            email=email or address_in(gift.checkout_params),
        )
