"""Programs that are taken care of: started, started again, and none left behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

SUPERVISED = """
import sys
from campaign.cli.supervisor import Supervisor
from campaign.cli.programs import ProgramFailed
from campaign.cli import supervisor as module
folder, program, vital = sys.argv[1:]
module.MIN_PAUSE_SECONDS = module.MAX_PAUSE_SECONDS = 0.2
try:
    with Supervisor(lambda text: print(text, flush=True)) as supervisor:
        note = lambda pid: print("died:", pid, flush=True)
        supervisor.start("worker", [sys.executable, "-c", program, folder], is_vital=bool(vital), on_death=note)
        print("ready", flush=True)
        supervisor.watch()
except ProgramFailed as problem:
    sys.exit(str(problem))
"""
NOTES_ITS_ID = "import os, sys, time; open(f'{sys.argv[1]}/{os.getpid()}', 'w').close(); "
SLEEPS = NOTES_ITS_ID + "time.sleep(60)"
IS_DEAF = "import signal; [signal.signal(n, signal.SIG_IGN) for n in (2, 15)]; " + SLEEPS
HAS_A_CHILD = (
    NOTES_ITS_ID + "import subprocess; "
    f"subprocess.Popen([sys.executable, '-c', {IS_DEAF!r}, sys.argv[1]]); time.sleep(60)"
)
DIES = NOTES_ITS_ID + "sys.exit(7)"
MAX_SECONDS = 20.0


def supervise(folder: Path, program: str, *, is_vital: bool = True) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", SUPERVISED, str(folder), program, "yes" if is_vital else ""]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def processes(folder: Path) -> list[int]:
    """The processes that noted their ids."""
    return sorted(int(path.name) for path in folder.iterdir())


def living(folder: Path) -> list[int]:
    return [number for number in processes(folder) if _lives(number)]


def _lives(number: int) -> bool:
    """Whether a process runs; one that has ended and waits to be noticed by its parent does not."""
    try:
        stat = Path(f"/proc/{number}/stat").read_text(encoding="ascii")
    except FileNotFoundError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + MAX_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "nothing happened"
        time.sleep(0.02)


pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes in /proc, as Linux has it"),
]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_everything(tmp_path: Path, number: signal.Signals) -> None:
    with supervise(tmp_path, SLEEPS) as supervisor:
        wait_until(lambda: len(living(tmp_path)) == 1)
        supervisor.send_signal(number)
        assert supervisor.wait(MAX_SECONDS) == 0
        assert living(tmp_path) == []


def test_child_processes_end_with_their_program_even_if_they_ignore_signals(tmp_path: Path) -> None:
    with supervise(tmp_path, HAS_A_CHILD) as supervisor:
        wait_until(lambda: len(living(tmp_path)) == 2)
        supervisor.terminate()
        assert supervisor.wait(MAX_SECONDS) == 0
        assert living(tmp_path) == []


def test_a_second_signal_does_not_wait_for_programs_that_ignore_signals(tmp_path: Path) -> None:
    with supervise(tmp_path, IS_DEAF) as supervisor:
        wait_until(lambda: len(living(tmp_path)) == 1)
        started = time.monotonic()
        supervisor.terminate()
        time.sleep(0.3)
        supervisor.terminate()
        assert supervisor.wait(MAX_SECONDS) == 0
        assert time.monotonic() - started < 6
        assert living(tmp_path) == []


def test_a_killed_program_is_reported_and_started_again(tmp_path: Path) -> None:
    with supervise(tmp_path, SLEEPS) as supervisor:
        wait_until(lambda: len(living(tmp_path)) == 1)
        os.kill(living(tmp_path)[0], signal.SIGKILL)
        wait_until(lambda: len(processes(tmp_path)) == 2)
        supervisor.terminate()
        output, _ = supervisor.communicate(timeout=MAX_SECONDS)
        assert "The worker was ended by signal 9; it is started again." in output


def test_a_program_that_is_not_vital_may_end_repeatedly(tmp_path: Path) -> None:
    with supervise(tmp_path, DIES, is_vital=False) as supervisor:
        wait_until(lambda: len(processes(tmp_path)) >= 5)
        assert supervisor.poll() is None
        supervisor.terminate()
        output, _ = supervisor.communicate(timeout=MAX_SECONDS)
        assert "The worker ended with status 7; it does not stay up, so it is started again in 0 seconds." in output
        died = {f"died: {number}" for number in processes(tmp_path)} & set(output.splitlines())
        assert len(died) >= 4


def test_a_vital_program_that_keeps_ending_stops_the_supervisor(tmp_path: Path) -> None:
    with supervise(tmp_path, DIES) as supervisor:
        _, output = supervisor.communicate(timeout=MAX_SECONDS)
        assert supervisor.returncode == 1
        assert output.strip() == "the worker ended with status 7, for the 3rd time in a minute."
        assert len(processes(tmp_path)) == 3


@pytest.mark.skipif(sys.platform != "linux", reason="Linux ends children with their parent")
def test_a_killed_supervisor_leaves_nothing_behind(tmp_path: Path) -> None:
    with supervise(tmp_path, SLEEPS) as supervisor:
        wait_until(lambda: len(living(tmp_path)) == 1)
        supervisor.kill()
        supervisor.communicate()
        wait_until(lambda: living(tmp_path) == [])
