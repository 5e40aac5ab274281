"""A campaign that is created works at once; what people and receipts rely on does not change afterwards."""

from dataclasses import replace
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import update

from campaign.database import transaction
from campaign.domain import campaign_settings as rules
from campaign.domain.campaign_state import CampaignAct, EndNotLater, FormWouldClose, WrongCampaignState
from campaign.domain.currencies import CURRENCIES
from campaign.domain.donation import FeeBearer
from campaign.domain.errors import DomainError
from campaign.domain.form_version import ChangedMeanwhile
from campaign.models.campaign import Campaign
from campaign.services.campaigns.cards import campaign_named, featured_campaign
from campaign.services.campaigns.currencies import (
    CurrencySettings,
    currencies_of,
    remove_currency,
    save_currency,
)
from campaign.services.campaigns.form_options import giving_options
from campaign.services.campaigns.lifecycle import CampaignDecision, carry_out
from campaign.services.campaigns.series import refusing_taken
from campaign.services.campaigns.settings import (
    CampaignSettings,
    SettingsChange,
    change_settings,
    create_campaign,
    settings_of,
)
from tests.support.builders import a_campaign, a_donor, a_member_of_staff, a_paid_gift
from tests.support.contexts import a_context
from tests.support.fakes import FakeAccount, SettableClock

ACCOUNT = FakeAccount()
NEW = CampaignSettings(
    name={"ru": "Школьная библиотека", "ky": "Мектеп китепканасы"},
    slug="school-library",
    currency="USD",
    goal_minor=5_000_00,
    starts_on=date(2026, 12, 1),
    ends_on=date(2027, 6, 1),
    contact_email="library@example.org",
    series="SLB",
    fee_bearer=FeeBearer.FUND,
)


def create(clock: SettableClock, new: CampaignSettings = NEW) -> int:
    actor = a_member_of_staff(role="admin", email=f"{new.slug}@x.org").id
    create_campaign(new, languages=("ru", "ky"), actor_id=actor, context=a_context(clock, account=ACCOUNT))
    return campaign_named(new.slug).id


def save(
    campaign_id: int, new: CampaignSettings, actor: int, clock: SettableClock, account: FakeAccount = ACCOUNT
) -> None:
    change = SettingsChange(settings=new, version=settings_of(campaign_id).version, actor_id=actor)
    change_settings(campaign_id, change, context=a_context(clock, account=account))


def test_a_new_campaign_is_a_draft_that_takes_gifts_once_it_is_opened(app: Flask, clock: SettableClock) -> None:
    campaign_id = create(clock)
    assert not campaign_named("school-library").is_public
    actor = a_member_of_staff(role="campaign").id
    carry_out(
        CampaignDecision(campaign_id=campaign_id, act=CampaignAct.OPEN, actor_id=actor),
        context=a_context(clock, account=ACCOUNT),
    )
    assert featured_campaign().slug == "school-library"
    options = giving_options()
    assert [(offer.currency, offer.minimum.minor) for offer in options.offers] == [("USD", 50)]
    assert [(purpose.code, set(purpose.title)) for purpose in options.purposes] == [("GEN", {"ru", "ky"})]


@pytest.mark.database("sqlite")
def test_a_campaign_with_gifts_is_no_draft_again_whose_currency_could_change(app: Flask, clock: SettableClock) -> None:
    campaign, actor = a_campaign(), a_member_of_staff(role="campaign").id
    a_paid_gift(campaign=campaign)
    later = replace(settings_of(campaign.id).settings, starts_on=date(2027, 1, 1))
    with pytest.raises(FormWouldClose):
        save(campaign.id, later, actor, clock)
    agreed = SettingsChange(settings=later, version=settings_of(campaign.id).version, actor_id=actor, closes_form=True)
    change_settings(campaign.id, agreed, context=a_context(clock, account=ACCOUNT))
    with pytest.raises(WrongCampaignState):
        carry_out(
            CampaignDecision(campaign_id=campaign.id, act=CampaignAct.WITHDRAW, actor_id=actor),
            context=a_context(clock, account=ACCOUNT),
        )


@pytest.mark.database("sqlite")
@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"slug": "School"}, rules.BadSlug),
        ({"slug": "a--b"}, rules.BadSlug),
        ({"slug": "quilt"}, rules.SlugTaken),
        ({"series": "slb"}, rules.BadSeries),
        ({"series": "TEST"}, rules.BadSeries),
        ({"series": "QUI"}, rules.SeriesTaken),
        ({"sender_name": {"en": "Library\r\nBcc: all@example.org"}}, rules.BadSenderName),
        ({"sender_name": {"ru": "х" * 61}}, rules.BadSenderName),
        ({"ends_on": date(2026, 12, 1)}, rules.EndsBeforeStart),
        ({"ends_on": date(2037, 1, 1)}, rules.TooLong),
        ({"currency": "RUB"}, rules.UnsupportedCurrency),
        ({"currency": "KGS"}, rules.GoalCurrencyNotSettled),
    ],
)
def test_what_cannot_be_used_is_refused(
    app: Flask, clock: SettableClock, change: dict[str, object], refusal: type[DomainError]
) -> None:
    a_campaign()
    with pytest.raises(refusal):
        create(clock, replace(NEW, **change))  # type: ignore[arg-type]  # one field at a time


