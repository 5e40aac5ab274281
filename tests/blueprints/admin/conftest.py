"""A campaign, its gifts and a member of the finance staff, for tests of staff pages."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign.domain.donation import DonationState
from campaign.domain.money import Money
from campaign.models.campaign import Campaign
from campaign.models.donation import Donation
from tests.blueprints.admin.client import sign_in_as
from tests.support.builders import NOW, a_campaign, a_donation, a_donor, a_fund, a_paid_gift, usd
from tests.support.fakes import SettableClock


@pytest.fixture
def campaign(app: Flask) -> Campaign:
    return a_campaign()


@pytest.fixture
def finance(app: Flask, clock: SettableClock) -> FlaskClient:
    return sign_in_as(app, clock, role="finance").client


@pytest.fixture
def three_gifts(campaign: Campaign) -> dict[str, Donation]:
    """Of Айгүл 25 dollars yesterday, of Bermet 100 euros, of nobody named 40 dollars for events."""
    theme = a_fund(campaign=campaign)
    yesterday = NOW - timedelta(days=1)
    aigul: dict[str, Any] = {
        "donor_id": a_donor(email="aigul@example.org").id,
        "payer_name": "Айгүл",
        "public_name": "Айгүл",
    }
    bermet: dict[str, Any] = {
        "donor_id": a_donor(email="b@example.org").id,
        "payer_name": "Bermet",
        "public_name": None,
    }
    return {
        "aigul": a_paid_gift(campaign=campaign, at=yesterday, language="ky", **aigul),
        "bermet": a_paid_gift(campaign=campaign, gift=Money(100_00, "EUR"), **bermet),
        "open": a_donation(
            campaign=campaign, fund=theme, gift=usd(40_00), state=DonationState.OPEN, public_name=None, language="ru"
        ),
    }
