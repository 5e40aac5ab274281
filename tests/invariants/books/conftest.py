"""The stage of a database, for histories that begin anew again and again."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.invariants.books.stage import LedgerScenario, stage_on


@pytest.fixture
def stage(database_url: str, tmp_path: Path) -> Iterator[LedgerScenario]:
    with stage_on(database_url, instance=tmp_path) as made:
        yield made
