"""What one gift moved: how far the campaign was before it and how far it was with it, as its giver is told."""

from dataclasses import dataclass

from sqlalchemy import select

from campaign.database import reading
from campaign.domain.fraud_hold import HELD
from campaign.domain.money import Money
from campaign.models.campaign import Campaign
from campaign.models.donation import Donation
from campaign.services.ledger import sums


@dataclass(frozen=True, slots=True, kw_only=True)
class GiftProgress:
    """A gift's step towards the goal, in the campaign's currency."""

    before: Money
    after: Money
    goal: Money


def step_of(donation_public_id: str) -> GiftProgress | None:
    """The step of a paid gift, the same whenever it is asked for.

    None where there is none to tell: the gift has not come, or has not been converted yet, or some of it went back, or a
    suspicion of fraud holds it.
    """
    gift = select(Donation.campaign_id, Campaign.currency, Campaign.goal_minor).join(
        Campaign, Campaign.id == Donation.campaign_id
    )
    with reading() as session:
        row = session.execute(
            gift.where(
                Donation.public_id == donation_public_id,
                Donation.refunded_minor == 0,
                Donation.charged_back_minor == 0,
                Donation.fraud_hold.not_in(HELD),
            )
        ).one_or_none()
        if row is None:
            return None
        campaign_id, currency, goal_minor = row
        raised = sums.raised_with(session, f"donation:{donation_public_id}", campaign_id=campaign_id, currency=currency)
    if raised is None:
        return None
    before, after = (Money(minor, currency) for minor in raised)
    return GiftProgress(before=before, after=after, goal=Money(goal_minor, currency))
