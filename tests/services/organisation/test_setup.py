"""The set-up: each step is derived from what is there, and says what is missing."""

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import update

from campaign.config import Config
from campaign.database import transaction
from campaign.gateways.provider_account import NoAccount
from campaign.models.campaign import Campaign
from campaign.services.organisation.profile import OrganisationProfile, save_organisation
from campaign.services.organisation.setup import StepName, setup_steps
from tests.support.builders import a_campaign, a_member_of_staff
from tests.support.fakes import FakeAccount, SettableClock

COMPLETE = OrganisationProfile(
    legal_name={"en": "School Library Fund"},
    address={"en": "1 Chui Avenue"},
    place={"en": "Bishkek"},
    registration={"en": "No. 7"},
    country="KG",
    contact_email="hello@library.example",
)


@pytest.fixture
def config(app: Flask) -> Config:
    config: Config = app.config["KURAK"]
    return config


def missing(config: Config) -> dict[str, list[str]]:
    return {
        step.name: [item.label for item in step.missing]
        for step in setup_steps(config, FakeAccount())
        if not step.is_done
    }


def test_an_empty_installation_lacks_everything(config: Config) -> None:
    assert list(missing(config)) == list(StepName)
    assert missing(config)[StepName.ORGANISATION] == [
        *("Legal name", "Address", "Town", "Registration", "Country", "Contact email"),
    ]
    assert len(missing(config)[StepName.PEOPLE]) == 5


def test_each_step_is_done_by_what_is_there(config: Config, clock: SettableClock) -> None:
    save_organisation(COMPLETE, actor_id=None, clock=clock)
    campaign = a_campaign()
    with transaction() as session:
        session.execute(update(Campaign).values(stage="draft"))
    for role in ("admin", "campaign", "finance", "approver"):
        a_member_of_staff(role=role)
    assert missing(config)[StepName.PEOPLE] == ["A second administrator"]
    a_member_of_staff(role="admin", email="second@x.org")
    assert missing(config)[StepName.CAMPAIGN] == ["A campaign is published"]
    with transaction() as session:
        session.execute(update(Campaign).where(Campaign.id == campaign.id).values(stage="published"))
    on_server = replace(
        config,
        stripe_secret_key="sk_live_1",
        stripe_webhook_secrets=("whsec_1",),
        mail_url="smtp://mail.library.kg",
        mail_from="Library <give@library.kg>",
    )
    assert missing(on_server) == {}
    assert "Real money is taken" in missing(replace(on_server, stripe_secret_key="sk_test_1"))[StepName.PAYMENTS]


@pytest.mark.database("sqlite")
def test_a_demonstration_is_no_first_campaign(config: Config) -> None:
    a_campaign(is_demo=True)
    assert "A campaign is created" in missing(config)[StepName.CAMPAIGN]


@pytest.mark.database("sqlite")
def test_one_person_does_not_approve_alone(config: Config) -> None:
    a_member_of_staff(role="approver")
    assert "Somebody else who approves" in missing(config)[StepName.PEOPLE]
    a_member_of_staff(role="campaign")
    assert missing(config)[StepName.PEOPLE] == ["An administrator", "A second administrator", "Somebody for finance"]
    a_member_of_staff(role="finance")
    assert missing(config)[StepName.PEOPLE] == ["An administrator", "A second administrator"]


@pytest.mark.database("sqlite")
def test_a_goal_that_gifts_cannot_reach_is_named(config: Config) -> None:
    a_campaign()
    payments = setup_steps(config, FakeAccount(currencies=("EUR", "GBP")))[2]
    assert payments.missing[-1].advice == (
        "Gifts would not count toward the goal of quilt (USD): the account is credited in EUR, GBP alone."
    )
    silent = setup_steps(config, NoAccount())[2].missing[-1].advice
    assert silent == "This cannot be checked before the account answers; no campaign can be opened until then."
