"""A story over real processes, a burst, and one bug put in on purpose; `make chaos` plays hundreds and all six bugs."""

import os
import threading
import time
from pathlib import Path

import pytest

from tests.chaos.acts import (
    Act,
    ChaosScenario,
    DashboardRefunds,
    Disputes,
    Gives,
    Judges,
    Pays,
    ProviderMisbehaves,
    TimePasses,
    Waits,
)
from tests.chaos.database import a_database
from tests.chaos.installation import Shape, installed
from tests.chaos.judging import come_to_rest, problems_of
from tests.chaos.mutants import MUTANTS
from tests.chaos.playing import alone
from tests.chaos.stories import Story, shortened, story_of

pytestmark = pytest.mark.faults

A_GIFT = (Gives(), Pays())
PLAYS_ALL = os.environ.get("KURAK_CHAOS") == "full"
BURST = 12 if PLAYS_ALL else 4
MAX_COMES_BACK_SECONDS = 120.0
CATCHES: dict[str, tuple[Act, ...]] = {
    "forgets_what_it_could_not_do": (
        Gives(),
        ProviderMisbehaves("error_before", times=500, path="/v1/checkout/sessions/"),
        Pays(),
        TimePasses(10),
        Waits(12),
    ),
    "takes_unpaid_for_paid": (Gives(), Pays(method="pm_sepaDebit_failed_at"), Waits(3)),
    "knows_its_own_refunds_alone": (*A_GIFT, TimePasses(10), DashboardRefunds(percent=40)),
    "takes_the_fee_for_income": A_GIFT,
    "tells_twice": A_GIFT,
    "books_a_dispute_at_every_event": (*A_GIFT, TimePasses(10), Disputes(), Waits(2), Judges(verdict="lost")),
}
"""A story for each bug that cannot end well with it."""


def the_server(request: pytest.FixtureRequest, kind: str) -> str | None:
    return request.getfixturevalue("postgresql_server") if kind == "postgresql" else None


@pytest.mark.parametrize(("kind", "seed"), [("sqlite", 3), ("postgresql", 2)] if PLAYS_ALL else [("postgresql", 2)])
def test_a_story_ends_with_the_provider_s_truth_in_the_books(
    kind: str, seed: int, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    server = the_server(request, kind)
    shape = Shape(web_workers=2, workers=2)
    assert alone(story_of(seed), kind=kind, server=server, folder=tmp_path, shape=shape) == []


@pytest.mark.parametrize("mutant", CATCHES if PLAYS_ALL else ["takes_the_fee_for_income"])
def test_a_bug_put_in_on_purpose_is_found(mutant: str, tmp_path: Path) -> None:
    story = Story(0, CATCHES[mutant])
    assert alone(story, kind="sqlite", server=None, folder=tmp_path, shape=Shape(mutant=mutant)) != []


def test_every_bug_has_a_story_that_finds_it() -> None:
    assert CATCHES.keys() == MUTANTS.keys()
    assert len(MUTANTS) >= 6


def test_the_same_seed_tells_the_same_story() -> None:
    assert story_of(5) == story_of(5)
    assert story_of(5) != story_of(6)
    assert story_of(7).loses_webhooks


def test_a_failing_story_is_shortened_to_what_it_takes() -> None:
    long = story_of(11)
    culprit = long.acts[len(long.acts) // 2]
    assert shortened(long, lambda shorter: culprit in shorter.acts, tries_max=200).acts == (culprit,)


def test_a_deploy_in_the_middle_of_a_burst_loses_nothing(tmp_path: Path) -> None:
    """Everything gets SIGTERM and is started again while donors give and pay; each program ends in time."""
    with a_database("sqlite", tmp_path, None) as database, installed(tmp_path, database, Shape(workers=2)) as here:
        stages = [ChaosScenario(here, f"donor{number}") for number in range(BURST)]
        donors = [threading.Thread(target=_give_and_pay, args=(stage,)) for stage in stages]
        for donor in donors:
            donor.start()
        for program in (*here.webs, *here.workers):
            program.replace()
        for donor in donors:
            donor.join()
        everybody = ChaosScenario(here, "everybody", pages=[page for stage in stages for page in stage.pages])
        come_to_rest(everybody)
        assert len(everybody.payments()) == BURST
        assert problems_of(everybody) == []


def _give_and_pay(stage: ChaosScenario) -> None:
    """Who finds the site down comes back, however long this machine takes to start it."""
    deadline = time.monotonic() + MAX_COMES_BACK_SECONDS
    while not stage.pages and time.monotonic() < deadline:
        Gives().do(stage)
    Pays().do(stage)
