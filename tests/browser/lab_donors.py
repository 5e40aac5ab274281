"""What staff do with donors, for the lab: a segment, a consent, an email to the segment, a note and a tag."""

from sqlalchemy import select

from campaign.database import reading
from campaign.days import local_day
from campaign.domain.donor_consent import ConsentPurpose, ConsentSource
from campaign.domain.identity import new_public_id
from campaign.gateways.clock import Clock
from campaign.models.donor import Donor
from campaign.services.donors.filters import DonorFilter
from campaign.services.donors.segments import NewSegment, save_segment
from campaign.services.donors.writing import NewSegmentMailing, start_segment_mailing
from campaign.services.privacy.consents import RecordedConsent, record_consent


def work_with_donors(campaign_id: int, *, actor_id: int, clock: Clock) -> dict[str, str]:
    """Let one donor agree to thanks, save a segment and write to it; the names for the addresses."""
    with reading() as session:
        donor, other = session.execute(select(Donor.public_id).order_by(Donor.id).limit(2)).scalars().all()
    consent = RecordedConsent(
        donor_public_id=donor,
        purpose=ConsentPurpose.THANKS,
        source=ConsentSource.PAPER,
        evidence="Folder 1",
        actor_id=actor_id,
    )
    record_consent(consent, clock=clock)
    filters = DonorFilter(campaign_id=campaign_id, as_of=local_day(clock.now()))
    segment, mailing = new_public_id(), new_public_id()
    save_segment(NewSegment(public_id=segment, name="Everybody", filters=filters, actor_id=actor_id), clock=clock)
    start_segment_mailing(
        NewSegmentMailing(
            public_id=mailing,
            segment_name="Everybody",
            filters=filters,
            purpose=ConsentPurpose.THANKS,
            title={"en": "Thank you"},
            body={"en": "The **roof** is on."},
            actor_id=actor_id,
        ),
        clock=clock,
    )
    return {"segment": segment, "mailing": mailing, "other_donor": other}
