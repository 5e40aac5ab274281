"""A worker process that settles on a command: `python -m tests.bench.worker`, with the settings in its environment.

Each line that it reads names a way, `ours` or `hand`; it settles all that is due that way and answers with a line of
JSON. The provider is in its memory.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from campaign.extensions import db
from campaign.gateways.clock import SystemClock
from campaign.jobs import settle_inbox, work_off
from tests.bench.by_hand import settle_by_hand
from tests.bench.installation import Installation
from tests.bench.processes import resident_mb
from tests.bench.ready import ReadyPayments, facts_of

SAMPLE_EVERY = 50


@dataclass(slots=True)
class Worked:
    """How many events were worked off, and the CPU spent and the memory resident when every fiftieth was done."""

    done: int = 0
    cpu_seconds: float = 0.0
    at_cpu_seconds: list[float] = field(default_factory=list)
    resident_mb: list[float] = field(default_factory=list)


def main() -> None:
    """Serve until there is nothing more to read."""
    made = Installation(Path(os.environ["INSTANCE_DIR"]), os.environ["DATABASE_URL"])
    with made.app(ReadyPayments()):
        engine = db.engine
        ways: dict[str, Callable[[], bool]] = {
            "ours": settle_inbox,
            "hand": lambda: settle_by_hand(engine, facts_of, clock=SystemClock(), commits=2),
        }
        _say({"ready": True})
        for line in sys.stdin:
            _say(asdict(_work(ways[line.strip()])))


def _work(step: Callable[[], bool]) -> Worked:
    worked = Worked()
    begin = time.process_time()

    def counted() -> bool:
        did = step()
        worked.done += did
        if did and worked.done % SAMPLE_EVERY == 0:
            worked.at_cpu_seconds.append(time.process_time() - begin)
            worked.resident_mb.append(resident_mb(os.getpid()))
        return did

    work_off(counted, linger_seconds=0)
    worked.cpu_seconds = time.process_time() - begin
    return worked


def _say(result: object) -> None:
    sys.stdout.write(f"{json.dumps(result)}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
