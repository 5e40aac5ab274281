"""A donor about whom everything is stored that can be, and another one of whom nothing may change."""

from dataclasses import dataclass

from sqlalchemy import select, update

from campaign.database import transaction
from campaign.domain.donor_consent import ConsentPurpose, ConsentSource
from campaign.domain.identity import new_public_id
from campaign.domain.news import SubscriberState, SubscriptionSource
from campaign.extensions import db
from campaign.models.donation import Donation
from campaign.models.donor import Donor
from campaign.models.news import Subscriber
from campaign.services import consent_log, search_index
from campaign.services.consent_log import NewConsent
from campaign.services.news.subscriptions import CONSENT_VERSION
from tests.services.engine import Engine

EMAIL = "donor@example.org"
SECRETS = (EMAIL, "Aida Donor", "Aida the weaver", "Aida & Sons", "Good luck, from Aida", "Folder of Aida")
"""What nobody may read about the donor once they are erased."""


@dataclass(frozen=True, slots=True)
class KnownDonor:
    """Who was made."""

    id: int
    public_id: str
    gift: str


def a_known_donor(engine: Engine) -> KnownDonor:
    """A donor with a paid gift, its receipt and mail, names, a message, consents and a subscription."""
    gift = engine.give()
    engine.work()
    with transaction() as session:
        names = {"public_name": "Aida the weaver", "receipt_name": "Aida & Sons", "message": "Good luck, from Aida"}
        session.execute(
            update(Donation).where(Donation.public_id == gift).values(**names, is_anonymous=False, utm_source="letter")
        )
        search_index.refresh(session, Donation.public_id == gift)
        donor = session.execute(select(Donor).where(Donor.email == EMAIL)).scalar_one()
        campaign_id = session.execute(select(Donation.campaign_id).where(Donation.public_id == gift)).scalar_one()
        reader = Subscriber(
            public_id=new_public_id(),
            campaign_id=campaign_id,
            email=EMAIL,
            email_key=EMAIL,
            language="en",
            state=SubscriberState.CONFIRMED,
            source=SubscriptionSource.UPDATES,
            consent_version=CONSENT_VERSION,
            requested_at=engine.clock.now(),
            confirmed_at=engine.clock.now(),
        )
        session.add(reader)
        session.flush()
        for consent in (
            NewConsent(
                purpose=ConsentPurpose.THANKS,
                language="en",
                source=ConsentSource.PAPER,
                donor_id=donor.id,
                evidence="Folder of Aida",
            ),
            NewConsent(
                purpose=ConsentPurpose.UPDATES,
                language="en",
                source=ConsentSource.EMAIL_LINK,
                subscriber_id=reader.id,
            ),
        ):
            consent_log.give(session, consent, at=engine.clock.now())
        known = KnownDonor(donor.id, donor.public_id, gift)
    db.session.rollback()
    return known
