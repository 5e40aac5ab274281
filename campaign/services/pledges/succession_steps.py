"""The workers' part of a succession: monthly donors are asked once, and gifts go over once their campaign is over."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from campaign.database import reading, transaction
from campaign.days import local_day
from campaign.domain.fund import FundKind
from campaign.domain.identity import new_public_id
from campaign.domain.language import in_language_of
from campaign.domain.money import Money
from campaign.domain.pledge import PledgeState
from campaign.domain.succession import QUESTION_LEAD, successor_purpose
from campaign.gateways.context import Context
from campaign.gateways.payments import (
    MissingAtProvider,
    PaymentRefused,
    PaymentsNotConfigured,
    PaymentsUnavailable,
)
from campaign.gateways.pledges import PledgeTerms
from campaign.models.campaign import Campaign, CampaignCurrency
from campaign.models.fund import Fund
from campaign.models.pledge import Pledge, PledgeEvent
from campaign.models.succession import CampaignSuccession, PledgeSuccession
from campaign.services.campaigns.fund_tree import GENERAL_CODE
from campaign.services.campaigns.item_names import fee_name, purpose_line
from campaign.services.campaigns.revision import count_public_change
from campaign.services.pledges import mails as pledge_mails
from campaign.services.pledges.beginning import history_row
from campaign.services.pledges.endings import ends_with_campaign
from campaign.services.pledges.last_days import AGREED, CONTINUES, OWN_LAST_DAY, SUCCESSOR
from campaign.services.pledges.provider_sync import FollowResult, try_follow


@dataclass(frozen=True, slots=True)
class _GiftToAsk:
    """A monthly gift whose donor is to be asked."""

    id: int
    subscription_id: str


@dataclass(frozen=True, slots=True)
class _GiftToMove:
    """A monthly gift that goes over, with its names at the provider from then on."""

    succession_id: int
    subscription_id: str
    language: str
    title: dict[str, str]
    purpose: dict[str, str]


def ask_next(context: Context) -> bool:
    """Ask one monthly donor whether their gift continues in the successor; False when nobody is to be asked.

    Nobody is asked in whose currency the successor takes no gifts: their gift ends with its campaign.
    """
    due = _next_to_ask(context)
    if due is None or try_follow(due.subscription_id, context=context) is FollowResult.UNREACHED:
        return False
    at = context.clock.now()
    with transaction() as session:
        pledge = session.execute(select(Pledge).where(Pledge.id == due.id).with_for_update()).scalar_one()
        succession = session.get(CampaignSuccession, pledge.campaign_id)
        if succession is None:
            return True
        row = PledgeSuccession(
            pledge_id=pledge.id,
            from_campaign_id=pledge.campaign_id,
            from_fund_id=pledge.fund_id,
            campaign_id=succession.successor_id,
            fund_id=_purpose(session, pledge, succession),
            requested_at=at,
        )
        session.add(row)
        session.flush()
        if pledge.ends_with_campaign:
            successor = session.get_one(Campaign, succession.successor_id)
            pledge_mails.tell_successor(session, pledge, row, successor=successor, at=at)
    return True


def move_next(context: Context) -> bool:
    """Let one monthly gift whose donor agreed go over to the successor; False when none is due, or nobody answers.

    The provider's receipts have the new names first: what was given before keeps its own.
    """
    due = _next_to_move(context)
    if due is None:
        return False
    try:
        _rename(due, context)
    except (PaymentsUnavailable, PaymentsNotConfigured):
        return False
    except (PaymentRefused, MissingAtProvider):
        pass  # it keeps its old name there; the books have the right campaign all the same
    with transaction() as session:
        _move(session, due.succession_id, at=context.clock.now())
    return True


def _next_to_ask(context: Context) -> _GiftToAsk | None:
    today = local_day(context.clock.now())
    is_known = select(PledgeSuccession.id).where(
        PledgeSuccession.pledge_id == Pledge.id, PledgeSuccession.campaign_id == CampaignSuccession.successor_id
    )
    takes_currency = select(CampaignCurrency.currency).where(
        CampaignCurrency.campaign_id == CampaignSuccession.successor_id, CampaignCurrency.currency == Pledge.currency
    )
    query = (
        select(Pledge.id, Pledge.subscription_id)
        .join(Campaign, Campaign.id == Pledge.campaign_id)
        .join(CampaignSuccession, CampaignSuccession.campaign_id == Campaign.id)
        .join(SUCCESSOR, SUCCESSOR.id == CampaignSuccession.successor_id)
        .where(
            ends_with_campaign(),
            CONTINUES,
            Pledge.doubles_id.is_(None),
            today <= OWN_LAST_DAY,
            today + QUESTION_LEAD >= OWN_LAST_DAY,
            takes_currency.exists(),
            ~is_known.exists(),
        )
        .order_by(Pledge.id)
        .limit(1)
    )
    with reading() as session:
        row = session.execute(query).one_or_none()
    return _GiftToAsk(*row) if row else None


def _purpose(session: Session, pledge: Pledge, succession: CampaignSuccession) -> int:
    """Return the purpose with which a gift would continue."""
    open_funds = select(Fund.code, Fund.id).where(
        Fund.campaign_id == succession.successor_id,
        Fund.kind.in_((FundKind.GENERAL, FundKind.THEME)),
        Fund.closed_on.is_(None),
    )
    offered = {row.code: row.id for row in session.execute(open_funds)}
    chosen = {code: str(other) for code, other in succession.purposes.items()}
    return successor_purpose(session.get_one(Fund, pledge.fund_id).code, chosen, offered, general=GENERAL_CODE)


def _next_to_move(context: Context) -> _GiftToMove | None:
    query = (
        select(PledgeSuccession.id, Pledge.subscription_id, Pledge.language, SUCCESSOR.title, Fund.title)
        .select_from(Pledge)
        .join(PledgeSuccession, AGREED)
        .join(Campaign, Campaign.id == PledgeSuccession.from_campaign_id)
        .join(SUCCESSOR, SUCCESSOR.id == PledgeSuccession.campaign_id)
        .join(Fund, Fund.id == PledgeSuccession.fund_id)
        .where(
            Pledge.state != PledgeState.STOPPED.value,
            local_day(context.clock.now()) > OWN_LAST_DAY,
            CONTINUES,
        )
        .order_by(Pledge.id)
        .limit(1)
    )
    with reading() as session:
        row = session.execute(query).one_or_none()
    return _GiftToMove(*row) if row else None


def _rename(due: _GiftToMove, context: Context) -> None:
    """Give the gift its new names at the provider, with the amounts that it has there now."""
    pledges = context.payments.pledges
    facts = pledges.pledge(due.subscription_id)
    terms = PledgeTerms(
        gift=facts.amount - Money(facts.cover_minor, facts.amount.currency),
        cover=Money(facts.cover_minor, facts.amount.currency),
        gift_name=in_language_of(due.title, due.language),
        gift_description=purpose_line(due.purpose, due.language),
        cover_name=fee_name(due.language),
    )
    pledges.change(facts, terms, key=f"successor-{due.succession_id}-{new_public_id()}")


def _move(session: Session, succession_id: int, *, at: datetime) -> None:
    row = session.get_one(PledgeSuccession, succession_id)
    pledge = session.execute(select(Pledge).where(Pledge.id == row.pledge_id).with_for_update()).scalar_one()
    session.refresh(row)
    if row.moved_at is not None or pledge.state == PledgeState.STOPPED:
        return
    pledge.campaign_id, pledge.fund_id, row.moved_at = row.campaign_id, row.fund_id, at
    pledge.version += 1  # what was fetched before is applied to the new campaign's days
    for campaign_id in (row.from_campaign_id, row.campaign_id):
        count_public_change(session, campaign_id)
    session.execute(insert(PledgeEvent), history_row(pledge.id, "continued", at=at))
