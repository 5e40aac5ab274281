"""The currencies in which a campaign takes gifts: added, changed and removed by staff."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from campaign.database import reading, transaction
from campaign.domain.campaign_settings import OwnCurrencyNeeded, check_bounds
from campaign.domain.errors import NotFound
from campaign.domain.form_version import check_version
from campaign.gateways.clock import Clock
from campaign.models.campaign import Campaign, CampaignCurrency, SuggestedAmount
from campaign.services import audit
from campaign.services.campaigns.revision import count_public_change


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrencySettings:
    """A currency of a campaign: the least and the largest gift, and an estimate of the provider's fee."""

    code: str
    minimum_minor: int
    maximum_minor: int
    fee_basis_points: int
    fee_fixed_minor: int


def currencies_of(campaign_id: int) -> Sequence[CurrencySettings]:
    """Return the currencies of a campaign in the order in which the form offers them."""
    query = select(CampaignCurrency).where(CampaignCurrency.campaign_id == campaign_id)
    with reading() as session:
        return [
            _settings(row)
            for row in session.execute(query.order_by(CampaignCurrency.position, CampaignCurrency.currency)).scalars()
        ]


def currency_of(campaign_id: int, code: str) -> CurrencySettings:
    """Return one currency of a campaign.

    Raises:
        NotFound: The campaign does not take it.
    """
    row = next((row for row in currencies_of(campaign_id) if row.code == code), None)
    if row is None:
        raise NotFound(f"currency:{code}")
    return row


def save_currency(campaign_id: int, new: CurrencySettings, *, version: str, actor_id: int, clock: Clock) -> None:
    """Add a currency to a campaign, or change it. `version` names what the person has read, empty for nothing.

    Raises:
        ChangedMeanwhile: Somebody else added or changed it since.
        UnsupportedCurrency: The payment provider does not charge it.
        BadBounds, NotInSteps: The least and the largest gift are not what the provider takes.
    """
    check_bounds(new.code, new.minimum_minor, new.maximum_minor)
    with transaction() as session:
        session.execute(select(Campaign.id).where(Campaign.id == campaign_id).with_for_update())
        row = session.get(CampaignCurrency, (campaign_id, new.code))
        if row is not None:
            check_version(version, _settings(row))
        else:
            last = select(func.coalesce(func.max(CampaignCurrency.position), -1))
            position = session.execute(last.where(CampaignCurrency.campaign_id == campaign_id)).scalar_one() + 1
            row = CampaignCurrency(campaign_id=campaign_id, currency=new.code, position=position)
            session.add(row)
        row.minimum_minor, row.maximum_minor = new.minimum_minor, new.maximum_minor
        row.fee_basis_points, row.fee_fixed_minor = new.fee_basis_points, new.fee_fixed_minor
        _record(session, campaign_id, "currency", new.code, actor_id=actor_id, clock=clock)


def remove_currency(campaign_id: int, code: str, *, actor_id: int, clock: Clock) -> None:
    """Take no new gifts in a currency; gifts that were made and monthly gifts stay.

    Raises:
        OwnCurrencyNeeded: The campaign's goal is counted in it.
        NotFound: The campaign does not take it.
    """
    with transaction() as session:
        row = session.get(CampaignCurrency, (campaign_id, code))
        if row is None:
            raise NotFound(f"currency:{code}")
        if session.get_one(Campaign, campaign_id).currency == code:
            raise OwnCurrencyNeeded(code)
        in_it = (SuggestedAmount.campaign_id == campaign_id, SuggestedAmount.currency == code)
        session.execute(delete(SuggestedAmount).where(*in_it))
        session.delete(row)
        _record(session, campaign_id, "currency_removed", code, actor_id=actor_id, clock=clock)


def _settings(row: CampaignCurrency) -> CurrencySettings:
    return CurrencySettings(
        code=row.currency,
        minimum_minor=row.minimum_minor,
        maximum_minor=row.maximum_minor,
        fee_basis_points=row.fee_basis_points,
        fee_fixed_minor=row.fee_fixed_minor,
    )


def _record(session: Session, campaign_id: int, act: str, code: str, *, actor_id: int, clock: Clock) -> None:
    count_public_change(session, campaign_id)
    slug = session.get_one(Campaign, campaign_id).slug
    audit.record(
        session,
        actor_id=actor_id,
        action=f"campaign:{act}",
        subject=f"campaign:{slug}",
        at=clock.now(),
        detail={"currency": code},
    )
