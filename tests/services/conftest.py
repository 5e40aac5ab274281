"""The engine as a fixture."""

import pytest
from flask import Flask

from tests.services.engine import Engine
from tests.support.fakes import FakePayments, RecordingMailer, SettableClock


@pytest.fixture
def engine(app: Flask, payments: FakePayments, mailer: RecordingMailer, clock: SettableClock) -> Engine:
    """A campaign that takes gifts, and the services around it."""
    return Engine.started(app, payments, mailer, clock)
