"""The campaigns, and what every page needs to know of one: its names, its currency, its revision."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, select, true

from campaign.database import reading
from campaign.domain.campaign_state import CampaignStage, CampaignState, campaign_state
from campaign.domain.errors import NoCampaign, NotFound
from campaign.languages import installed
from campaign.models.campaign import Campaign, CampaignRevision


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignCard:
    """A campaign as the frame of every page shows it."""

    id: int
    slug: str
    name: dict[str, str]
    title: dict[str, str]
    summary: dict[str, str]
    currency: str
    goal_minor: int
    starts_on: date
    ends_on: date
    contact_email: str
    languages: tuple[str, ...]
    """In which its texts are written; the first is the default one."""
    is_demo: bool
    is_featured: bool
    revision: int
    stage: str
    closed_on: date | None
    state_note: dict[str, str]
    """Why it was closed early or extended; empty where nothing is said."""
    button_colour: str | None = None
    """As `#rrggbb`; None: the organisation's."""
    link_colour: str | None = None

    @property
    def is_public(self) -> bool:
        """Whether everybody may see it: a draft is for staff alone."""
        return self.stage != CampaignStage.DRAFT

    def state_on(self, day: date) -> CampaignState:
        """Return what the campaign is on this day of the organisation."""
        return campaign_state(self.stage, starts_on=self.starts_on, ends_on=self.ends_on, day=day)

    def is_open_on(self, day: date) -> bool:
        """Return whether gifts are accepted on this day of the organisation, the last day included."""
        return self.state_on(day) is CampaignState.OPEN

    def days_left(self, today: date) -> int:
        """Return the days on which gifts are still accepted, today and the last day included."""
        is_over = self.state_on(today) in {CampaignState.ENDED, CampaignState.ARCHIVED}
        return 0 if is_over else max(0, (self.ends_on - today).days + 1)


def featured_campaign() -> CampaignCard:
    """Return the campaign of the site's start page: the featured one, else the first that is public.

    Raises:
        NoCampaign: Nothing is public yet.
    """
    return _first_where(_IS_PUBLIC)


def first_campaign() -> CampaignCard:
    """Return the campaign that staff pages open with: the featured one, or the first, a draft too.

    Raises:
        NoCampaign: There is none yet.
    """
    return _first_where(true())


def has_campaigns() -> bool:
    """Return whether there is a campaign that everybody may see."""
    with reading() as session:
        return session.execute(select(Campaign.id).where(_IS_PUBLIC).limit(1)).first() is not None


def campaign_named(slug: str) -> CampaignCard:
    """Return a campaign by its name in addresses, a draft too.

    Raises:
        NotFound: There is none.
    """
    return _card_where(Campaign.slug == slug)


def public_campaign_named(slug: str) -> CampaignCard:
    """Return the campaign of an address, as long as everybody may see it.

    Raises:
        NotFound: There is none.
    """
    return _card_where(Campaign.slug == slug, _IS_PUBLIC)


def campaign_with_id(campaign_id: int) -> CampaignCard:
    """Return one campaign by its key.

    Raises:
        NotFound: there is none.
    """
    return _card_where(Campaign.id == campaign_id)


def is_language_of_a_campaign(code: str) -> bool:
    """Return whether some campaign has texts in this language, which the interface may lack."""
    with reading() as session:
        return any(code in codes for codes in session.execute(select(Campaign.languages)).scalars())


def all_campaigns() -> list[CampaignCard]:
    """Return every campaign, the featured one first."""
    with reading() as session:
        return [_card(row[0], row[1]) for row in session.execute(_cards())]


def public_campaigns() -> list[CampaignCard]:
    """Return every campaign that everybody may see, the featured one first."""
    with reading() as session:
        return [_card(row[0], row[1]) for row in session.execute(_cards().where(_IS_PUBLIC))]


def other_campaigns(card: CampaignCard) -> list[CampaignCard]:
    """Return the campaigns that everybody may see besides this one, those with the latest end first."""
    others = [other for other in public_campaigns() if other.id != card.id]
    return sorted(others, key=lambda other: other.closed_on or other.ends_on, reverse=True)


_IS_PUBLIC = Campaign.stage != CampaignStage.DRAFT


def _first_where(condition: ColumnElement[bool]) -> CampaignCard:
    try:
        return _card_where(condition)
    except NotFound:
        raise NoCampaign("campaign") from None


def _card_where(*conditions: ColumnElement[bool]) -> CampaignCard:
    with reading() as session:
        row = session.execute(_cards().where(*conditions).limit(1)).first()
        if row is None:
            raise NotFound("campaign")
        return _card(row[0], row[1])


def _cards() -> Select[Campaign, int]:
    return (
        select(Campaign, CampaignRevision.revision)
        .join(CampaignRevision, CampaignRevision.campaign_id == Campaign.id)
        .order_by(Campaign.is_featured.desc(), Campaign.id)
    )


def _card(row: Campaign, revision: int) -> CampaignCard:
    return CampaignCard(
        id=row.id,
        slug=row.slug,
        name=row.name,
        title=row.title,
        summary=row.summary,
        currency=row.currency,
        goal_minor=row.goal_minor,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        contact_email=row.contact_email,
        languages=tuple(row.languages) or installed(),
        is_demo=row.is_demo,
        is_featured=row.is_featured,
        revision=revision,
        stage=row.stage,
        closed_on=row.closed_on,
        state_note=row.state_note,
        button_colour=row.button_colour,
        link_colour=row.link_colour,
    )
