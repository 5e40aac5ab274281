"""A campaign and what its page tells: currencies, amounts, sections of text, milestones, updates."""

from datetime import date, datetime

from sqlalchemy import CHAR, BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from campaign.domain.campaign_state import CampaignStage
from campaign.domain.donation import FeeBearer
from campaign.domain.news import UpdateState
from campaign.extensions import Key, Model
from campaign.models.columns import Codes, CurrencyCode, Facts, Json, Minor, PrimaryKey, PublicId, Texts, check_values


class Campaign(Model):
    """One appeal for money. Its goal and public total are counted in `currency`."""

    __tablename__ = "campaign"
    __table_args__ = (
        CheckConstraint("goal_minor > 0", "positive_goal"),
        CheckConstraint("ends_on > starts_on", "ends_after_start"),
        check_values("fee_bearer", FeeBearer),
        check_values("stage", CampaignStage),
        Index("uq_campaign_series", "series", unique=True),
    )

    id: Mapped[PrimaryKey]
    slug: Mapped[str] = mapped_column(unique=True)
    currency: Mapped[CurrencyCode]
    goal_minor: Mapped[Minor]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    stage: Mapped[str] = mapped_column(server_default=CampaignStage.PUBLISHED.value, default=CampaignStage.PUBLISHED)
    """What staff decided; `campaign_state` makes it, with the days, into what the campaign is."""
    names_need_review: Mapped[bool] = mapped_column(server_default=false(), default=False)
    """Whether donors' names and messages are shown only once staff have approved them."""
    closed_on: Mapped[date | None]
    """The day on which it was closed before its planned end, and its last one; `ends_on` is then this day or, where it was
    closed on its first day, the next one, for a plan has two days at least."""
    state_note: Mapped[Texts] = mapped_column(Json, server_default="{}", default=dict)
    """Why it was closed early or extended, for everybody to read; empty where nothing is to be said."""
    is_featured: Mapped[bool] = mapped_column(default=False)
    is_demo: Mapped[bool] = mapped_column(default=False)
    """Its figures were chosen for a demonstration, and every page says so."""
    languages: Mapped[Codes] = mapped_column(server_default="[]")
    """In which its texts are written, in the order of the language list; the first is the default one. None named: those
    of the interface."""
    name: Mapped[Texts]
    """What the campaign is called, in the header and in titles; `title` is the sentence that its page opens with."""
    title: Mapped[Texts]
    kicker: Mapped[Texts]
    summary: Mapped[Texts]
    trust_line: Mapped[Texts]
    image_alt: Mapped[Texts]
    contact_email: Mapped[str]
    sender_name: Mapped[Texts] = mapped_column(Json, server_default="{}", default=dict)
    """In whose name its emails leave; empty: the organisation's."""
    button_colour: Mapped[str | None] = mapped_column(CHAR(7))
    """As `#rrggbb`; NULL: the organisation's."""
    link_colour: Mapped[str | None] = mapped_column(CHAR(7))
    fee_bearer: Mapped[str] = mapped_column(default=FeeBearer.FUND)
    """Whose money pays the provider's fee: the gift's own fund, or the general one so that the gift arrives whole."""
    series: Mapped[str]
    """The prefix of its receipts' numbers, no other campaign's: WCL gives WCL-2026-000001."""
    issuer: Mapped[Facts]
    """What the receipt prints of the issuer: name, address, registration, place, signatory."""
    latitude: Mapped[str | None]
    longitude: Mapped[str | None]

    @property
    def last_day(self) -> date:
        """The last day on which it takes gifts and its monthly gifts are charged."""
        return self.closed_on or self.ends_on


class CampaignRevision(Model):
    """Counts the public changes of a campaign, so that a page is rendered once per change and then kept."""

    __tablename__ = "campaign_revision"

    campaign_id: Mapped[int] = mapped_column(Key, ForeignKey("campaign.id"), primary_key=True)
    revision: Mapped[int]


