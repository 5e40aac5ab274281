"""A campaign is opened, closed early, extended, archived and featured; each act is recorded, and refused out of turn."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from campaign.database import reading
from campaign.domain.campaign_state import (
    CampaignAct,
    CampaignStage,
    CampaignState,
    EndNotLater,
    EndsInThePast,
    NotReadyToOpen,
    OpeningGap,
    ReasonMissing,
    WrongCampaignState,
)
from campaign.gateways.provider_account import NoAccount
from campaign.models.campaign import Campaign
from campaign.models.staff import AuditEvent
from campaign.services.campaigns.cards import CampaignCard, campaign_named, featured_campaign
from campaign.services.campaigns.lifecycle import CampaignDecision, carry_out, opening_gaps
from campaign.services.campaigns.settlement import SettlementCurrencies
from campaign.services.pledges.endings import ending_counts
from tests.support.builders import a_campaign, a_member_of_staff
from tests.support.contexts import a_context
from tests.support.fakes import FakeAccount, SettableClock

ACCOUNT = FakeAccount()
TODAY = date(2026, 12, 1)
WHY = {"en": "The school is built.", "ru": "Школа построена."}


def decided(campaign: Campaign, act: CampaignAct) -> CampaignDecision:
    return CampaignDecision(campaign_id=campaign.id, act=act, actor_id=a_member_of_staff(email=f"{act}@x.org").id)


def card(slug: str = "quilt") -> CampaignCard:
    return campaign_named(slug)


def test_a_draft_is_opened_once_and_pages_change(app: Flask, clock: SettableClock) -> None:
    decision = decided(a_campaign(stage=CampaignStage.DRAFT), CampaignAct.OPEN)
    before = card().revision
    carry_out(decision, context=a_context(clock, account=ACCOUNT))
    assert card().state_on(TODAY) is CampaignState.OPEN
    assert card().revision == before + 1
    with pytest.raises(WrongCampaignState) as twice:
        carry_out(decision, context=a_context(clock, account=ACCOUNT))
    assert twice.value.state is CampaignState.OPEN
    with reading() as session:
        acts = session.execute(select(AuditEvent.action, AuditEvent.subject)).all()
    assert [tuple(act) for act in acts] == [("campaign:open", "campaign:quilt")]


def test_a_draft_that_lacks_something_is_not_opened(app: Flask, clock: SettableClock) -> None:
    campaign = a_campaign(stage=CampaignStage.DRAFT, title={}, starts_on=date(2026, 1, 1), ends_on=date(2026, 11, 30))
    dollars = SettlementCurrencies(codes=("USD",))
    assert opening_gaps(campaign.id, settlement=dollars, today=TODAY) == (OpeningGap.TITLE, OpeningGap.PAST)
    with pytest.raises(NotReadyToOpen):
        carry_out(decided(campaign, CampaignAct.OPEN), context=a_context(clock, account=ACCOUNT))
    assert card().state_on(TODAY) is CampaignState.DRAFT


@pytest.mark.database("sqlite")
@pytest.mark.parametrize(
    ("account", "gap"),
    [
        (NoAccount(), OpeningGap.NO_ACCOUNT),
        (FakeAccount(currencies=()), OpeningGap.ACCOUNT_SILENT),
        (FakeAccount(currencies=("EUR", "GBP")), OpeningGap.GOAL_CURRENCY),
    ],
)
def test_a_campaign_whose_gifts_would_not_count_is_not_opened(
    app: Flask, clock: SettableClock, account: NoAccount, gap: OpeningGap
) -> None:
    campaign = a_campaign(stage=CampaignStage.DRAFT)
    with pytest.raises(NotReadyToOpen) as refusal:
        carry_out(decided(campaign, CampaignAct.OPEN), context=a_context(clock, account=account))
    assert refusal.value.gaps == (gap,)


def test_a_campaign_is_closed_early_with_a_reason_and_extended_again(app: Flask, clock: SettableClock) -> None:
    campaign = a_campaign()
    closing = decided(campaign, CampaignAct.CLOSE)
    with pytest.raises(ReasonMissing):
        carry_out(replace(closing, reason={"en": " "}), context=a_context(clock, account=ACCOUNT))
    carry_out(replace(closing, reason={**WHY, "ky": ""}), context=a_context(clock, account=ACCOUNT))
    assert (card().state_on(TODAY), card().closed_on, card().ends_on) == (CampaignState.ENDED, TODAY, TODAY)
    assert card().state_note == WHY
    extending = decided(campaign, CampaignAct.EXTEND)
    with pytest.raises(EndsInThePast):
        carry_out(replace(extending, ends_on=date(2026, 11, 30)), context=a_context(clock, account=ACCOUNT))
    with pytest.raises(EndNotLater):
        carry_out(replace(extending, ends_on=TODAY), context=a_context(clock, account=ACCOUNT))
    carry_out(replace(extending, ends_on=date(2027, 6, 1)), context=a_context(clock, account=ACCOUNT))
    assert (card().state_on(TODAY), card().closed_on, card().state_note) == (CampaignState.OPEN, None, {})


def test_an_archived_campaign_stays_as_it_is(app: Flask, clock: SettableClock) -> None:
    campaign = a_campaign()
    archiving = decided(campaign, CampaignAct.ARCHIVE)
    with pytest.raises(WrongCampaignState):
        carry_out(archiving, context=a_context(clock, account=ACCOUNT))
    clock.advance(days=98)
    carry_out(archiving, context=a_context(clock, account=ACCOUNT))
    with pytest.raises(WrongCampaignState) as refusal:
        carry_out(
            replace(decided(campaign, CampaignAct.EXTEND), ends_on=date(2028, 1, 1)),
            context=a_context(clock, account=ACCOUNT),
        )
    assert refusal.value.state is CampaignState.ARCHIVED


def test_one_campaign_is_featured(app: Flask, clock: SettableClock) -> None:
    a_campaign()
    second = a_campaign(slug="second", is_featured=False)
    carry_out(decided(second, CampaignAct.FEATURE), context=a_context(clock, account=ACCOUNT))
    assert featured_campaign().slug == "second"
    assert not card().is_featured


@pytest.mark.database("sqlite")
def test_a_campaign_that_is_closed_on_its_first_day_ends_with_it(app: Flask, clock: SettableClock) -> None:
    campaign = a_campaign(starts_on=TODAY)
    carry_out(replace(decided(campaign, CampaignAct.CLOSE), reason=WHY), context=a_context(clock, account=ACCOUNT))
    assert (card().state_on(TODAY), card().closed_on) == (CampaignState.ENDED, TODAY)
    assert ending_counts(campaign.id).ends_on == TODAY
    tomorrow = TODAY + timedelta(days=1)
    extending = replace(decided(campaign, CampaignAct.EXTEND), ends_on=tomorrow)
    carry_out(extending, context=a_context(clock, account=ACCOUNT))
    assert (card().state_on(TODAY), card().ends_on) == (CampaignState.OPEN, tomorrow)
