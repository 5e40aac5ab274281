"""Consents of people on pictures or in quotes who have a donor's name: they may be the same person, or not."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from campaign.database import reading
from campaign.domain.folding import fold
from campaign.models.campaign import Campaign
from campaign.models.donation import Donation
from campaign.models.picture import Consent
from campaign.services.privacy.donor_rows import person_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class NamesakeConsent:
    """A consent that is in force, of somebody with a donor's name."""

    public_id: str
    person: str
    campaign_slug: str
    campaign_title: Mapping[str, str]


def consents_of_namesakes(public_id: str) -> tuple[NamesakeConsent, ...]:
    """Return the consents in force, of all campaigns, whose person has a name that the donor gave.

    Raises:
        NotFound: there is no such donor.
    """
    with reading() as session:
        gift_ids = person_rows(session, public_id).gift_ids
        names = select(Donation.payer_name, Donation.receipt_name, Donation.public_name)
        gifts = session.execute(names.where(Donation.id.in_(gift_ids)))
        known = {fold(name) for row in gifts for name in row if name} - {""}
        consents = select(Consent.public_id, Consent.person, Campaign.slug, Campaign.title).join(Campaign)
        rows = session.execute(consents.where(Consent.withdrawn_at.is_(None)).order_by(Consent.id))
        return tuple(
            NamesakeConsent(
                public_id=row.public_id, person=row.person, campaign_slug=row.slug, campaign_title=row.title
            )
            for row in rows
            if fold(row.person) in known
        )
