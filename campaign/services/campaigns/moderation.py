"""Moderation of the supporters list: names and messages are approved or taken off, and nothing is deleted."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, insert, select, update
from sqlalchemy.orm import Session

from campaign.database import reading, transaction
from campaign.domain.donation import SupporterVisibility
from campaign.domain.errors import NotFound
from campaign.domain.form_version import check_version, version_of
from campaign.domain.money import Money
from campaign.gateways.clock import Clock
from campaign.models.campaign import Campaign
from campaign.models.donation import Donation, DonationEvent
from campaign.services import audit
from campaign.services.campaigns.revision import count_public_change
from campaign.services.campaigns.supporters import with_public_name

PAGE_ROWS = 25
REVIEW_STATES = ("waiting", "shown", "hidden")
"""Not looked at yet, approved, taken off the list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NameRow:
    """A name and its message as the queue shows them."""

    public_id: str
    name: str
    message: str | None
    language: str
    charge: Money
    paid_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModerationPage:
    """One page of the queue; `waiting` counts all that nobody has looked at."""

    rows: tuple[NameRow, ...]
    has_more: bool
    waiting: int
    needs_review: bool


def moderation_page(campaign_id: int, *, state: str, before: str = "") -> ModerationPage:
    """Return a page of names in one of `REVIEW_STATES`, those that wait the longest first; `before` ends the last page."""
    query = select(Donation).where(*with_public_name(campaign_id), *_in_state(state)).order_by(Donation.id)
    if before:
        last = select(Donation.id).where(Donation.campaign_id == campaign_id, Donation.public_id == before)
        query = query.where(Donation.id > last.scalar_subquery())
    waiting = select(func.count()).where(*with_public_name(campaign_id), *_in_state("waiting"))
    with reading() as session:
        gifts = session.execute(query.limit(PAGE_ROWS + 1)).scalars().all()
        needs = session.execute(select(Campaign.names_need_review).where(Campaign.id == campaign_id)).scalar_one()
        return ModerationPage(
            rows=tuple(map(_row, gifts[:PAGE_ROWS])),
            has_more=len(gifts) > PAGE_ROWS,
            waiting=int(session.execute(waiting).scalar_one()),
            needs_review=bool(needs),
        )


def count_waiting_names(session: Session, campaign_id: int) -> int:
    """Return how many names are not shown until somebody approves them; 0 where names are shown at once."""
    needs_review = select(Campaign.id).where(Campaign.id == campaign_id, Campaign.names_need_review).exists()
    query = select(func.count()).where(*with_public_name(campaign_id), *_in_state("waiting"), needs_review)
    return int(session.execute(query).scalar_one())


def set_visibility(
    campaign_id: int, public_id: str, *, is_shown: bool, actor_id: int, clock: Clock, reason: str = ""
) -> None:
    """Show or hide a gift's name and message, and note that staff have decided; repeating it changes nothing.

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
        if gift.wall == wall and gift.wall_reviewed_at is not None:
            return
        gift.wall, gift.wall_reviewed_at = wall, at
        event = {"donation_id": gift.id, "at": at, "kind": f"wall_{wall}", "detail": {}, "actor_id": actor_id}
        session.execute(insert(DonationEvent), event)
        count_public_change(session, gift.campaign_id)
        subject, detail = f"donation:{public_id}", dict[str, object]({"reason": reason} if reason else {})
        audit.record(session, actor_id=actor_id, action=f"donation:wall_{wall}", subject=subject, at=at, detail=detail)


def review_version(needs_review: bool) -> str:  # what is stored, not a switch
    """Return the version of the setting of when names are shown."""
    return version_of({"needs_review": needs_review})


def set_names_need_review(campaign_id: int, *, needs_review: bool, version: str, actor_id: int, clock: Clock) -> None:
    """Show new names after approval alone, or at once; names that are shown already stay.

    Raises:
        ChangedMeanwhile: Somebody else changed it since the version that the person has read.
    """
    at = clock.now()
    with transaction() as session:
        campaign = session.execute(select(Campaign).where(Campaign.id == campaign_id).with_for_update()).scalar_one()
        if campaign.names_need_review == needs_review:
            return
        check_version(version, {"needs_review": campaign.names_need_review})
        if needs_review:
            _approve_shown(session, campaign_id, at=at)
        campaign.names_need_review = needs_review
        count_public_change(session, campaign_id)
        audit.record(
            session,
            actor_id=actor_id,
            action=f"campaign:names_{'before' if needs_review else 'after'}",
            subject=f"campaign:{campaign.slug}",
            at=at,
            detail={},
        )


def _approve_shown(session: Session, campaign_id: int, *, at: datetime) -> None:
    is_shown = (Donation.wall == SupporterVisibility.SHOWN, Donation.wall_reviewed_at.is_(None))
    session.execute(update(Donation).where(*with_public_name(campaign_id), *is_shown).values(wall_reviewed_at=at))


def _in_state(state: str) -> tuple[ColumnElement[bool], ...]:
    if state == "hidden":
        return (Donation.wall == SupporterVisibility.HIDDEN,)
    reviewed = Donation.wall_reviewed_at.is_not(None)
    return (Donation.wall == SupporterVisibility.SHOWN, reviewed if state == "shown" else ~reviewed)


def _row(gift: Donation) -> NameRow:
    return NameRow(
        public_id=gift.public_id,
        name=gift.public_name or "",
        message=gift.message,
        language=gift.language,
        charge=Money(gift.gift_minor + gift.cover_minor, gift.currency),
        paid_on=gift.paid_on,
    )
