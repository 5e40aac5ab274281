"""Rounds of a worker: each kind of work gets its turn, so that a long backlog of one does not delay the others."""

import logging
import threading
import time
from collections.abc import Callable

from campaign.database import DatabaseBusy
from campaign.gateway_registry import current_context
from campaign.services.alarms import signs as alarm_signs

log = logging.getLogger(__name__)

Step = Callable[[], bool]
"""Does one piece of work; False when none was due."""
LINGER_SECONDS = 1.5
"""How long a round waits for more work before it ends."""
PAUSE_SECONDS = 0.1
TURN_SECONDS = 0.25
"""How long one kind of work goes on before the next one gets its turn."""
MAX_FAILURES = 10
BEAT_SECONDS = 60.0

stopping = threading.Event()
"""Set when the worker is to end: a round ends after the step that it is doing."""


class Heartbeat:
    """Records at most once a minute that a worker is running: a busy one begins no sweep."""

    def __init__(self, sign: str) -> None:
        self.sign = sign
        self._last = -BEAT_SECONDS

    def beat(self) -> None:
        if time.monotonic() - self._last >= BEAT_SECONDS:
            self._last = time.monotonic()
            alarm_signs.note(self.sign, clock=current_context().clock)


class Rounds:
    """Runs rounds over the same steps, at most `at_once` at the same time; a wake-up meanwhile is not lost."""

    def __init__(self, *steps: Step, sign: str, at_once: int) -> None:
        self._steps = steps
        self._heartbeat = Heartbeat(sign)
        self._free = threading.Semaphore(at_once)
        self._has_work = threading.Event()

    def run(self, *, linger_seconds: float = LINGER_SECONDS) -> None:
        """Run everything that is due; where enough rounds are running, leave it to one of them."""
        self._has_work.set()
        while self._has_work.is_set() and self._free.acquire(blocking=False):
            try:
                self._has_work.clear()
                work_off(*self._steps, linger_seconds=linger_seconds, after_work=self._heartbeat.beat)
            finally:
                self._free.release()


def work_off(
    *steps: Step, linger_seconds: float = LINGER_SECONDS, after_work: Callable[[], None] = lambda: None
) -> int:
    """Do the steps in turn until nothing has been due for a while; return how many were done.

    A step that fails does not stop the next row's. After MAX_FAILURES failures in a row it is not the row (a full disk,
    a lost database), so that kind of work is left to the next sweep.
    """
    failures = dict.fromkeys(steps, 0)
    done, idle_since = 0, time.monotonic()
    while not stopping.is_set() and min(failures.values()) < MAX_FAILURES:
        turns = [_take_turn(step, failures) for step in steps]
        did = sum(turn[0] for turn in turns)
        if did:
            done, idle_since = done + did, time.monotonic()
            after_work()
        if all(turn[1] for turn in turns):
            if time.monotonic() - idle_since >= linger_seconds:
                break
            time.sleep(PAUSE_SECONDS)
    return done


def _take_turn(step: Step, failures: dict[Step, int]) -> tuple[int, bool]:
    """Run one kind of work for a turn; return the number of pieces, and whether nothing more of it is due."""
    done, until = 0, time.monotonic() + TURN_SECONDS
    while failures[step] < MAX_FAILURES:
        did = attempt(step)
        if did is None:
            failures[step] += 1
        elif did:
            done, failures[step] = done + 1, 0
        else:
            return done, True
        if stopping.is_set() or time.monotonic() >= until:
            return done, False
    return done, True


def attempt(step: Step) -> bool | None:
    """Run a step; return whether it had something to do, or None when it failed, which is logged and stored with its row."""
    try:
        return step()
    except DatabaseBusy:
        log.warning("the database is busy; %s waits", step.__name__)
        return None
    except Exception:
        log.exception("%s failed", step.__name__)
        return None
