"""A process that dies in the middle: at a statement, just before a commit, or just after it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event

from campaign.extensions import db


class SimulatedCrash(BaseException):
    """Not an Exception: no service may catch it, as none can catch a power cut."""


@dataclass(frozen=True)
class Crash:
    """Where to die: the `number`-th time that this happens."""

    when: str  # "statement", "commit" (before it) or "committed" (after it)
    number: int


@dataclass
class _Fuse:
    """Burns down by one each time, and then goes off once."""

    crash: Crash
    left: int

    def burn(self, *_: Any) -> None:  # whatever the event hands over
        self.left -= 1
        if self.left == 0:
            raise SimulatedCrash(self.crash)


@contextmanager
def crashing(crash: Crash) -> Iterator[None]:
    """Die there, if the block gets so far."""
    fuse = _Fuse(crash, crash.number)
    engine: Any = db.engine  # its dialect's methods are replaced for a moment
    commit = engine.dialect.do_commit

    def dying_commit(connection: Any) -> None:
        if crash.when == "commit":
            fuse.burn()
        commit(connection)
        if crash.when == "committed":
            fuse.burn()

    if crash.when == "statement":
        event.listen(engine, "before_cursor_execute", fuse.burn)
    else:
        engine.dialect.do_commit = dying_commit
    try:
        yield
    finally:
        if crash.when == "statement":
            event.remove(engine, "before_cursor_execute", fuse.burn)
        else:
            engine.dialect.do_commit = commit
        if fuse.left <= 0:
            db.session.remove()  # the process is gone, and its session with it
