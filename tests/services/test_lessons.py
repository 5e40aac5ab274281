"""Bugs that others had: each of docs/lessons.md names a test of ours that exists, or says why it cannot happen here."""

import re

from sqlalchemy import select

from campaign.database import reading
from campaign.models.donation import Donation
from campaign.services.gifts.checkout import start_checkout
from campaign.services.queues import inbox
from tests.services.engine import Engine
from tests.support.tree import ROOT

ROW = re.compile(r"^\| (\d+) \| (.+) \| (.+) \| (.+) \|$", re.MULTILINE)
NAME = re.compile(r"`(test_\w+)`")
NEEDLESS = "Cannot happen:"
LESSONS = 38


def rows() -> list[tuple[str, ...]]:
    return [match.groups() for match in ROW.finditer((ROOT / "docs/lessons.md").read_text(encoding="utf-8"))]


def names_of_tests() -> set[str]:
    files = (ROOT / "tests").rglob("test_*.py")
    return {name for file in files for name in re.findall(r"def (test_\w+)\(", file.read_text(encoding="utf-8"))}


def test_every_lesson_has_its_row() -> None:
    assert [int(number) for number, *_rest in rows()] == list(range(1, LESSONS + 1))


def test_every_lesson_has_a_test_or_says_why_it_needs_none() -> None:
    untested = [
        number for number, *_rest, shown_by in rows() if not NAME.findall(shown_by) and NEEDLESS not in shown_by
    ]
    assert untested == []


def test_every_named_test_exists() -> None:
    named = {name for *_rest, shown_by in rows() for name in NAME.findall(shown_by)}
    assert len(named) > LESSONS
    assert named <= names_of_tests()


def test_no_words_of_ours_go_onto_the_card_statement(engine: Engine) -> None:
    """A campaign's title in Cyrillic would make every payment fail there."""
    start_checkout(engine.request(language="ky"), context=engine.context)
    with reading() as session:
        params = session.execute(select(Donation.checkout_params)).scalar_one()
    assert "statement_descriptor" not in str(params)


def test_two_workers_never_hold_the_same_event(engine: Engine) -> None:
    for number in range(3):
        engine.tell("charge.updated", f"ch_{number}")
    claimed = [inbox.claim_next(clock=engine.clock) for _ in range(4)]
    assert len({event.id for event in claimed if event}) == 3
    assert claimed[-1] is None
    engine.clock.advance(minutes=6)  # the lease of a worker that died has passed
    again = inbox.claim_next(clock=engine.clock)
    assert again
    assert again.attempts == 2
