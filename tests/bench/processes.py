"""The servers that are measured: started on a free port, weighed from outside, ended by their own process id."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from campaign.cli.serve import MEMORY, WEB_OPTIONS
from tests.bench.client import NotMeasured, wait_until_it_answers

ROOT = Path(__file__).resolve().parents[2]
PROC = Path("/proc")
MAX_START_SECONDS = 30.0
OURS = "wsgi:app"


@dataclass(frozen=True, slots=True)
class Server:
    """A running server and all processes that it has started."""

    port: int
    process: "subprocess.Popen[bytes]"

    def workers(self) -> list[int]:
        """The process ids below the first one; itself where it works alone."""
        children = (PROC / str(self.process.pid) / "task" / str(self.process.pid) / "children").read_text().split()
        return [int(child) for child in children if _is_worker(int(child))] or [self.process.pid]

    def cpu_seconds(self) -> float:
        """User and system time of all its processes so far."""
        ticks = 0
        for pid in {self.process.pid, *self.workers()}:
            fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def resident_mb(self) -> float:
        """The resident memory of its largest worker."""
        return max(resident_mb(pid) for pid in self.workers())

    def whole_mb(self) -> float:
        """The memory of all its processes together; what they share is counted once."""
        return sum(proportional_mb(pid) for pid in {self.process.pid, *self.workers()})


def resident_mb(pid: int) -> float:
    """The resident memory of a process in megabytes (10⁶ bytes)."""
    for line in (PROC / str(pid) / "status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise NotMeasured(f"process {pid} has no resident memory")


def proportional_mb(pid: int) -> float:
    """A process's own memory and its part of what it shares, in megabytes (10⁶ bytes)."""
    for line in (PROC / str(pid) / "smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise NotMeasured(f"process {pid} has no proportional memory")


def free_port() -> int:
    """A port of this machine that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def granian(
    app: str,
    *,
    folder: Path,
    environment: Mapping[str, str],
    port: int,
    answers: str | None = "/healthz",
) -> Iterator[Server]:
    """A WSGI app under the server and settings that `make run` uses, until the block ends."""
    server = "web_server" if app == OURS else "granian"
    command = [
        *(sys.executable, "-m", server, *WEB_OPTIONS, "--host", "127.0.0.1", "--port", str(port)),
        *("--workers-kill-timeout", "2", app),
    ]
    with program(command, folder=folder, environment=environment) as process:
        if answers is not None:
            wait_until_it_answers(port, answers, timeout_seconds=MAX_START_SECONDS)
        yield Server(port, process)


@contextmanager
def program(command: list[str], *, folder: Path, environment: Mapping[str, str]) -> Iterator["subprocess.Popen[bytes]"]:
    """A program in a folder of its own, so that it reads no `.env` of ours; its output goes to `program.log`."""
    folder.mkdir(parents=True, exist_ok=True)
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    with (folder / "program.log").open("ab") as log:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**inherited, **MEMORY, "PYTHONPATH": str(ROOT), **environment},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            process_group=0,
        )
    try:
        yield process
    finally:
        _end(process)


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(8)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    time.sleep(0.1)  # it ends its children, which need a moment


def _is_worker(pid: int) -> bool:
    """Python keeps a helper of its own beside the workers, which serves nobody."""
    try:
        return b"resource_tracker" not in (PROC / str(pid) / "cmdline").read_bytes()
    except FileNotFoundError:
        return False
