"""The number of gifts, and the donors who gave and let their names be shown.

Gifts are never counted by donor here: a public number that grows for a new donor alone would tell anybody who gives
with another person's name and address whether these two have given before (docs/decisions/0071).
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from campaign.database import reading
from campaign.domain.donation import DonationState, SupporterVisibility
from campaign.domain.errors import NotFound
from campaign.domain.fraud_hold import HELD
from campaign.models.campaign import Campaign
from campaign.models.donation import Donation
from campaign.services.campaigns.cards import CampaignCard

SUPPORTERS_PER_PAGE = 50
WHOLLY_RETURNED = Donation.refunded_minor + Donation.charged_back_minor >= Donation.gift_minor + Donation.cover_minor
"""Refunded or charged back, and nothing of it is left: such a gift is counted nowhere."""
REMAINING = Donation.gift_minor + Donation.cover_minor - Donation.refunded_minor - Donation.charged_back_minor
"""What is left of a gift, in minor units of its currency."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Supporter:
    """A supporter whose name is shown, with their message in their language."""

    name: str
    message: str | None
    language: str
    paid_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportersPage:
    """One page of supporters, latest first. `anonymous` counts the gifts without a name.

    A monthly supporter is listed once, with their first month.
    """

    shown: tuple[Supporter, ...]
    named: int
    anonymous: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.named // SUPPORTERS_PER_PAGE))


@dataclass(frozen=True, slots=True, kw_only=True)
class GiftCounts:
    """Gifts that are paid and not fully refunded."""

    gifts: int
    named: int
    later_months: int = 0  # of monthly gifts: the same supporters again

    @property
    def decisions(self) -> int:
        """Return how often somebody decided to give: gifts given once, and monthly gifts, each counted once."""
        return self.gifts - self.later_months


def supporters_page(card: CampaignCard, page: int) -> SupportersPage:
    """Return one page of the supporters.

    Raises:
        NotFound: there are fewer pages.
    """
    with reading() as session:
        counts = gift_counts(session, card.id)
        if not 1 <= page <= 1 + counts.named // SUPPORTERS_PER_PAGE:
            raise NotFound("page")
        wall = read_supporters_page(session, card.id, counts, page=page, per_page=SUPPORTERS_PER_PAGE)
    if page > wall.pages:
        raise NotFound("page")
    return wall


def gift_counts(session: Session, campaign_id: int) -> GiftCounts:
    """Return the counts, in one pass over the gifts."""
    is_named = and_(*named_publicly(campaign_id))
    is_later_month = and_(Donation.pledge_id.is_not(None), Donation.checkout_id.is_(None))
    counted = (func.count(), func.sum(case((is_named, 1), else_=0)), func.sum(case((is_later_month, 1), else_=0)))
    gifts, named, months = session.execute(
        select(*(func.coalesce(column, 0) for column in counted)).where(*gifts_not_returned(campaign_id))
    ).one()
    return GiftCounts(gifts=int(gifts), named=int(named), later_months=int(months))


def read_supporters_page(
    session: Session, campaign_id: int, counts: GiftCounts, *, page: int, per_page: int
) -> SupportersPage:
    """Return one page of the supporters; empty past the last."""
    rows = session.execute(
        select(Donation.public_name, Donation.message, Donation.language, Donation.paid_at)
        .where(*gifts_not_returned(campaign_id), *named_publicly(campaign_id))
        .order_by(Donation.paid_at.desc(), Donation.id.desc())
        .limit(per_page)
        .offset(per_page * (max(page, 1) - 1))
    )
    return SupportersPage(
        shown=tuple(
            Supporter(name=name, message=message, language=language, paid_at=paid_at)
            for name, message, language, paid_at in rows
            if name and paid_at
        ),
        named=counts.named,
        anonymous=counts.decisions - counts.named,
        page=page,
    )


def paid_to(campaign_id: int) -> tuple[ColumnElement[bool], ...]:
    """Return the gifts that were paid, refunded or not; none that a suspicion of fraud holds."""
    is_on_hold = Donation.fraud_hold.in_(HELD)
    return (Donation.campaign_id == campaign_id, Donation.state == DonationState.PAID.value, ~is_on_hold)


def gifts_not_returned(campaign_id: int) -> tuple[ColumnElement[bool], ...]:
    """Return paid gifts that were neither refunded in full nor returned by the donor's bank."""
    return (*paid_to(campaign_id), ~WHOLLY_RETURNED)


def with_public_name(campaign_id: int) -> tuple[ColumnElement[bool], ...]:
    """Return the gifts whose donors let everybody read a name."""
    return (*gifts_not_returned(campaign_id), Donation.is_anonymous.is_(False), Donation.public_name.is_not(None))


def named_publicly(campaign_id: int) -> tuple[ColumnElement[bool], ...]:
    """Return the gifts shown in the list: with a name, not taken off by staff, and approved where that comes first."""
    needs_review = select(Campaign.names_need_review).where(Campaign.id == campaign_id).scalar_subquery()
    return (
        Donation.is_anonymous.is_(False),
        Donation.wall == SupporterVisibility.SHOWN,
        Donation.public_name.is_not(None),
        or_(Donation.wall_reviewed_at.is_not(None), ~needs_review),
    )
