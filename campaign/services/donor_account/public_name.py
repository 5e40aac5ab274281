"""A donor takes the name and the message of a gift off the list of supporters, or shows them again.

They change no text: what staff have decided about name and message holds, and what waits for them goes on waiting. A block
does not see a name while its donor hides it, so blocks are looked up when it is shown again.
"""

from sqlalchemy import insert, select

from campaign.database import transaction
from campaign.domain.errors import NotFound
from campaign.gateways.clock import Clock
from campaign.models.donation import Donation, DonationEvent
from campaign.services import search_index
from campaign.services.campaigns.blocks import hide_blocked_gift
from campaign.services.campaigns.revision import count_public_change


def show_name(donor_id: int, public_id: str, *, is_shown: bool, clock: Clock) -> None:
    """Let everybody read the name of one gift, or nobody; repeating it changes nothing.

    Raises:
        NotFound: the donor has no such gift, or it has no name for the list.
    """
    with transaction() as session:
        mine = (Donation.public_id == public_id, Donation.donor_id == donor_id)
        gift = session.execute(select(Donation).where(*mine).with_for_update()).scalar_one_or_none()
        if gift is None or not gift.public_name:
            raise NotFound(f"donation:{public_id}")
        if gift.is_anonymous is not is_shown:
            return
        gift.is_anonymous = not is_shown
        session.flush()
        at = clock.now()
        if is_shown:
            hide_blocked_gift(session, gift, at=at)
        search_index.refresh(session, Donation.id == gift.id)
        kind = "donor_showed_name" if is_shown else "donor_hid_name"
        event = {"donation_id": gift.id, "at": at, "kind": kind, "detail": {}, "actor_id": None}
        session.execute(insert(DonationEvent), event)
        count_public_change(session, gift.campaign_id)
