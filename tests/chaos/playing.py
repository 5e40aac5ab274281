"""Plays stories on installations, judges each, and shortens the first that fails."""

from collections.abc import Callable, Iterable
from pathlib import Path

from tests.chaos.acts import ChaosScenario
from tests.chaos.database import a_database
from tests.chaos.installation import AS_DEPLOYED, Installation, Shape, installed
from tests.chaos.judging import come_to_rest, problems_of, reconcile, unexplained
from tests.chaos.stories import Story, shortened, story_of

STORIES_AN_INSTALLATION = 10
"""Stories share one, so that each also meets what the ones before it left behind; a failing one is played again alone."""


def play(story: Story, here: Installation, *, is_mutated: bool = False) -> list[str]:
    """Play one story to its end; what is wrong afterwards."""
    stage = ChaosScenario(here, f"story{story.seed}")
    try:
        for act in story.acts:
            act.do(stage)
        come_to_rest(stage, is_mutated=is_mutated)
        if story.loses_webhooks:
            reconcile(stage)
        return problems_of(stage) or ([] if is_mutated else unexplained(stage))
    except AssertionError as wrong:
        return [str(wrong)]


def play_all(
    seeds: Iterable[int], *, kind: str, server: str | None, folder: Path, shape: Shape, say: Callable[[str], None]
) -> str | None:
    """Play the stories of these seeds; the first failure, as its shortest story and what was wrong, or None."""
    left = list(seeds)
    while left:
        batch, left = left[:STORIES_AN_INSTALLATION], left[STORIES_AN_INSTALLATION:]
        place = folder / f"stories-{batch[0]}"
        with a_database(kind, place, server) as database, installed(place, database, shape) as here:
            for seed in batch:
                wrong = play(story_of(seed), here)
                say(f"{kind} {seed}: {'; '.join(wrong) if wrong else 'well'}")
                if wrong:
                    logs = here.logs()
                    break
            else:
                continue
        return _report(story_of(seed), wrong, logs, lambda story: alone(story, kind=kind, server=server, folder=folder))
    return None


def _report(story: Story, wrong: list[str], logs: str, again: Callable[[Story], list[str]]) -> str:
    """The shortest story that fails by itself and what is wrong after it; or that it takes the ones before it."""
    words = "\n".join(wrong)
    if not again(story):
        return f"{story}\n{words}\n(alone, this story ends well: it met what the ones before it left behind)\n{logs}"
    short = shortened(story, lambda shorter: bool(again(shorter)))
    return f"{short}\n" + "\n".join(again(short) or ["(now and then)"]) + f"\nat first: {words}\n{logs}"


def alone(story: Story, *, kind: str, server: str | None, folder: Path, shape: Shape = AS_DEPLOYED) -> list[str]:
    """Play one story on an installation of its own; what is wrong afterwards."""
    place = folder / "alone"
    with a_database(kind, place, server) as database, installed(place, database, shape) as here:
        return play(story, here, is_mutated=bool(shape.mutant))
