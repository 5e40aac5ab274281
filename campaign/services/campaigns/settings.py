"""Creates a campaign, and changes its settings: names, address, days, goal, receipts' prefix, who pays the fee."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.database import reading, transaction
from campaign.days import local_day
from campaign.domain.brand import check_colours
from campaign.domain.campaign_settings import (
    SeriesIsFixed,
    SeriesTaken,
    SlugIsFixed,
    SlugTaken,
    check_days,
    check_goal_currency,
    check_sender_name,
    check_series,
    check_slug,
    default_bounds,
    supported,
)
from campaign.domain.campaign_state import CampaignStage, CampaignState, EndNotLater, FormWouldClose, campaign_state
from campaign.domain.donation import FeeBearer
from campaign.domain.form_version import check_version, version_of
from campaign.domain.fund import FundKind
from campaign.domain.language import with_hidden_languages
from campaign.gateways.clock import Clock
from campaign.gateways.context import Context
from campaign.i18n import in_language
from campaign.languages import installed
from campaign.models.campaign import Campaign, CampaignCurrency, CampaignRevision
from campaign.models.donation import Donation
from campaign.models.receipt import Receipt
from campaign.services import audit
from campaign.services.campaigns.fund_tree import GENERAL_CODE, NewFund, add_funds
from campaign.services.campaigns.revision import count_change_for_all
from campaign.services.campaigns.series import refusing_taken, series_owners
from campaign.services.campaigns.settlement import settlement_currencies

FEE_BASIS_POINTS = 290
"""The estimate of the provider's fee for a currency that was just added: 2.9 per cent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignSettings:
    """What staff set of a campaign.

    Attributes:
        goal_minor: In minor units of `currency`.
        series: The prefix of its receipts' numbers.
        sender_name: In whose name its emails leave; empty: the organisation's.
        button_colour, link_colour: As `#rrggbb`; None: the organisation's.
    """

    name: Mapping[str, str]
    slug: str
    currency: str
    goal_minor: int
    starts_on: date
    ends_on: date
    contact_email: str
    series: str
    fee_bearer: FeeBearer
    sender_name: Mapping[str, str] = field(default_factory=dict)
    button_colour: str | None = None
    link_colour: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsView:
    """The settings of a campaign, and which of them are fixed."""

    settings: CampaignSettings
    is_draft: bool
    has_receipts: bool

    @property
    def version(self) -> str:
        """The version of the settings, for the form that changes them."""
        return version_of(self.settings)


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsChange:
    """Settings that a campaign shall have.

    Attributes:
        version: Which settings the person has read.
        closes_form: Whether they want the form of an open campaign to close until its new first day.
    """

    settings: CampaignSettings
    version: str
    actor_id: int
    closes_form: bool = False


def create_campaign(new: CampaignSettings, *, languages: tuple[str, ...], actor_id: int, context: Context) -> None:
    """Create a campaign as a draft that works at once: with a general fund, its currency and a first revision.

    Raises:
        BadSlug, SlugTaken, BadSeries, SeriesTaken: Its address or its receipts' prefix cannot be used.
        BadSenderName: The name in which its emails would leave cannot stand in their headers.
        NotAColour, LowContrast: A colour cannot be used on the pages.
        EndsBeforeStart, TooLong: Its days do not fit.
        UnsupportedCurrency: The payment provider does not charge its currency.
        GoalCurrencyNotSettled: The payment account is not credited in it.
    """
    _check(new)
    check_goal_currency(new.currency, settlement_currencies(context.account).codes)
    with refusing_taken(new.slug, new.series), transaction() as session:
        _check_unique(session, new, own_slug=None)
        row = _new_row(session, new, languages)
        session.add(row)
        session.flush()
        session.add_all([CampaignRevision(campaign_id=row.id, revision=1), _currency_row(row)])
        add_funds(session, row.id, [_general_fund(languages)])
        _record(session, row.slug, "create", actor_id, context.clock, {"slug": row.slug, "currency": row.currency})


def settings_of(campaign_id: int) -> SettingsView:
    """Return the settings of a campaign."""
    with reading() as session:
        row = session.get_one(Campaign, campaign_id)
        return SettingsView(
            settings=_settings(row),
            is_draft=row.stage == CampaignStage.DRAFT,
            has_receipts=_has_receipts(session, row.series),
        )


def change_settings(campaign_id: int, change: SettingsChange, *, context: Context) -> None:
    """Change the settings of a campaign.

    Raises:
        FormWouldClose: The form would close, and the person has not agreed to that.
        ChangedMeanwhile: Somebody else changed them since.
        SlugIsFixed: The campaign was public, so its address and its currency stay.
        SeriesIsFixed: A receipt has the old prefix.
        EndNotLater: The last day of a campaign that was public is moved by extending or closing it.
        BadSlug, SlugTaken, BadSeries, SeriesTaken, BadSenderName, EndsBeforeStart, TooLong, UnsupportedCurrency,
            GoalCurrencyNotSettled: As `create_campaign`; a goal's currency that stays is not checked again.
    """
    new = change.settings
    _check(new)
    has_new_currency = settings_of(campaign_id).settings.currency != new.currency
    settled = settlement_currencies(context.account).codes if has_new_currency else ()
    with refusing_taken(new.slug, new.series), transaction() as session:
        row = session.execute(select(Campaign).where(Campaign.id == campaign_id).with_for_update()).scalar_one()
        shown = row.languages or installed()
        new = replace(
            new,
            name=with_hidden_languages(new.name, row.name, shown),
            sender_name=with_hidden_languages(new.sender_name, row.sender_name, shown),
        )
        check_version(change.version, _settings(row))
        _check_fixed(session, row, new)
        check_goal_currency(new.currency, settled)
        if not change.closes_form and _would_close(row, new, today=local_day(context.clock.now())):
            raise FormWouldClose(new.starts_on.isoformat())
        _check_unique(session, new, own_slug=row.slug)
        changed = _apply(session, row, new)
        count_change_for_all(session)  # the start page lists the other campaigns with their names and days
        _record(session, row.slug, "settings", change.actor_id, context.clock, {"changed": sorted(changed)})


