"""A person decides that a gift under suspicion of fraud is good: its receipt, its name and its sum go on."""

from dataclasses import replace

from sqlalchemy import insert, select, update

from campaign.database import transaction
from campaign.domain import fraud_hold
from campaign.domain.donation import RefundState
from campaign.domain.errors import NotFound
from campaign.domain.fraud_hold import HoldDecided
from campaign.gateways.context import Context
from campaign.models.donation import Donation, DonationEvent, Refund
from campaign.services import audit
from campaign.services.campaigns.revision import count_public_change
from campaign.services.gifts import dispute_rows, gift_receipts
from campaign.services.gifts.gift_lock import lock_gift
from campaign.services.gifts.gift_receipts import GiftChange


def approve_gift(campaign_id: int, public_id: str, *, actor_id: int, context: Context, reason: str = "") -> None:
    """Release a gift that a suspicion of fraud holds, and issue its receipt where it has none.

    Args:
        campaign_id: The campaign whose staff decide.
        public_id: The gift.
        actor_id: Who decides.
        context: The time and the address of the site, for the receipt.
        reason: Why the gift is good, for the audit trail.

    Raises:
        NotFound: The campaign has no such gift.
        HoldDecided: Nobody has to decide any more, or a refund of it is under way.
    """
    at = context.clock.now()
    with transaction() as session:
        of_campaign = (Donation.campaign_id == campaign_id, Donation.public_id == public_id)
        donation_id = session.execute(select(Donation.id).where(*of_campaign)).scalar()
        if donation_id is None:
            raise NotFound(f"donation:{public_id}")
        gift = lock_gift(session, donation_id)
        hold = fraud_hold.approve(gift.snapshot.fraud_hold)
        going_back = (Refund.donation_id == donation_id, Refund.state.in_((RefundState.REQUESTED, RefundState.PENDING)))
        if session.execute(select(Refund.id).where(*going_back).limit(1)).first():
            raise HoldDecided(public_id)
        before = gift.snapshot
        gift = replace(gift, snapshot=replace(before, fraud_hold=hold))
        # Another version, so that facts that were fetched before this are fetched again.
        columns = {"fraud_hold": hold, "version": gift.version + 1}
        session.execute(update(Donation).where(Donation.id == donation_id).values(columns))
        dispute_rows.approve_warnings(session, donation_id, at=at)
        event = {"donation_id": donation_id, "at": at, "kind": "suspicion_approved", "detail": {}, "actor_id": actor_id}
        session.execute(insert(DonationEvent), event)
        change = GiftChange(before)
        gift_receipts.bring_up_to_date(session, gift, change, at=at, public_url=context.public_url, hold_mails=False)
        audit.record(
            session,
            actor_id=actor_id,
            action="donation:suspicion_approved",
            subject=before.subject,
            at=at,
            detail={"reason": reason} if reason else {},
        )
        count_public_change(session, campaign_id)
