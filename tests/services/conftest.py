"""The engine as a fixture."""

import pytest
from flask import Flask

from tests.fakes import FakePayments, RecordingMailer, SettableClock
from tests.services.engine import Engine


@pytest.fixture
def engine(app: Flask, payments: FakePayments, mailer: RecordingMailer, clock: SettableClock) -> Engine:
    """A campaign that takes gifts, and the services around it."""
    return Engine.started(app, payments, mailer, clock)
