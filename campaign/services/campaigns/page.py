"""Everything that the public page of a campaign shows, read at once, in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from campaign.database import reading
from campaign.days import local_day
from campaign.domain import quilt, quilt_places
from campaign.domain.campaign_state import CampaignState
from campaign.domain.donation import DonationState
from campaign.domain.fraud_hold import HELD
from campaign.domain.money import Money
from campaign.domain.news import UpdateState
from campaign.models.campaign import Campaign, CampaignCurrency, Milestone, Section, SuggestedAmount, Update
from campaign.models.donation import Donation
from campaign.models.receipt import Receipt
from campaign.services.campaigns.cards import CampaignCard
from campaign.services.campaigns.quoted_texts import UPDATE, hidden_pieces, piece_name, without_hidden_reports
from campaign.services.campaigns.shown_pictures import PublicPicture, numbered, pictures_shown
from campaign.services.campaigns.supporters import (
    GiftCounts,
    SupportersPage,
    gift_counts,
    paid_to,
    read_supporters_page,
)
from campaign.services.campaigns.transparency import Transparency, transparency_of


@dataclass(frozen=True, slots=True, kw_only=True)
class TextPart:
    """A piece of a campaign's text, with its other data."""

    slug: str
    heading: dict[str, str]
    body: dict[str, str]
    facts: dict[str, object]


class MilestoneState(StrEnum):
    """Whether a campaign has reached a milestone."""

    REACHED = "reached"
    NEXT = "next"
    LATER = "later"


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestoneView:
    """A milestone, and whether it is reached."""

    amount: Money
    title: dict[str, str]
    body: dict[str, str]
    state: MilestoneState


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignUpdate:
    """An update."""

    public_id: str
    published_at: datetime
    corrected_at: datetime | None
    title: dict[str, str]
    body: dict[str, str]
    author: dict[str, str]

    @property
    def published_on(self) -> date:
        """Return the organisation's day on which it was published."""
        return local_day(self.published_at)

    @property
    def changed_at(self) -> datetime:
        """Return when its text was published or last corrected."""
        return self.corrected_at or self.published_at


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountLink:
    """A suggested amount and what it makes possible."""

    amount: Money
    impact: dict[str, str]

    @property
    def typed(self) -> str:
        """As a donor would type it: 25, or 2.50."""
        whole = self.amount.decimal.to_integral_value()
        return str(whole if whole == self.amount.decimal else self.amount.decimal)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """The progress of the campaign. Gifts count less refunds and lost disputes."""

    as_of: datetime
    goal: Money
    raised: Money
    pending: Money
    gifts: int
    decisions: int  # gifts given once, and monthly gifts, each counted once
    stages: tuple[MilestoneView, ...]
    days_left: int
    starts_on: date
    ends_on: date
    state: CampaignState

    @property
    def has_begun(self) -> bool:
        """Whether it is neither a draft nor scheduled."""
        return self.state not in {CampaignState.DRAFT, CampaignState.SCHEDULED}

    @property
    def takes_gifts(self) -> bool:
        """Whether the campaign is open."""
        return self.state is CampaignState.OPEN

    @property
    def has_ended(self) -> bool:
        """Whether nothing can be given any more."""
        return self.state in {CampaignState.ENDED, CampaignState.ARCHIVED}

    @property
    def today(self) -> date:
        """The organisation's day of these figures."""
        return local_day(self.as_of)

    @property
    def percent(self) -> int:
        """Return whole per cent of the goal, rounded down: 99.9 % is not the goal."""
        return max(0, self.raised.minor) * 100 // self.goal.minor

    @property
    def share(self) -> Fraction:
        """Return the raised part of the goal, exactly; 0 where more was returned than received."""
        return Fraction(max(0, self.raised.minor), self.goal.minor)

    @property
    def next_stage(self) -> MilestoneView | None:
        return next((stage for stage in self.stages if stage.state is MilestoneState.NEXT), None)

    @property
    def to_next_stage(self) -> Money | None:
        """Return what is missing until the next milestone."""
        return self.next_stage.amount - self.raised if self.next_stage else None

    @property
    def missing(self) -> Money:
        """Return what is missing until the goal; nothing past it."""
        return Money(max(0, self.goal.minor - self.raised.minor), self.goal.currency)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicCampaign:
    """A campaign with everything that its pages show."""

    card: CampaignCard
    kicker: dict[str, str]
    trust_line: dict[str, str]
    image_alt: dict[str, str]
    currencies: tuple[str, ...]
    amounts: tuple[AmountLink, ...]
    texts: dict[str, tuple[TextPart, ...]]
    news: tuple[CampaignUpdate, ...]
    withdrawn_news: frozenset[str]  # public ids
    wall: SupportersPage
    progress: Progress
    money: Transparency
    quilt: str
    pictures: dict[str, PublicPicture]  # by place, such as hero, or event: and a public id

    def pictures_of(self, place: str) -> list[PublicPicture]:
        """Return the pictures of an update, an event or a grant, in their order."""
        return [self.pictures[name] for name in numbered(place) if name in self.pictures]


