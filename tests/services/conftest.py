"""The engine, a campaign and somebody who works on it, as fixtures."""

import pytest
from flask import Flask

from campaign.models.campaign import Campaign
from tests.services.engine import Engine
from tests.support.builders import a_campaign, a_member_of_staff
from tests.support.fakes import FakePayments, RecordingMailer, SettableClock


@pytest.fixture
def engine(app: Flask, payments: FakePayments, mailer: RecordingMailer, clock: SettableClock) -> Engine:
    """A campaign that takes gifts, and the services around it."""
    return Engine.started(app, payments, mailer, clock)


@pytest.fixture
def campaign(app: Flask) -> Campaign:
    return a_campaign()


@pytest.fixture
def actor_id(campaign: Campaign) -> int:
    """The number of a person who works on the campaign."""
    return a_member_of_staff(role="campaign").id
