"""Moderation of the supporters list: a name and message can be hidden and shown again, and nothing is deleted."""

from sqlalchemy import insert, select

from campaign.database import transaction
from campaign.domain.donation import SupporterVisibility
from campaign.domain.errors import NotFound
from campaign.gateways.clock import Clock
from campaign.models.donation import Donation, DonationEvent
from campaign.services import audit
from campaign.services.campaigns.revision import count_public_change


def set_visibility(campaign_id: int, public_id: str, *, is_shown: bool, actor_id: int, clock: Clock) -> None:
    """Show or hide a gift's name and message; repeating it changes nothing.

    Raises:
        NotFound: the campaign has no such gift.
    """
    wall, at = (SupporterVisibility.SHOWN if is_shown else SupporterVisibility.HIDDEN), clock.now()
    with transaction() as session:
        named = (Donation.campaign_id == campaign_id, Donation.public_id == public_id)
        query = select(Donation).where(*named).with_for_update()
        gift = session.execute(query).scalar_one_or_none()
        if gift is None:
            raise NotFound(f"donation:{public_id}")
        if gift.wall == wall:
            return
        gift.wall = wall
        event = {"donation_id": gift.id, "at": at, "kind": f"wall_{wall}", "detail": {}, "actor_id": actor_id}
        session.execute(insert(DonationEvent), event)
        count_public_change(session, gift.campaign_id)
        subject = f"donation:{public_id}"
        audit.record(session, actor_id=actor_id, action=f"donation:wall_{wall}", subject=subject, at=at, detail={})
