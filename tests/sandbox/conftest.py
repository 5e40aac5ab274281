"""Fixtures of the sandbox's own tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import stripe

from tests.sandbox.running import Listener, RunningSandbox, listening, running_sandbox


@pytest.fixture
def listener() -> Iterator[Listener]:
    """A webhook endpoint that keeps what it gets."""
    with listening() as opened:
        yield opened


@pytest.fixture
def running(tmp_path: Path, listener: Listener) -> Iterator[RunningSandbox]:
    """A sandbox that sends to the listener when it is told to."""
    with running_sandbox(tmp_path, webhook_url=listener.url) as opened:
        yield opened


@pytest.fixture
def client(running: RunningSandbox) -> stripe.StripeClient:
    """The official library, pointed at the sandbox."""
    return running.client()