def test_an_opened_campaign_keeps_its_address_and_one_with_receipts_its_prefix(
    app: Flask, clock: SettableClock
) -> None:
    actor = a_member_of_staff(role="campaign").id
    campaign_id = create(clock)
    moved = replace(NEW, slug="library", currency="EUR", series="LIB", ends_on=date(2027, 7, 1))
    with pytest.raises(rules.GoalCurrencyNotSettled) as not_settled:
        save(campaign_id, moved, actor, clock)
    assert not_settled.value.possible == ("USD",)
    save(campaign_id, moved, actor, clock, FakeAccount(currencies=("USD", "EUR")))
    assert settings_of(campaign_id).settings.slug == "library"
    assert {row.code for row in currencies_of(campaign_id)} == {"EUR", "USD"}
    public = a_campaign()
    a_paid_gift(campaign=public, donor_id=a_donor().id)
    present = settings_of(public.id).settings
    for change, refusal in (
        ({"slug": "other"}, rules.SlugIsFixed),
        ({"currency": "EUR"}, rules.SlugIsFixed),
        ({"ends_on": date(2027, 7, 1)}, EndNotLater),
        ({"series": "NEW"}, rules.SeriesIsFixed),
    ):
        with pytest.raises(refusal):
            save(public.id, replace(present, **change), actor, clock)
    save(public.id, replace(present, goal_minor=7), actor, clock)
    assert campaign_named("quilt").goal_minor == 7


@pytest.mark.parametrize(
    ("slug", "series", "refusal"), [("new", "QUI", rules.SeriesTaken), ("quilt", "NEW", rules.SlugTaken)]
)
def test_the_database_refuses_a_prefix_or_an_address_that_was_taken_at_the_same_moment(
    app: Flask, slug: str, series: str, refusal: type[DomainError]
) -> None:
    a_campaign()
    with pytest.raises(refusal), refusing_taken(slug, series):
        a_campaign(slug=slug, series=series, is_featured=False)


@pytest.mark.database("sqlite")
def test_a_prefix_of_receipts_that_are_no_campaigns_any_more_is_refused(app: Flask, clock: SettableClock) -> None:
    a_paid_gift(campaign=a_campaign(series="SLB"))
    with transaction() as session:
        session.execute(update(Campaign).values(series="OTHER"))
    with pytest.raises(rules.SeriesTaken):
        create(clock)


def test_settings_that_somebody_else_changed_are_not_overwritten(app: Flask, clock: SettableClock) -> None:
    campaign_id, actor = create(clock), a_member_of_staff(role="campaign").id
    read = settings_of(campaign_id).version
    save(campaign_id, replace(NEW, goal_minor=9_000_00), actor, clock)
    late = SettingsChange(settings=replace(NEW, ends_on=date(2027, 7, 1)), version=read, actor_id=actor)
    with pytest.raises(ChangedMeanwhile):
        change_settings(campaign_id, late, context=a_context(clock, account=ACCOUNT))
    assert settings_of(campaign_id).settings.goal_minor == 9_000_00


def test_a_currency_is_added_and_removed_within_the_providers_bounds(app: Flask, clock: SettableClock) -> None:
    campaign_id, actor = create(clock), a_member_of_staff(role="campaign").id
    dinar = CurrencySettings(
        code="KWD", minimum_minor=500, maximum_minor=900_000, fee_basis_points=290, fee_fixed_minor=0
    )
    for wrong, refusal in (
        (replace(dinar, code="RUB"), rules.UnsupportedCurrency),
        (replace(dinar, minimum_minor=505), rules.NotInSteps),
        (replace(dinar, minimum_minor=100), rules.BadBounds),
        (replace(dinar, maximum_minor=500), rules.BadBounds),
    ):
        with pytest.raises(refusal):
            save_currency(campaign_id, wrong, version="", actor_id=actor, clock=clock)
    save_currency(campaign_id, dinar, version="", actor_id=actor, clock=clock)
    assert [row.code for row in currencies_of(campaign_id)] == ["USD", "KWD"]
    with pytest.raises(rules.OwnCurrencyNeeded):
        remove_currency(campaign_id, "USD", actor_id=actor, clock=clock)
    with pytest.raises(ChangedMeanwhile):
        save_currency(campaign_id, replace(dinar, fee_basis_points=300), version="", actor_id=actor, clock=clock)
    remove_currency(campaign_id, "KWD", actor_id=actor, clock=clock)
    assert [row.code for row in currencies_of(campaign_id)] == ["USD"]


@pytest.mark.database("sqlite")
def test_every_currency_has_bounds_to_begin_with(app: Flask) -> None:
    for code in CURRENCIES:
        rules.check_bounds(code, *rules.default_bounds(code))
