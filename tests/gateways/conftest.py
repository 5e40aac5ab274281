"""One fixture: the services joined to a sandbox of their own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gateways.joined import Joined, joined_to_sandbox


@pytest.fixture
def joined(database_url: str, tmp_path: Path) -> Iterator[Joined]:
    """An app on a database of its own with the real gateway; afterwards its books must be clean."""
    with joined_to_sandbox(database_url, tmp_path) as both:
        yield both
