"""A commit's subject says which part it changes, and how, on one line."""

import pytest

from tests.support.commit_subjects import is_good


@pytest.mark.parametrize("subject", ["receipts: print the conversion rate", "ledger check: find rows that are gone"])
def test_a_subject_with_its_component_is_good(subject: str) -> None:
    assert is_good(subject)


@pytest.mark.parametrize("subject", ["Print the rate", "receipts: ", "receipts: print the rate.", "mail: " + "x" * 67])
def test_any_other_subject_is_refused(subject: str) -> None:
    assert not is_good(subject)