def public_campaign(card: CampaignCard, *, at: datetime) -> PublicCampaign:
    """Return a campaign as of `at`."""
    money = transparency_of(card.id, card.currency)
    with reading() as session:
        campaign = session.get_one(Campaign, card.id)
        counts = gift_counts(session, card.id)
        hidden = hidden_pieces(session, card.id, day=local_day(at))
        currencies = session.execute(
            select(CampaignCurrency.currency)
            .where(CampaignCurrency.campaign_id == card.id)
            .order_by(CampaignCurrency.position)
        ).scalars()
        return PublicCampaign(
            card=card,
            kicker=campaign.kicker,
            trust_line=campaign.trust_line,
            image_alt=campaign.image_alt,
            currencies=tuple(currencies),
            amounts=_amounts(session, card),
            texts=_texts(session, card.id, hidden),
            news=_news(session, card.id, hidden),
            withdrawn_news=_withdrawn_news(session, card.id, hidden),
            wall=read_supporters_page(session, card.id, counts, page=1, per_page=12),
            progress=_progress(session, card, money, counts, at=at),
            money=without_hidden_reports(money, hidden),
            quilt=quilt_of(session, card.id),
            pictures=pictures_shown(session, card.id, day=local_day(at)),
        )


def quilt_of(session: Session, campaign_id: int) -> str:
    """Return the quilt: the first gifts in the order of their receipts, returned and held ones unpicked, the others counted.

    The receipts' order is the one in which the gifts became known, and so never changes; the provider's times may.
    """
    back = Donation.refunded_minor + Donation.charged_back_minor
    first = session.execute(
        select(
            Donation.public_id, or_(back >= Donation.gift_minor + Donation.cover_minor, Donation.fraud_hold.in_(HELD))
        )
        .join(Receipt, Receipt.donation_id == Donation.id)
        .where(Donation.campaign_id == campaign_id, Receipt.replaces_id.is_(None))
        .order_by(Receipt.id)
        .limit(quilt_places.PLACES)
    ).all()
    count = session.execute(select(func.count()).where(*paid_to(campaign_id))).scalar_one()
    return quilt.draw(
        [public_id for public_id, _ in first],
        gifts=count,
        unpicked={public_id for public_id, is_unpicked in first if is_unpicked},
    )


