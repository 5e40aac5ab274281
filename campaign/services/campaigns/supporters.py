"""How many gifts there are, and those who gave them and let their names be shown.

Gifts are never counted by donor here: a public number that grows for a new donor alone tells whoever gives with somebody
else's name and address whether these two have given before (docs/decisions/0071).
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import Session

from campaign.database import reading
from campaign.domain.donation import DonationState
from campaign.domain.errors import NotFound
from campaign.models.donation import Donation
from campaign.services.campaigns.cards import CampaignCard

SUPPORTERS_PER_PAGE = 50
WHOLLY_RETURNED = Donation.refunded_minor + Donation.charged_back_minor >= Donation.gift_minor + Donation.cover_minor
"""Refunded or charged back, and nothing of it is left: such a gift is counted nowhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Supporter:
    """Somebody who let her name be shown, and what she wrote, in her language."""

    name: str
    message: str | None
    language: str
    paid_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Wall:
    """One page of supporters, the latest first. `anonymous` counts the gifts that show no name.

    A monthly supporter stands here once, with her first month.
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
    """Gifts that are paid and not wholly given back."""

    gifts: int
    named: int
    later_months: int = 0  # of monthly gifts: the same supporters again

    @property
    def decisions(self) -> int:
        """How often somebody decided to give: gifts given once, and monthly gifts, each counted once."""
        return self.gifts - self.later_months


def wall_page(card: CampaignCard, page: int) -> Wall:
    """One page of the supporters; NotFound past the last."""
    with reading() as session:
        counts = gift_counts(session, card.id)
        if not 1 <= page <= 1 + counts.named // SUPPORTERS_PER_PAGE:
            raise NotFound("page")
        wall = wall_of(session, card.id, counts, page=page, per_page=SUPPORTERS_PER_PAGE)
    if page > wall.pages:
        raise NotFound("page")
    return wall


def gift_counts(session: Session, campaign_id: int) -> GiftCounts:
    """The counts, in one pass over the gifts."""
    is_named = and_(*_named())
    is_later_month = and_(Donation.pledge_id.is_not(None), Donation.checkout_id.is_(None))
    counted = (func.count(), func.sum(case((is_named, 1), else_=0)), func.sum(case((is_later_month, 1), else_=0)))
    gifts, named, months = session.execute(
        select(*(func.coalesce(column, 0) for column in counted)).where(*gifts_not_returned(campaign_id))
    ).one()
    return GiftCounts(gifts=int(gifts), named=int(named), later_months=int(months))


def wall_of(session: Session, campaign_id: int, counts: GiftCounts, *, page: int, per_page: int) -> Wall:
    """One page of the wall; empty past the last."""
    rows = session.execute(
        select(Donation.public_name, Donation.message, Donation.language, Donation.paid_at)
        .where(*gifts_not_returned(campaign_id), *_named())
        .order_by(Donation.paid_at.desc(), Donation.id.desc())
        .limit(per_page)
        .offset(per_page * (max(page, 1) - 1))
    )
    return Wall(
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
    """The gifts that were paid, given back or not."""
    return (Donation.campaign_id == campaign_id, Donation.state == DonationState.PAID.value)


def gifts_not_returned(campaign_id: int) -> tuple[ColumnElement[bool], ...]:
    """Paid, and neither given back nor taken back by the donor's bank, but for a part."""
    return (*paid_to(campaign_id), ~WHOLLY_RETURNED)


def _named() -> tuple[ColumnElement[bool], ...]:
    """Shown on the wall: with a name, by the donor's own choice, and not hidden by staff."""
    return Donation.is_anonymous.is_(False), Donation.wall == "shown", Donation.public_name.is_not(None)
