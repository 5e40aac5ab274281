"""On which terms a campaign takes a gift: its days, its purposes, its currencies, their bounds and the fee."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, select
from sqlalchemy.orm import Session

from campaign.domain.campaign_state import CampaignState, campaign_state
from campaign.domain.errors import DomainError, NotFound
from campaign.domain.fees import FeeModel, cover_for
from campaign.domain.fund import FundKind
from campaign.domain.money import Money
from campaign.models.campaign import Campaign, CampaignCurrency
from campaign.models.fund import Fund


class CampaignEnded(DomainError):
    """The campaign takes no gifts any more, or not yet."""


class FundUnknown(DomainError):
    """The campaign has no such purpose to give for."""


class CurrencyNotTaken(DomainError):
    """The campaign takes no gifts in this currency."""


class AmountOutOfBounds(DomainError):
    """The gift is smaller or larger than the campaign takes in its currency."""


def terms_of(
    session: Session, *, campaign_slug: str, fund_code: str | None, currency: str, day: date
) -> Row[Any]:  # the columns of _terms_with
    """Return the terms of a campaign on a day for one purpose, the general one where `fund_code` is None.

    Raises:
        NotFound: There is no such campaign, or it is a draft.
        CampaignEnded: It takes no gifts on this day.
        FundUnknown: It has no such purpose to give for.
        CurrencyNotTaken: It takes no gifts in this currency.
    """
    query = _TERMS_OF_GENERAL if fund_code is None else _TERMS_OF_THEME
    names = {"slug": campaign_slug, "fund": fund_code, "currency": currency}
    terms = session.execute(query, names).one_or_none()
    if terms is None:
        raise NotFound(campaign_slug)
    state = campaign_state(terms.stage, starts_on=terms.starts_on, ends_on=terms.ends_on, day=day)
    if state is CampaignState.DRAFT:
        raise NotFound(campaign_slug)
    if state is not CampaignState.OPEN:
        raise CampaignEnded(campaign_slug)
    if terms.fund_id is None:
        raise FundUnknown(fund_code)
    if terms.minimum_minor is None:
        raise CurrencyNotTaken(currency)
    return terms


def cover_of(terms: Row[Any], gift: Money, *, covers_fee: bool) -> Money:
    """Return what the donor adds for the fee.

    Raises:
        AmountOutOfBounds: The gift is smaller or larger than these terms allow.
    """
    if not terms.minimum_minor <= gift.minor <= terms.maximum_minor:
        raise AmountOutOfBounds(gift)
    if not covers_fee:
        return Money(0, gift.currency)
    return cover_for(gift, FeeModel(terms.fee_basis_points, terms.fee_fixed_minor))


# Built once, of the tables alone: every press of the button passes here.
_CAMPAIGN, _FUND, _CURRENCY = (table.__table__ for table in (Campaign, Fund, CampaignCurrency))


def _terms_with(fund: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Select one row where the campaign is known; what is missing of fund and currency is null."""
    in_currency = and_(_CURRENCY.c.campaign_id == _CAMPAIGN.c.id, _CURRENCY.c.currency == bindparam("currency"))
    return (
        select(
            *(_CAMPAIGN.c[name] for name in ("starts_on", "ends_on", "stage", "title", "fee_bearer")),
            *(_CURRENCY.c[name] for name in ("minimum_minor", "maximum_minor", "fee_basis_points", "fee_fixed_minor")),
            _CAMPAIGN.c.id.label("campaign_id"),
            _FUND.c.id.label("fund_id"),
            _FUND.c.title.label("purpose"),
        )
        .select_from(
            _CAMPAIGN.outerjoin(_FUND, and_(_FUND.c.campaign_id == _CAMPAIGN.c.id, fund)).outerjoin(
                _CURRENCY, in_currency
            )
        )
        .where(_CAMPAIGN.c.slug == bindparam("slug"))
    )


_TERMS_OF_GENERAL = _terms_with(_FUND.c.kind == FundKind.GENERAL)
_TERMS_OF_THEME = _terms_with(
    and_(
        _FUND.c.kind.in_((FundKind.GENERAL, FundKind.THEME)),
        _FUND.c.code == bindparam("fund"),
        _FUND.c.closed_on.is_(None),
    )
)