def _progress(
    session: Session, card: CampaignCard, money: Transparency, counts: GiftCounts, *, at: datetime
) -> Progress:
    pending = session.execute(
        select(func.coalesce(func.sum(Donation.gift_minor + Donation.cover_minor), 0)).where(
            Donation.campaign_id == card.id,
            Donation.state == DonationState.PROCESSING.value,
            Donation.currency == card.currency,
        )
    ).scalar_one()
    raised = Money(money.main.raised_minor, card.currency)
    return Progress(
        as_of=at,
        goal=Money(card.goal_minor, card.currency),
        raised=raised,
        pending=Money(int(pending), card.currency),
        gifts=counts.gifts,
        decisions=counts.decisions,
        stages=milestones_of(session, card, raised),
        days_left=card.days_left(local_day(at)),
        starts_on=card.starts_on,
        ends_on=card.closed_on or card.ends_on,
        state=card.state_on(local_day(at)),
    )


def milestones_of(session: Session, card: CampaignCard, raised: Money) -> tuple[MilestoneView, ...]:
    """Return the milestones of a campaign, the lowest first, and which of them `raised` has reached."""
    rows = session.execute(
        select(Milestone).where(Milestone.campaign_id == card.id).order_by(Milestone.amount_minor)
    ).scalars()
    return stages_of([(Money(row.amount_minor, card.currency), row.title, row.body) for row in rows], raised)


def stages_of(
    milestones: Iterable[tuple[Money, dict[str, str], dict[str, str]]], raised: Money
) -> tuple[MilestoneView, ...]:
    """Return milestones, given as (amount, title, body) in the order of their amounts, and which of them are reached."""
    stages: list[MilestoneView] = []
    for amount, title, body in milestones:
        if amount <= raised:
            state = MilestoneState.REACHED
        else:
            is_later = any(stage.state is MilestoneState.NEXT for stage in stages)
            state = MilestoneState.LATER if is_later else MilestoneState.NEXT
        stages.append(MilestoneView(amount=amount, title=title, body=body, state=state))
    return tuple(stages)


def _amounts(session: Session, card: CampaignCard) -> tuple[AmountLink, ...]:
    rows = session.execute(
        select(SuggestedAmount)
        .where(SuggestedAmount.campaign_id == card.id, SuggestedAmount.currency == card.currency)
        .order_by(SuggestedAmount.amount_minor)
    ).scalars()
    return tuple(AmountLink(amount=Money(row.amount_minor, row.currency), impact=row.impact) for row in rows)


def _texts(session: Session, campaign_id: int, hidden: frozenset[str]) -> dict[str, tuple[TextPart, ...]]:
    by_place: dict[str, list[TextPart]] = defaultdict(list)
    rows = session.execute(select(Section).where(Section.campaign_id == campaign_id).order_by(Section.position))
    for row in rows.scalars():
        if not row.facts.get("is_hidden") and piece_name(row.place, row.slug) not in hidden:
            by_place[row.place].append(TextPart(slug=row.slug, heading=row.heading, body=row.body, facts=row.facts))
    return {place: tuple(parts) for place, parts in by_place.items()}


def _news(session: Session, campaign_id: int, hidden: frozenset[str]) -> tuple[CampaignUpdate, ...]:
    rows = session.execute(
        select(Update.public_id, Update.published_at, Update.corrected_at, Update.title, Update.body, Update.author)
        .where(Update.campaign_id == campaign_id, Update.state == UpdateState.PUBLISHED)
        .order_by(Update.published_at.desc(), Update.id.desc())
    )
    news = (CampaignUpdate(**row._mapping) for row in rows)  # noqa: SLF001  # SQLAlchemy's own name
    return tuple(each for each in news if piece_name(UPDATE, each.public_id) not in hidden)


def _withdrawn_news(session: Session, campaign_id: int, hidden: frozenset[str]) -> frozenset[str]:
    """Return the updates that everybody could read once: withdrawn by staff, or hidden with somebody’s consent."""
    public = (UpdateState.PUBLISHED, UpdateState.WITHDRAWN)
    rows = session.execute(
        select(Update.public_id, Update.state).where(Update.campaign_id == campaign_id, Update.state.in_(public))
    )
    return frozenset(
        public_id
        for public_id, state in rows
        if state == UpdateState.WITHDRAWN or piece_name(UPDATE, public_id) in hidden
    )
