"""What happened with a donor's gifts and monthly gifts to one campaign, latest first."""

from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.domain.money import Money
from campaign.domain.timeline import TimelineEntry
from campaign.models.donation import Donation, DonationEvent
from campaign.models.pledge import Pledge, PledgeEvent
from campaign.models.staff import Staff

GIFT_KINDS = (
    *("paid", "failed", "refund_succeeded", "refund_failed", "corrected"),
    *("dispute_inquiry", "dispute_open", "dispute_won", "dispute_lost", "dispute_closed", "paid_again"),
)
"""What of a gift's history belongs to its donor's; the rest is on the page of the gift."""
PLEDGE_KINDS = (
    *("begun", "active", "paused", "past_due", "stopping", "stopped"),
    *("amount", "card", "unpaid", "link_sent", "links_withdrawn"),
)
"""The same of a monthly gift's history."""


def history_of(session: Session, campaign_id: int, donor_id: int, *, limit: int) -> Sequence[TimelineEntry]:
    """Return the latest entries; the kinds begin with `donation:` or `pledge:`, the note is the gift's number."""
    entries = [
        *_of_gifts(session, campaign_id, donor_id, limit=limit),
        *_of_pledges(session, campaign_id, donor_id, limit=limit),
    ]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)[:limit]


def _of_gifts(session: Session, campaign_id: int, donor_id: int, *, limit: int) -> Iterator[TimelineEntry]:
    query = (
        select(
            DonationEvent, Donation.public_id, Donation.currency, Donation.gift_minor, Donation.cover_minor, Staff.name
        )
        .join(Donation, Donation.id == DonationEvent.donation_id)
        .outerjoin(Staff, Staff.id == DonationEvent.actor_id)
        .where(Donation.campaign_id == campaign_id, Donation.donor_id == donor_id, DonationEvent.kind.in_(GIFT_KINDS))
        .order_by(DonationEvent.id.desc())
        .limit(limit)
    )
    for event, public_id, code, gift, cover, staff_name in session.execute(query):
        minor = gift + cover if event.kind == "paid" else event.detail.get("minor")
        amount = Money(minor, code) if isinstance(minor, int) else None
        yield TimelineEntry(at=event.at, kind=f"donation:{event.kind}", note=public_id, who=staff_name, amount=amount)


def _of_pledges(session: Session, campaign_id: int, donor_id: int, *, limit: int) -> Iterator[TimelineEntry]:
    query = (
        select(PledgeEvent, Pledge.public_id, Pledge.currency, Staff.name)
        .join(Pledge, Pledge.id == PledgeEvent.pledge_id)
        .outerjoin(Staff, Staff.id == PledgeEvent.actor_id)
        .where(Pledge.campaign_id == campaign_id, Pledge.donor_id == donor_id, PledgeEvent.kind.in_(PLEDGE_KINDS))
        .order_by(PledgeEvent.id.desc())
        .limit(limit)
    )
    for event, public_id, code, staff_name in session.execute(query):
        minor = event.detail.get("minor")
        amount = Money(minor, code) if isinstance(minor, int) else None
        yield TimelineEntry(at=event.at, kind=f"pledge:{event.kind}", note=public_id, who=staff_name, amount=amount)
