"""Several worker processes that start at one moment to settle all that is due."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from campaign.cli.serve import MEMORY
from campaign.database import reading
from campaign.models.inbox import ProviderEvent
from tests.bench.client import NotMeasured
from tests.bench.installation import Installation
from tests.bench.processes import ROOT
from tests.bench.worker import Worked

OVER = ("processed", "ignored")
"""States of an event of which nothing is left to do."""


@dataclass(frozen=True, slots=True)
class Crew:
    """Processes of `worker`, started and warm."""

    members: "list[subprocess.Popen[str]]"

    def settle(self, way: str, events: int, *, workers: int) -> tuple[float, list[Worked]]:
        """Let some of them work off what is due; the seconds until the last was done, and what each did."""
        chosen = self.members[:workers]
        begin = time.perf_counter()
        for one in chosen:
            assert one.stdin
            one.stdin.write(f"{way}\n")
            one.stdin.flush()
        answers = [Worked(**_answer(one)) for one in chosen]
        seconds = time.perf_counter() - begin
        if sum(worked.done for worked in answers) != events or _left():
            raise NotMeasured(f"{events} events were due, {[one.done for one in answers]} done, {_left()} left")
        return seconds, answers


@contextmanager
def crew_of(size: int, made: Installation) -> Iterator[Crew]:
    """So many worker processes on an installation; they end with the block."""
    command = [sys.executable, "-m", "tests.bench.worker"]
    settings = {"INSTANCE_DIR": str(made.folder), "DATABASE_URL": made.database_url, "PYTHONPATH": str(ROOT)}
    with ExitStack() as stack, (made.folder / "workers.log").open("ab") as log:
        members = []
        for _ in range(size):
            process = subprocess.Popen(
                command,
                cwd=made.folder,
                env={**os.environ, **MEMORY, **settings},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
            members.append(stack.enter_context(process))  # which closes what it reads, so that it ends
        for one in members:
            _answer(one)
        yield Crew(members)


def _answer(process: "subprocess.Popen[str]") -> dict[str, Any]:  # what JSON can say
    assert process.stdout
    line = process.stdout.readline()
    if not line:
        raise NotMeasured("a worker has ended; workers.log says why")
    answer: dict[str, Any] = json.loads(line)
    return answer


def _left() -> int:
    with reading() as session:
        waiting = select(func.count()).select_from(ProviderEvent).where(ProviderEvent.state.not_in(OVER))
        return int(session.execute(waiting).scalar_one())
