"""Fixtures: the services joined to a sandbox of their own, for gifts given once and for monthly gifts."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gateways.joined import Joined, joined_to_sandbox
from tests.gateways.monthly_gifts import Monthly, monthly_gifts


@pytest.fixture
def joined(database_url: str, tmp_path: Path) -> Iterator[Joined]:
    """An app on a database of its own with the real gateway; afterwards its books must be clean."""
    with joined_to_sandbox(database_url, tmp_path) as both:
        yield both


@pytest.fixture
def monthly(database_url: str, tmp_path: Path) -> Iterator[Monthly]:
    """The same with monthly gifts, whose months pass by the sandbox's clock."""
    with monthly_gifts(database_url, tmp_path) as joined:
        yield joined
