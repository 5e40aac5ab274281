"""Small proofs: work that is quick to check, and codes that hold for a quarter of an hour."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.domain.proof_of_work import PUZZLES, code_for, is_code, is_solved, solve

NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)


def test_the_work_of_one_form_is_no_proof_for_another() -> None:
    solution = solve("a form")
    assert is_solved("a form", solution)
    assert not is_solved("another form", solution)


@pytest.mark.parametrize(
    "wrong", ["", "1", ".".join(["0"] * PUZZLES), ".".join(["²"] * PUZZLES), "." * (PUZZLES - 1), "9" * 400]
)
def test_what_is_no_solution_proves_nothing(wrong: str) -> None:
    assert not is_solved("a form", wrong)


@given(st.text(max_size=60))
def test_no_text_breaks_the_check(typed: str) -> None:
    assert not is_solved("a form", typed)
    assert isinstance(is_code(typed, "form", "a@example.org", at=NOW, secret="s"), bool)


def test_a_code_holds_a_quarter_of_an_hour_at_least_and_half_an_hour_at_most() -> None:
    code = code_for("form", "a@example.org", at=NOW, secret="s")
    for minutes, holds in ((0, True), (15, True), (29, True), (30, False)):
        at = NOW + timedelta(minutes=minutes)
        assert is_code(code, "form", "a@example.org", at=at, secret="s") is holds


def test_a_code_is_for_one_form_one_mailbox_and_one_installation() -> None:
    code = code_for("form", "a@example.org", at=NOW, secret="s")
    assert len(code) == 6
    assert code.isdigit()
    assert not is_code(code, "form2", "a@example.org", at=NOW, secret="s")
    assert not is_code(code, "form", "b@example.org", at=NOW, secret="s")
    assert not is_code(code, "form", "a@example.org", at=NOW, secret="t")
