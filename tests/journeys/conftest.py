"""The running site as a fixture, on each database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.site import Browser, Site, running_site


@pytest.fixture
def site(database_url: str, tmp_path: Path) -> Iterator[Site]:
    """The whole product running; afterwards the books must be clean."""
    with running_site(database_url, tmp_path) as running, running.app.app_context():
        yield running
        running.close()


@pytest.fixture
def browser(site: Site) -> Browser:
    return site.browser()
