"""What staff do with a campaign: open it, close it early, extend it, archive it, show it on the start page."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from campaign.database import reading, transaction
from campaign.days import local_day
from campaign.domain.campaign_state import (
    CampaignAct,
    CampaignStage,
    CampaignState,
    NotReadyToOpen,
    OpeningGap,
    ReasonMissing,
    WrongCampaignState,
    campaign_state,
    check_new_end,
    check_possible,
)
from campaign.domain.donation import DonationState
from campaign.gateways.clock import Clock
from campaign.gateways.context import Context
from campaign.models.campaign import Campaign, CampaignCurrency
from campaign.models.donation import Donation
from campaign.services import audit
from campaign.services.campaigns.revision import count_change_for_all
from campaign.services.campaigns.settlement import SettlementCurrencies, settlement_currencies


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignDecision:
    """What a member of staff wants done with a campaign.

    Attributes:
        ends_on: The new last day, to extend it.
        reason: A text per language that everybody reads: to close it early, or to extend it.
    """

    campaign_id: int
    act: CampaignAct
    actor_id: int
    ends_on: date | None = None
    reason: Mapping[str, str] = field(default_factory=dict)


def carry_out(decision: CampaignDecision, *, context: Context) -> None:
    """Do with a campaign what was decided.

    Raises:
        WrongCampaignState: The campaign is in a state in which this is not possible.
        NotReadyToOpen: Something that a public campaign needs is missing.
        ReasonMissing: It is to be closed early without a reason.
        EndsInThePast, EndNotLater, EndTooFar: It cannot be extended to this day.
    """
    today = local_day(context.clock.now())
    settlement = settlement_currencies(context.account) if decision.act is CampaignAct.OPEN else None
    with transaction() as session:
        row = _lock(session, decision.campaign_id)
        state = campaign_state(row.stage, starts_on=row.starts_on, ends_on=row.ends_on, day=today)
        check_possible(decision.act, state)
        if settlement and (gaps := _gaps(session, row, settlement, today)):
            raise NotReadyToOpen(gaps)
        _CHANGES[decision.act](session, row, decision, today)
        count_change_for_all(session)  # the start page lists the other campaigns with their state
        audit.record(
            session,
            actor_id=decision.actor_id,
            action=f"campaign:{decision.act}",
            subject=f"campaign:{row.slug}",
            at=context.clock.now(),
            detail=_detail(row, decision),
        )


def opening_gaps(campaign_id: int, *, settlement: SettlementCurrencies, today: date) -> tuple[OpeningGap, ...]:
    """Return what is missing before a campaign can be opened."""
    with reading() as session:
        return _gaps(session, session.get_one(Campaign, campaign_id), settlement, today)


def open_pages(campaign_id: int, *, clock: Clock) -> int:
    """Return how many payment pages of a campaign can still be paid."""
    query = select(func.count()).where(
        Donation.campaign_id == campaign_id, Donation.state == DonationState.OPEN, Donation.expires_at > clock.now()
    )
    with reading() as session:
        return session.execute(query).scalar_one()


def _open(session: Session, row: Campaign, decision: CampaignDecision, today: date) -> None:  # noqa: ARG001  # one signature
    row.stage = CampaignStage.PUBLISHED


def _withdraw(session: Session, row: Campaign, decision: CampaignDecision, today: date) -> None:  # noqa: ARG001
    """Make it a draft, whose currency and address can be changed, while no gift rests on them."""
    if session.execute(select(Donation.id).where(Donation.campaign_id == row.id).limit(1)).first() is not None:
        raise WrongCampaignState(CampaignState.SCHEDULED)
    row.stage = CampaignStage.DRAFT


def _close(session: Session, row: Campaign, decision: CampaignDecision, today: date) -> None:  # noqa: ARG001
    reason = _written(decision.reason)
    if not reason:
        raise ReasonMissing(row.slug)
    row.stage, row.closed_on, row.state_note = CampaignStage.CLOSED, today, reason
    row.ends_on = max(today, row.starts_on + date.resolution)  # the last day is `closed_on`; a plan has two at least


def _extend(session: Session, row: Campaign, decision: CampaignDecision, today: date) -> None:  # noqa: ARG001
    if decision.ends_on is None:
        raise ReasonMissing(row.slug)
    check_new_end(decision.ends_on, starts_on=row.starts_on, ends_on=row.last_day, today=today)
    row.stage, row.closed_on, row.ends_on = CampaignStage.PUBLISHED, None, decision.ends_on
    row.state_note = _written(decision.reason)


def _archive(session: Session, row: Campaign, decision: CampaignDecision, today: date) -> None:  # noqa: ARG001
    row.stage = CampaignStage.ARCHIVED


def _feature(session: Session, row: Campaign, decision: CampaignDecision, today: date) -> None:  # noqa: ARG001
    """Show it on the start page in place of another; the pages of both have other addresses then."""
    others = session.execute(select(Campaign.id).where(Campaign.is_featured, Campaign.id != row.id)).scalars().all()
    session.execute(update(Campaign).where(Campaign.id.in_(others)).values(is_featured=False))
    row.is_featured = True


_CHANGES = {
    CampaignAct.OPEN: _open,
    CampaignAct.WITHDRAW: _withdraw,
    CampaignAct.CLOSE: _close,
    CampaignAct.EXTEND: _extend,
    CampaignAct.ARCHIVE: _archive,
    CampaignAct.FEATURE: _feature,
}


def _gaps(session: Session, row: Campaign, settlement: SettlementCurrencies, today: date) -> tuple[OpeningGap, ...]:
    currencies = session.execute(select(func.count()).where(CampaignCurrency.campaign_id == row.id)).scalar_one()
    gaps = {
        OpeningGap.TITLE: not _written(row.title),
        OpeningGap.CURRENCY: currencies == 0,
        OpeningGap.PAST: row.ends_on < today,
    }
    account_gap = settlement.opening_gap(row.currency)
    return (*(gap for gap, is_missing in gaps.items() if is_missing), *([account_gap] if account_gap else []))


def _lock(session: Session, campaign_id: int) -> Campaign:
    query = select(Campaign).where(Campaign.id == campaign_id).with_for_update()
    return session.execute(query.execution_options(populate_existing=True)).scalar_one()


def _written(texts: Mapping[str, str]) -> dict[str, str]:
    return {language: text for language, text in texts.items() if text.strip()}


def _detail(row: Campaign, decision: CampaignDecision) -> dict[str, object]:
    detail: dict[str, object] = {}
    if decision.act in {CampaignAct.CLOSE, CampaignAct.EXTEND}:
        detail = {"until": row.ends_on.isoformat(), "reason": next(iter(row.state_note.values()), "")}
    return detail
