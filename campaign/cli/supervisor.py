"""Supervises several programs: starts them, restarts those that end, and stops them all.

Each program leads a process group of its own, so that it is ended together with its children, and a Ctrl-C in the
terminal reaches the supervisor alone, which ends the others in order.
"""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable

from campaign.cli.programs import MAX_DEATHS, Program, ProgramFailed, end_of, has_ended, spawn

GRACE_SECONDS = 8.0
"""How long a program may take to end by itself before it is killed."""
DEATHS_WINDOW_SECONDS = 60.0
MIN_PAUSE_SECONDS, MAX_PAUSE_SECONDS = 10.0, 60.0
"""How long a program that does not stay up waits for its next start; each death in a row doubles it."""
POLL_SECONDS = 0.05
STOPPING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


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

    def start(
        self, name: str, command: list[str], *, is_vital: bool = True, on_death: Callable[[int], None] | None = None
    ) -> None:
        """Start a program that runs until the end. One that is not vital is restarted however often it ends.

        `on_death` gets the process id of each that failed or was killed.
        """
        self._programs.append(Program(name, command, spawn(command), is_vital=is_vital, on_death=on_death))

    def begin(self, name: str, command: list[str]) -> Program:
        """Start a program that ends by itself; `result_of` waits for it."""
        program = Program(name, command, spawn(command, stdout=subprocess.PIPE), is_task=True)
        self._programs.append(program)
        return program

    def result_of(self, task: Program) -> tuple[int, str] | None:
        """Return its status and output when it has ended; None when a stopping signal came first."""
        if not self.wait(lambda: has_ended(task)):
            return None
        self._programs.remove(task)
        printed = task.process.stdout.read() if task.process.stdout else b""
        return task.process.returncode, printed.decode()

    def wait(self, condition: Callable[[], bool], *, timeout_seconds: float = 600.0) -> bool:
        """Wait until the condition holds; return False when a stopping signal came first.

        Raises:
            ProgramFailed: a vital program has ended meanwhile, or the time is over.
        """
        deadline = time.monotonic() + timeout_seconds
        while not condition():
            if self.is_stopping:
                return False
            for program in self._programs:
                if has_ended(program) and program.is_vital and not program.is_task:
                    raise ProgramFailed(f"the {program.name} {end_of(program)}; it may have said why above.")
            if time.monotonic() > deadline:
                raise ProgramFailed(f"nothing happened for {timeout_seconds:.0f} seconds, so the start is given up.")
            time.sleep(POLL_SECONDS)
        return True

    def watch(self) -> None:
        """Restart what ends, until a stopping signal comes.

        Raises:
            ProgramFailed: a vital program does not stay up.
        """
        while not self.is_stopping:
            for program in self._programs:
                if has_ended(program):
                    self._start_again(program)
            time.sleep(POLL_SECONDS)

    def _start_again(self, program: Program) -> None:
        at = time.monotonic()
        if program.start_again_at is None:
            program.start_again_at = at + self._note_death(program, at)
        if at >= program.start_again_at:
            program.process = spawn(program.command)
            program.started_at, program.start_again_at = time.monotonic(), None

    def _note_death(self, program: Program, at: float) -> float:
        """Clean up and report; return the seconds to wait before the next start."""
        how = end_of(program)
        _kill_group(program.process.pid)
        if program.on_death and program.process.returncode:
            program.on_death(program.process.pid)
        program.deaths.append(at)
        lived_long = at - program.started_at >= DEATHS_WINDOW_SECONDS
        program.deaths_in_a_row = 1 if lived_long else program.deaths_in_a_row + 1
        if not program.is_vital and program.deaths_in_a_row >= MAX_DEATHS:
            pause = min(MIN_PAUSE_SECONDS * 2.0 ** min(program.deaths_in_a_row - MAX_DEATHS, 30), MAX_PAUSE_SECONDS)
            self._say(f"The {program.name} {how}; it does not stay up, so it is started again in {pause:.0f} seconds.")
            return float(pause)
        if len(program.deaths) == MAX_DEATHS and program.deaths[-1] - program.deaths[0] < DEATHS_WINDOW_SECONDS:
            raise ProgramFailed(f"the {program.name} {how}, for the {MAX_DEATHS}rd time in a minute.")
        self._say(f"The {program.name} {how}; it is started again.")
        return 0.0

    def _stop_all(self) -> None:
        """End every program and its children: by a signal first, by a kill after a while or at a second signal."""
        for program in reversed(self._programs):
            if not has_ended(program):
                program.process.terminate()
        deadline = time.monotonic() + self.grace_seconds
        signals_to_kill = self._signals + 1
        while (
            not all(map(has_ended, self._programs)) and time.monotonic() < deadline and self._signals < signals_to_kill
        ):
            time.sleep(POLL_SECONDS)
        for program in self._programs:
            if program.start_again_at is not None:
                continue  # nothing is left of it, and its number may be another's by now
            if not has_ended(program) and self.grace_seconds:
                self._say(f"The {program.name} did not end by itself and is killed.")
            _kill_group(program.process.pid)
            program.process.wait()

    def _on_signal(self, _number: int, _frame: object) -> None:
        self._signals += 1


def _kill_group(leader: int) -> None:
    """Kill what is left of a program's group; its leader's number is not reused while the group exists."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)
