"""A campaign with its form, and a gift at the payment page, for tests of the donors' pages."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.builders import a_campaign, a_fund
from tests.support.fakes import SettableClock
from tests.support.pages import fetch_address


@pytest.fixture
def campaign_with_fund(app: Flask) -> None:
    """USD gifts of 5 to 50,000, offered 10, 25, 50 and 100; som from 200."""
    a_fund(campaign=a_campaign(), code="THEME-GRANTS")


@pytest.fixture
def payment_page(app: Flask, client: FlaskClient, clock: SettableClock) -> None:
    """Fill in the form with this client, up to the payment page."""
    a_campaign()
    form = fetch_address(client, "/en/donate")
    clock.advance(seconds=10)
    form.submit(client, "form[data-give]", amount="25", cover_fees="yes", public_name="Aida", anonymous="0")
