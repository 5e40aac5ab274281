"""What several tests of pages begin with."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.blueprints.donations.pledge_page import DonorsPage
from tests.services.engine import Engine
from tests.services.pledges.steps import begin_pledge
from tests.support.fakes import FakePayments, RecordingMailer, SettableClock


@pytest.fixture
def page(
    app: Flask, client: FlaskClient, payments: FakePayments, mailer: RecordingMailer, clock: SettableClock
) -> DonorsPage:
    """The page of a monthly gift that has begun."""
    engine = Engine.started(app, payments, mailer, clock)
    return DonorsPage(client, engine, begin_pledge(engine))
