"""What the gift form offers, and the state of a gift for its donor. It only reads."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from campaign.database import reading
from campaign.days import end_of_day
from campaign.domain.campaign_state import CampaignStage, CampaignState, campaign_state
from campaign.domain.errors import NotFound
from campaign.domain.fees import FeeModel, cover_for
from campaign.domain.fund import FundKind
from campaign.domain.money import Money
from campaign.domain.pledge_dates import months_later
from campaign.models.campaign import Campaign, CampaignCurrency, SuggestedAmount
from campaign.models.fund import Fund

COUNTED_IN = {"ky": "KGS"}
"""Language → the currency of those who read it, where they have one in common; Russian and English are read anywhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """An amount that the form offers, and what it pays for."""

    amount: Money
    impact: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What can be given in one currency."""

    currency: str
    minimum: Money
    maximum: Money
    fee: FeeModel
    presets: tuple[Preset, ...]

    @property
    def fee_fixed(self) -> Money:
        """The part of the fee that is the same for every gift."""
        return Money(self.fee.fixed_minor, self.currency)

    def cover_of(self, gift: Money) -> Money:
        """Return what the donor adds so that this gift arrives in full."""
        return cover_for(gift, self.fee)


@dataclass(frozen=True, slots=True, kw_only=True)
class Purpose:
    """A fund that a donor can choose; the general one is «where it is needed most»."""

    code: str
    title: dict[str, str]
    summary: dict[str, str]
    is_general: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GivingOptions:
    """Everything that the form of one campaign needs."""

    slug: str
    title: dict[str, str]
    contact_email: str
    is_featured: bool
    starts_on: date
    ends_on: date
    stage: str
    state_note: dict[str, str]
    offers: tuple[Offer, ...]
    purposes: tuple[Purpose, ...]

    def is_open_on(self, day: date) -> bool:
        """Return whether the campaign takes gifts on this day of the organisation, the last day included."""
        return self.state_on(day) is CampaignState.OPEN

    def state_on(self, day: date) -> CampaignState:
        """Return what the campaign is on this day of the organisation."""
        return campaign_state(self.stage, starts_on=self.starts_on, ends_on=self.ends_on, day=day)

    def takes_monthly(self, at: datetime) -> bool:
        """Return whether a second payment of a monthly gift started now comes before the campaign ends."""
        return months_later(at, 1) < end_of_day(self.ends_on)

    def takes(self, currency: str | None) -> bool:
        """Return whether gifts are accepted in this currency."""
        return any(offer.currency == currency for offer in self.offers)

    def offer_for(self, currency: str) -> Offer | None:
        """Return the offer in this currency; None where it is not accepted (any more)."""
        return next((offer for offer in self.offers if offer.currency == currency), None)

    def offer_in(self, currency: str | None) -> Offer:
        """Return the offer in this currency, or the first one where the currency is not accepted."""
        return next((offer for offer in self.offers if offer.currency == currency), self.offers[0])

    def first_offer_in(self, language: str) -> Offer:
        """Return the offer with which a form of this language opens: the currency of its readers, where it is accepted."""
        return self.offer_in(COUNTED_IN.get(language))


def giving_options(slug: str | None = None) -> GivingOptions:
    """Return what can be given to a campaign, by default to that of the start page.

    Raises:
        NotFound: There is none, or it is a draft.
    """
    with reading() as session:
        campaign = session.execute(_NAMED if slug else _FEATURED, {"slug": slug}).one_or_none()
        if campaign is None:
            raise NotFound(slug or "featured campaign")
        return GivingOptions(
            slug=campaign.slug,
            title=campaign.title,
            contact_email=campaign.contact_email,
            is_featured=campaign.is_featured,
            starts_on=campaign.starts_on,
            ends_on=campaign.ends_on,
            stage=campaign.stage,
            state_note=campaign.state_note,
            offers=_offers(session, campaign.id),
            purposes=_purposes(session, campaign.id),
        )


def purposes_of(campaign_id: int) -> tuple[Purpose, ...]:
    """Return the funds that a donor can choose, also while the campaign is a draft."""
    with reading() as session:
        return _purposes(session, campaign_id)


def _offers(session: Session, campaign_id: int) -> tuple[Offer, ...]:
    presets: dict[str, list[Preset]] = {}
    for row in session.execute(_SUGGESTED, {"campaign": campaign_id}):
        amount = Money(row.amount_minor, row.currency)
        presets.setdefault(row.currency, []).append(Preset(amount=amount, impact=row.impact))
    return tuple(
        Offer(
            currency=row.currency,
            minimum=Money(row.minimum_minor, row.currency),
            maximum=Money(row.maximum_minor, row.currency),
            fee=FeeModel(row.fee_basis_points, row.fee_fixed_minor),
            presets=tuple(presets.get(row.currency, ())),
        )
        for row in session.execute(_TAKEN, {"campaign": campaign_id})
    )


def _purposes(session: Session, campaign_id: int) -> tuple[Purpose, ...]:
    """Return the general fund first, then the themes: what start_checkout accepts."""
    return tuple(
        Purpose(code=fund.code, title=fund.title, summary=fund.summary, is_general=fund.kind == FundKind.GENERAL)
        for fund in session.execute(_PURPOSES, {"campaign": campaign_id})
    )


# Built once, of the tables alone: every form that is shown or sent passes here.
_CAMPAIGN, _CURRENCY, _AMOUNT, _FUND = (
    table.__table__ for table in (Campaign, CampaignCurrency, SuggestedAmount, Fund)
)
_SHOWN = ("id", "slug", "title", "contact_email", "is_featured", "starts_on", "ends_on", "stage", "state_note")
_ANY = select(*(_CAMPAIGN.c[name] for name in _SHOWN)).where(_CAMPAIGN.c.stage != CampaignStage.DRAFT)
_NAMED = _ANY.where(_CAMPAIGN.c.slug == bindparam("slug"))
_FEATURED = _ANY.order_by(_CAMPAIGN.c.is_featured.desc(), _CAMPAIGN.c.id).limit(1)
_SUGGESTED = select(_AMOUNT).where(_AMOUNT.c.campaign_id == bindparam("campaign")).order_by(_AMOUNT.c.amount_minor)
_TAKEN = select(_CURRENCY).where(_CURRENCY.c.campaign_id == bindparam("campaign")).order_by(_CURRENCY.c.position)
_PURPOSES = (
    select(_FUND.c.code, _FUND.c.kind, _FUND.c.title, _FUND.c.summary)
    .where(
        _FUND.c.campaign_id == bindparam("campaign"),
        _FUND.c.kind.in_((FundKind.GENERAL, FundKind.THEME)),
        _FUND.c.closed_on.is_(None),
    )
    .order_by(_FUND.c.kind, _FUND.c.position, _FUND.c.id)
)


def same_gift(slug: str, gift: Money, *, fund: str, frequency: str, covers_fee: bool = False) -> dict[str, str]:
    """Return the query parameters with which the form opens filled in with an earlier gift."""
    fee = {"cover_fees": "yes"} if covers_fee else {}
    return fee | {
        "campaign": slug,
        "amount": str(gift.decimal),
        "currency": gift.currency,
        "frequency": frequency,
        "fund": fund,
    }
