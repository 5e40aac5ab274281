"""Invariants 1 to 13 of docs/ledger.md hold after every step of random histories, on both databases."""

import pytest

from tests.invariants.books.histories import run
from tests.invariants.books.stage import LedgerScenario

pytestmark = pytest.mark.faults


def test_the_books_equal_the_model_after_every_step(stage: LedgerScenario) -> None:
    run(stage)
