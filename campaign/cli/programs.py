"""One program that the supervisor runs: its command, its process, and how it ended."""

import ctypes
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field


class ProgramFailed(Exception):
    """A program ended although it should run; the message is a sentence for the person at the terminal."""


@dataclass
class Program:
    """A program that runs until it is ended, or, as a task, to its own end. `deaths`: the times of its last ends.

    Without a vital program there is nothing to run; the others may end as often as they like.
    """

    name: str
    command: list[str]
    process: "subprocess.Popen[bytes]"
    is_task: bool = False
    is_vital: bool = True
    on_death: Callable[[int], None] | None = None
    started_at: float = field(default_factory=time.monotonic)
    start_again_at: float | None = None
    deaths_in_a_row: int = 0
    deaths: deque[float] = field(default_factory=lambda: deque(maxlen=MAX_DEATHS))


def spawn(command: list[str], *, stdout: int | None = None) -> "subprocess.Popen[bytes]":
    """Start a program in a process group of its own, which ends with the supervisor."""
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        process_group=0,
        preexec_fn=end_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509  # there are no threads here
    )


def has_ended(program: Program) -> bool:
    """Return whether the program's process is over."""
    return program.process.poll() is not None


def end_of(program: Program) -> str:
    """Return how the program ended, as the end of a sentence."""
    code = program.process.returncode
    return f"was ended by signal {-code}" if code < 0 else f"ended with status {code}"


MAX_DEATHS = 3


PR_SET_PDEATHSIG = 1


def end_with_parent() -> None:
    """In the child: make Linux end it when the supervisor is killed and cannot do it."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
