"""Takes care of several programs at once: starts them, starts the dead ones again, and leaves none behind.

Each program leads a process group of its own, so that it is ended together with whatever it started itself, and a
Ctrl-C in the terminal reaches the supervisor alone, which ends the others in order.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

GRACE_SECONDS = 8.0
"""How long a program may take to end by itself before it is killed."""
DEATHS_MAX = 3
DEATHS_WINDOW_SECONDS = 60.0
POLL_SECONDS = 0.05
STOPPING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PR_SET_PDEATHSIG = 1


class ProgramFailed(Exception):
    """A program ended although it should run; the message is a sentence for the person at the terminal."""


@dataclass
class Program:
    """Something that runs until it is ended, or, as a task, to its own end. `deaths`: the moments of its last ends."""

    name: str
    command: list[str]
    process: "subprocess.Popen[bytes]"
    is_task: bool = False
    deaths: deque[float] = field(default_factory=lambda: deque(maxlen=DEATHS_MAX))


class Supervisor:
    """Runs programs until a signal comes. Use it as a context: leaving it ends them all, the last started first."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._programs: list[Program] = []
        self._signals = 0
        self.grace_seconds = GRACE_SECONDS

    def __enter__(self) -> "Supervisor":
        for number in STOPPING_SIGNALS:
            signal.signal(number, self._on_signal)
        return self

    def __exit__(self, *_: object) -> None:
        self._stop_all()

    @property
    def is_stopping(self) -> bool:
        return self._signals > 0

    def start(self, name: str, command: list[str]) -> None:
        """Start a program that is to run until the end."""
        self._programs.append(Program(name, command, _spawn(command)))

    def begin(self, name: str, command: list[str]) -> Program:
        """Start a program that ends by itself; `result_of` waits for it."""
        program = Program(name, command, _spawn(command, stdout=subprocess.PIPE), is_task=True)
        self._programs.append(program)
        return program

    def result_of(self, task: Program) -> tuple[int, str] | None:
        """Its status and what it printed, when it has ended; None when a stopping signal came first."""
        if not self.wait(lambda: _is_dead(task)):
            return None
        self._programs.remove(task)
        printed = task.process.stdout.read() if task.process.stdout else b""
        return task.process.returncode, printed.decode()

    def wait(self, condition: Callable[[], bool], *, timeout_seconds: float = 600.0) -> bool:
        """Wait until the condition holds; False when a stopping signal came first.

        ProgramFailed when a program that should run has ended meanwhile, or when the time is over.
        """
        deadline = time.monotonic() + timeout_seconds
        while not condition():
            if self.is_stopping:
                return False
            for program in self._programs:
                if _is_dead(program) and not program.is_task:
                    raise ProgramFailed(f"the {program.name} {_end_of(program)}; it may have said why above.")
            if time.monotonic() > deadline:
                raise ProgramFailed(f"nothing happened for {timeout_seconds:.0f} seconds, so the start is given up.")
            time.sleep(POLL_SECONDS)
        return True

    def watch(self) -> None:
        """Start again what dies, until a stopping signal comes; ProgramFailed when one does not stay up."""
        while not self.is_stopping:
            for program in self._programs:
                if _is_dead(program):
                    self._start_again(program)
            time.sleep(POLL_SECONDS)

    def _start_again(self, program: Program) -> None:
        how = _end_of(program)
        _kill_group(program.process.pid)
        program.deaths.append(time.monotonic())
        if len(program.deaths) == DEATHS_MAX and program.deaths[-1] - program.deaths[0] < DEATHS_WINDOW_SECONDS:
            raise ProgramFailed(f"the {program.name} {how}, for the {DEATHS_MAX}rd time in a minute.")
        self._say(f"The {program.name} {how}; it is started again.")
        program.process = _spawn(program.command)

    def _stop_all(self) -> None:
        """End every program and what it started: asked first, killed after a while or at a second signal."""
        for program in reversed(self._programs):
            if not _is_dead(program):
                program.process.terminate()
        deadline = time.monotonic() + self.grace_seconds
        hurry = self._signals + 1
        while not all(map(_is_dead, self._programs)) and time.monotonic() < deadline and self._signals < hurry:
            time.sleep(POLL_SECONDS)
        for program in self._programs:
            if not _is_dead(program) and self.grace_seconds:
                self._say(f"The {program.name} did not end by itself and is killed.")
            _kill_group(program.process.pid)
            program.process.wait()

    def _on_signal(self, _number: int, _frame: object) -> None:
        self._signals += 1


def _spawn(command: list[str], *, stdout: int | None = None) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        process_group=0,
        preexec_fn=end_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509  # there are no threads here
    )


def end_with_parent() -> None:
    """In the child: Linux is to end it when the supervisor is killed and cannot do it."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _is_dead(program: Program) -> bool:
    return program.process.poll() is not None


def _end_of(program: Program) -> str:
    code = program.process.returncode
    return f"was ended by signal {-code}" if code < 0 else f"ended with status {code}"


def _kill_group(leader: int) -> None:
    """Kill what is left of a program's group; its leader's number is not given to another while the group lives."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)