def _settings(row: Campaign) -> CampaignSettings:
    return CampaignSettings(
        name=dict(row.name),
        slug=row.slug,
        currency=row.currency,
        goal_minor=row.goal_minor,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        contact_email=row.contact_email,
        series=row.series,
        fee_bearer=FeeBearer(row.fee_bearer),
        sender_name=dict(row.sender_name),
        button_colour=row.button_colour,
        link_colour=row.link_colour,
    )


def _check(new: CampaignSettings) -> None:
    check_slug(new.slug)
    check_series(new.series)
    check_sender_name(new.sender_name)
    check_colours(new.button_colour, new.link_colour)
    check_days(new.starts_on, new.ends_on)
    supported(new.currency)


def _would_close(row: Campaign, new: CampaignSettings, *, today: date) -> bool:
    """Return whether an open campaign would have to begin again."""
    state = campaign_state(row.stage, starts_on=row.starts_on, ends_on=row.ends_on, day=today)
    return state is CampaignState.OPEN and new.starts_on > today


def _check_unique(session: Session, new: CampaignSettings, *, own_slug: str | None) -> None:
    owners = series_owners(session)
    if new.slug != own_slug and new.slug in owners.values():
        raise SlugTaken(new.slug)
    if owners.get(new.series, own_slug) != own_slug:
        raise SeriesTaken(new.series)


def _check_fixed(session: Session, row: Campaign, new: CampaignSettings) -> None:
    if row.stage != CampaignStage.DRAFT or _has_gifts(session, row.id):
        if (new.slug, new.currency) != (row.slug, row.currency):
            raise SlugIsFixed(row.slug)
        if new.ends_on != row.ends_on:
            raise EndNotLater(row.slug)
    if new.series != row.series and _has_receipts(session, row.series):
        raise SeriesIsFixed(row.series)


def _has_gifts(session: Session, campaign_id: int) -> bool:
    return session.execute(select(Donation.id).where(Donation.campaign_id == campaign_id).limit(1)).first() is not None


def _has_receipts(session: Session, series: str) -> bool:
    query = select(Receipt.id).where(Receipt.series.in_((series, f"TEST-{series}"))).limit(1)
    return session.execute(query).first() is not None


def _apply(session: Session, row: Campaign, new: CampaignSettings) -> set[str]:
    """Write what differs and return the names of it; the title follows the name until it is written for itself."""
    values = {
        **asdict(new),
        "fee_bearer": new.fee_bearer.value,
        "name": dict(new.name),
        "sender_name": dict(new.sender_name),
    }
    changed = {name for name, value in values.items() if getattr(row, name) != value}
    if row.title == row.name:
        row.title = values["name"]
    has_own = session.get(CampaignCurrency, (row.id, new.currency)) is not None
    for name in changed:
        setattr(row, name, values[name])
    if not has_own:
        session.add(_currency_row(row))
    return changed


def _new_row(session: Session, new: CampaignSettings, languages: tuple[str, ...]) -> Campaign:
    is_first = session.execute(select(Campaign.id).where(Campaign.is_featured)).first() is None
    name = dict(new.name)
    return Campaign(
        slug=new.slug,
        currency=new.currency,
        goal_minor=new.goal_minor,
        starts_on=new.starts_on,
        ends_on=new.ends_on,
        stage=CampaignStage.DRAFT,
        is_featured=is_first,
        languages=list(languages),
        name=name,
        title=name,
        kicker={},
        summary={},
        trust_line={},
        image_alt={},
        contact_email=new.contact_email,
        fee_bearer=new.fee_bearer,
        sender_name=dict(new.sender_name),
        button_colour=new.button_colour,
        link_colour=new.link_colour,
        series=new.series,
        issuer={},  # receipts print the organisation
    )


def _currency_row(row: Campaign) -> CampaignCurrency:
    minimum, maximum = default_bounds(row.currency)
    return CampaignCurrency(
        campaign_id=row.id,
        currency=row.currency,
        position=0,
        minimum_minor=minimum,
        maximum_minor=maximum,
        fee_basis_points=FEE_BASIS_POINTS,
        fee_fixed_minor=0,
    )


def _general_fund(languages: tuple[str, ...]) -> NewFund:
    """Return the general fund, named in each language of the campaign that the interface has."""
    title, summary = {}, {}
    for code in languages:
        with in_language(code):
            title[code] = str(_("Where it is needed most"))
            summary[code] = str(_("We use it where it helps the campaign most."))
    return NewFund(code=GENERAL_CODE, kind=FundKind.GENERAL, title=title, summary=summary)


def _record(session: Session, slug: str, act: str, actor_id: int, clock: Clock, detail: dict[str, object]) -> None:
    subject = f"campaign:{slug}"
    audit.record(session, actor_id=actor_id, action=f"campaign:{act}", subject=subject, at=clock.now(), detail=detail)
