"""Scenes of the fire drill, played on a whole installation; `make drill` plays all of them on real processes."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from campaign.domain.errors import DomainError
from campaign.gateways.sandbox_console import SandboxConsole
from campaign.jobs import work_off_everything
from campaign.services.drill import scenes
from campaign.services.drill.playing import open_campaign, play_week
from campaign.services.drill.stage import DrillContext, SceneFailed
from tests.journeys.site import Site

pytestmark = pytest.mark.faults


@pytest.fixture
def stage(site: Site, tmp_path: Path) -> Iterator[DrillContext]:
    """A drill's stage, with a worker that works all the time."""
    stopping = threading.Event()

    def work() -> None:
        with site.app.app_context():
            while not stopping.wait(0.05):
                site.sandbox.deliver()
                work_off_everything()

    worker = threading.Thread(target=work)
    worker.start()
    yield DrillContext(
        site=site.url,
        campaign=open_campaign(clock=site.clock),
        console=ForwardConsole(site),
        context=site.app.extensions["context"],
        outage=tmp_path / "mail_is_down",
        worker_pids=(tmp_path / "worker.pid",),
        wake=lambda _kind: None,
    )
    stopping.set()
    worker.join()


class ForwardConsole(SandboxConsole):
    """The sandbox's levers; the product's clock, which a test holds in its hand, moves with them."""

    def __init__(self, site: Site) -> None:
        super().__init__(site.sandbox.api_base, site.sandbox.api_key)
        self._clock_of_product = site.clock

    def advance(self, seconds: int) -> None:
        super().advance(seconds)
        self._clock_of_product.advance(seconds=seconds)


@pytest.mark.database("sqlite")
def test_scenes_pass_on_a_sound_installation(stage: DrillContext) -> None:
    for scene in (scenes.an_impatient_donor, scenes.a_forged_delivery, scenes.refunds, scenes.disputes, scenes.payouts):
        scene(stage)
    scenes.the_books(stage)
    scenes.the_provider_agrees(stage)


@pytest.mark.database("sqlite")
def test_a_broken_installation_fails_its_scene_and_the_week_goes_on(
    stage: DrillContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_stage: DrillContext) -> None:
        """Something is refused."""
        raise DomainError("refused")

    monkeypatch.setattr(
        "campaign.services.drill.playing.WEEK", (("Monday", (refuse, scenes.the_worker_is_killed, scenes.the_books)),)
    )
    outcomes = play_week(stage, say=lambda _outcome: None)
    assert [outcome.has_passed for outcome in outcomes] == [False, False, True]
    assert outcomes[0].wrong == "DomainError: refused"
    assert outcomes[1].wrong == "no worker of this installation runs on this machine"


@pytest.mark.database("sqlite")
def test_books_that_differ_from_the_provider_fail_their_scene(
    stage: DrillContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = stage.give("25")
    monkeypatch.setattr(stage.console, "truth", list)
    stage.pay(given)
    stage.becomes(given, "paid")
    with pytest.raises(SceneFailed, match="was never paid at the provider"):
        scenes.the_provider_agrees(stage)
