"""Whether every gift is found at the desk by the names and the address that it has now."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.models.donation import Donation
from campaign.models.donor import Donor
from campaign.services.search_index import address_in, search_columns


def stale_search_texts(session: Session) -> list[str]:
    """The public ids of gifts whose stored search texts are not those of their names and address."""
    names = (Donation.payer_name, Donation.receipt_name, Donation.public_name, Donation.is_anonymous)
    stored = (Donation.public_id, Donation.search_text, Donation.public_search_text)
    rows = session.execute(
        select(*stored, *names, Donation.checkout_params, Donor.email).outerjoin(Donor, Donor.id == Donation.donor_id)
    )
    return [
        row.public_id
        for row in rows
        if search_columns(
            row.payer_name,
            row.receipt_name,
            public_name=row.public_name,
            is_anonymous=row.is_anonymous,
            email=row.email or address_in(row.checkout_params),
        )
        != {"search_text": row.search_text, "public_search_text": row.public_search_text}
    ]