class CampaignCurrency(Model):
    """A currency in which the campaign takes gifts, with its bounds and an estimate of the provider's fee."""

    __tablename__ = "campaign_currency"
    __table_args__ = (
        CheckConstraint("0 < minimum_minor AND minimum_minor < maximum_minor", "bounds"),
        CheckConstraint("fee_basis_points >= 0 AND fee_basis_points < 10000 AND fee_fixed_minor >= 0", "fee"),
    )

    campaign_id: Mapped[int] = mapped_column(Key, ForeignKey("campaign.id"), primary_key=True)
    currency: Mapped[str] = mapped_column(CHAR(3), primary_key=True)
    position: Mapped[int]
    minimum_minor: Mapped[Minor]
    maximum_minor: Mapped[Minor]
    fee_basis_points: Mapped[int]
    fee_fixed_minor: Mapped[Minor]


class SuggestedAmount(Model):
    """An amount that the form offers, with what it makes possible."""

    __tablename__ = "suggested_amount"
    __table_args__ = (UniqueConstraint("campaign_id", "currency", "amount_minor"),)

    id: Mapped[PrimaryKey]
    campaign_id: Mapped[int] = mapped_column(Key, ForeignKey("campaign.id"))
    currency: Mapped[CurrencyCode]
    amount_minor: Mapped[Minor]
    impact: Mapped[Texts]


class Section(Model):
    """A piece of text: its place is story, ask, reached, place, learning, partner, question, page or other_way."""

    __tablename__ = "section"
    __table_args__ = (UniqueConstraint("campaign_id", "place", "slug"),)

    id: Mapped[PrimaryKey]
    campaign_id: Mapped[int] = mapped_column(Key, ForeignKey("campaign.id"))
    place: Mapped[str]
    slug: Mapped[str]
    position: Mapped[int]
    heading: Mapped[Texts]
    body: Mapped[Texts]
    """Markdown."""
    facts: Mapped[Facts]
    """What is not text: a figure, a fund's code, whether it is demo data."""


class Milestone(Model):
    """A stage on the way to the goal and what it makes possible."""

    __tablename__ = "milestone"
    __table_args__ = (UniqueConstraint("campaign_id", "amount_minor"), CheckConstraint("amount_minor > 0", "positive"))

    id: Mapped[PrimaryKey]
    campaign_id: Mapped[int] = mapped_column(Key, ForeignKey("campaign.id"))
    amount_minor: Mapped[Minor]
    """In the campaign's currency."""
    title: Mapped[Texts]
    body: Mapped[Texts]


class Update(Model):
    """News from the campaign, as written by staff."""

    __tablename__ = "campaign_update"
    __table_args__ = (
        check_values("state", UpdateState),
        CheckConstraint("state <> 'scheduled' OR publish_at IS NOT NULL", "scheduled_has_a_time"),
        CheckConstraint("state NOT IN ('published', 'withdrawn') OR published_at IS NOT NULL", "published_has_a_time"),
        Index(None, "state", "publish_at"),
    )

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId]
    campaign_id: Mapped[int] = mapped_column(Key, ForeignKey("campaign.id"), index=True)
    state: Mapped[str] = mapped_column(default=UpdateState.DRAFT)
    revision: Mapped[int] = mapped_column(default=1)
    """Counts the changes: who saves must have read the newest."""
    title: Mapped[Texts]
    body: Mapped[Texts]
    """Markdown."""
    author: Mapped[Texts]
    recorded_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    changed_by: Mapped[int | None] = mapped_column(Key, ForeignKey("staff.id"))
    publish_at: Mapped[datetime | None]
    """When a worker publishes it, while it is scheduled."""
    published_at: Mapped[datetime | None]
    corrected_at: Mapped[datetime | None]
    """When its text was last changed after it was published."""
    withdrawn_at: Mapped[datetime | None]
    is_emailed: Mapped[bool] = mapped_column(server_default=false(), default=False)
    """Whether it is sent to the readers by email as soon as it is published."""
    milestone_minor: Mapped[int | None] = mapped_column(BigInteger)
    """The amount of the milestone for which the system prepared it; none for one that a person began."""
