"""The stage as a fixture, on each database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.site import running_site
from tests.reconciling.stage import ReconciliationScenario


@pytest.fixture
def stage(database_url: str, tmp_path: Path) -> Iterator[ReconciliationScenario]:
    """Product and sandbox; afterwards the books must be clean."""
    with running_site(database_url, tmp_path) as site, site.app.app_context():
        yield ReconciliationScenario(site)
        site.close()
